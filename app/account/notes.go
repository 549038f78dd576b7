package account

import (
	"cmp"
	"context"
	"database/sql"
	"strings"
	"time"
	"unicode/utf8"

	"lectern/app/db"
	"lectern/app/fault"
)

const (
	maxNote     = 5000 // runes
	deletedNote = 30 * 24 * time.Hour
)

// Note is what an admin wrote down about a student, for colleagues.
type Note struct {
	ID, Text  string
	By        string // name; empty: the program itself
	At        time.Time
	DeletedAt time.Time // zero: it wasn't; for a month it can be brought back
}

// Notes returns the notes about a student, the latest first, deleted ones among them.
func (s *Service) Notes(ctx context.Context, userID string) ([]Note, error) {
	return notesOf(ctx, s.DB.Read(), userID)
}

// AddNote writes a note, once however often its button is pressed. Invalid about the field note, NotFound for nobody,
// Conflict for who was deleted.
func (s *Service) AddNote(ctx context.Context, by, userID, text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return fault.Field("note", "account.note.needed")
	case utf8.RuneCountInString(text) > maxNote:
		return fault.Field("note", "account.note.long", "max", maxNote)
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := s.holdPresent(ctx, tx, userID); err != nil {
			return err
		}
		notes, err := notesOf(ctx, tx, userID)
		if err != nil {
			return err
		}
		for _, n := range notes { // the same words within a minute are the same press of the button
			if n.Text == text && s.Now().Sub(n.At) < time.Minute {
				return nil
			}
		}
		return s.note(ctx, tx, by, userID, text)
	})
}

func (s *Service) note(ctx context.Context, tx *sql.Tx, by, userID, text string) error {
	if err := insertNote(ctx, tx, Note{ID: db.NewID(), Text: text}, userID, by, s.Now()); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "account.note", userID)
}

// DeleteNote takes a note away, for a month until it is gone. NotFound for another student's, Conflict where it was done.
func (s *Service) DeleteNote(ctx context.Context, by, userID, id string) error {
	return s.onNote(ctx, by, userID, id, "account.note_delete", func(tx *sql.Tx) (bool, error) { return deleteNote(ctx, tx, userID, id, s.Now()) })
}

// RestoreNote brings a deleted note back. Faults as of DeleteNote.
func (s *Service) RestoreNote(ctx context.Context, by, userID, id string) error {
	return s.onNote(ctx, by, userID, id, "account.note_restore", func(tx *sql.Tx) (bool, error) { return restoreNote(ctx, tx, userID, id) })
}

func (s *Service) onNote(ctx context.Context, by, userID, id, action string, change func(*sql.Tx) (bool, error)) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := change(tx)
		if err == nil && !ok {
			_, err = db.Value[string](ctx, tx, `SELECT id FROM user_notes WHERE id = $1 AND user_id = $2`, id, userID)
			err = cmp.Or[error](found(err), fault.New(fault.Conflict, "fault.conflict"))
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, action, userID)
	})
}
