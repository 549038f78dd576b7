package account

import (
	"cmp"
	"context"
	"database/sql"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lectern/app/fault"
)

const (
	maxTag  = 40 // runes
	maxTags = 30 // of one student
)

// Tag is a word that the school sorts its students by. Norm is what makes two of them the same.
type Tag struct{ Norm, Name string }

// ParseTags reads tags with commas between them; those that are the same count once. Invalid, about the field tags.
func ParseTags(s string) ([]Tag, error) {
	var tags []Tag
	seen := map[string]bool{}
	for _, name := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == '\n' || r == '،' }) {
		name = strings.Join(strings.Fields(norm.NFC.String(strings.ToValidUTF8(name, ""))), " ")
		folded := norm.NFC.String(strings.ToLower(name))
		switch {
		case name == "" || seen[folded]:
			continue
		case strings.ContainsFunc(name, unseen):
			return nil, fault.Field("tags", "account.tag.bad")
		case utf8.RuneCountInString(name) > maxTag:
			return nil, fault.Field("tags", "account.tag.long", "max", maxTag)
		}
		seen[folded] = true
		tags = append(tags, Tag{folded, name})
	}
	if len(tags) > maxTags {
		return nil, fault.Field("tags", "account.tag.many", "max", maxTags)
	}
	return tags, nil
}

// Tags returns all tags that somebody has, in order, for suggestions and for filters.
func (s *Service) Tags(ctx context.Context) ([]Tag, error) { return allTags(ctx, s.DB.Read()) }

// TagsOf returns the tags of a student.
func (s *Service) TagsOf(ctx context.Context, userID string) ([]Tag, error) {
	return tagsOf(ctx, s.DB.Read(), userID)
}

// AddTags gives a student tags, by an admin. Invalid about the field tags, NotFound for nobody, Conflict for who was deleted.
func (s *Service) AddTags(ctx context.Context, by, userID, typed string) error {
	tags, err := ParseTags(typed)
	if err == nil && len(tags) == 0 {
		err = fault.Field("tags", "account.tag.needed")
	}
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		_, err := s.Tag(ctx, tx, by, userID, tags)
		return err
	})
}

// Tag is AddTags as part of tx; added tells whether any was new to the student.
func (s *Service) Tag(ctx context.Context, tx *sql.Tx, by, userID string, tags []Tag) (added bool, err error) {
	u, err := s.holdPresent(ctx, tx, userID)
	if err != nil {
		return false, err
	}
	if added, err = putTags(ctx, tx, userID, tags); err != nil || !added {
		return false, err
	}
	if n, err := countTags(ctx, tx, userID); err != nil || n > maxTags {
		return false, cmp.Or[error](err, fault.Field("tags", "account.tag.many", "max", maxTags))
	}
	if err := index(ctx, tx, u); err != nil {
		return false, err
	}
	return true, s.record(ctx, tx, by, "account.tag", userID)
}

// RemoveTag takes a tag off a student. NotFound for nobody; a tag that isn't there is no matter.
func (s *Service) RemoveTag(ctx context.Context, by, userID, tag string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		_, err := s.Untag(ctx, tx, by, userID, []Tag{{Norm: tag}})
		return err
	})
}

// Untag takes tags off as part of tx; removed tells whether the student had any of them.
func (s *Service) Untag(ctx context.Context, tx *sql.Tx, by, userID string, tags []Tag) (removed bool, err error) {
	u, err := s.holdPresent(ctx, tx, userID)
	if err != nil {
		return false, err
	}
	if removed, err = dropTags(ctx, tx, userID, tags); err != nil || !removed {
		return false, err
	}
	if err := index(ctx, tx, u); err != nil {
		return false, err
	}
	return true, s.record(ctx, tx, by, "account.untag", userID)
}

// holdPresent takes the row of an account until tx ends. NotFound where there is none, Conflict where its data was deleted.
func (s *Service) holdPresent(ctx context.Context, tx *sql.Tx, userID string) (User, error) {
	ok, err := holdPresent(ctx, tx, userID)
	if err != nil || !ok {
		return User{}, s.notChanged(ctx, tx, userID, err)
	}
	return userByID(ctx, tx, userID)
}
