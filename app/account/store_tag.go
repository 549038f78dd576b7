package account

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

func holdPresent(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET role = role WHERE id = $1 AND erased_at IS NULL`, id)
}

func scanTag(row db.Scanner) (t Tag, err error) { return t, row.Scan(&t.Norm, &t.Name) }

// mostTags is how many tags a school is offered to choose from.
const mostTags = 300

func allTags(ctx context.Context, q db.Querier) ([]Tag, error) {
	return db.All(ctx, q, scanTag, `SELECT t.norm, t.name FROM tags t
		WHERE EXISTS (SELECT 1 FROM user_tags u WHERE u.norm = t.norm) ORDER BY t.norm LIMIT $1`, mostTags)
}

func tagsOf(ctx context.Context, q db.Querier, userID string) ([]Tag, error) {
	return db.All(ctx, q, scanTag, `SELECT t.norm, t.name FROM user_tags u JOIN tags t ON t.norm = u.norm WHERE u.user_id = $1 ORDER BY u.norm`, userID)
}

func countTags(ctx context.Context, tx *sql.Tx, userID string) (int, error) {
	return db.Value[int](ctx, tx, `SELECT count(*) FROM user_tags WHERE user_id = $1`, userID)
}

func putTags(ctx context.Context, tx *sql.Tx, userID string, tags []Tag) (added bool, err error) {
	for _, t := range tags {
		if err := db.Exec(ctx, tx, `INSERT INTO tags (norm, name) VALUES ($1, $2) ON CONFLICT DO NOTHING`, t.Norm, t.Name); err != nil {
			return false, err
		}
		ok, err := db.Changed(ctx, tx, `INSERT INTO user_tags (user_id, norm) VALUES ($1, $2) ON CONFLICT DO NOTHING`, userID, t.Norm)
		if err != nil {
			return false, err
		}
		added = added || ok
	}
	return added, nil
}

func dropTags(ctx context.Context, tx *sql.Tx, userID string, tags []Tag) (removed bool, err error) {
	for _, t := range tags {
		ok, err := db.Changed(ctx, tx, `DELETE FROM user_tags WHERE user_id = $1 AND norm = $2`, userID, t.Norm)
		if err != nil {
			return false, err
		}
		removed = removed || ok
	}
	return removed, nil
}

// tagsOfMany are the names of the tags of each user.
func tagsOfMany(ctx context.Context, q db.Querier, ids []string) (map[string][]string, error) {
	of, args := db.In("u.user_id", ids, nil)
	all := map[string][]string{}
	_, err := db.All(ctx, q, func(row db.Scanner) (struct{}, error) {
		var id, name string
		err := row.Scan(&id, &name)
		all[id] = append(all[id], name)
		return struct{}{}, err
	}, `SELECT u.user_id, t.name FROM user_tags u JOIN tags t ON t.norm = u.norm WHERE `+of+` ORDER BY u.user_id, u.norm`, args...)
	return all, err
}

func insertNote(ctx context.Context, tx *sql.Tx, n Note, userID, by string, now time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO user_notes (id, user_id, text, created_at, created_by) VALUES ($1, $2, $3, $4, NULLIF($5, ''))`,
		n.ID, userID, n.Text, db.Millis(now), by)
}

func hasNote(ctx context.Context, tx *sql.Tx, userID, text string) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM user_notes WHERE user_id = $1 AND text = $2)`, userID, text)
}

func notesOf(ctx context.Context, q db.Querier, userID string) ([]Note, error) {
	return db.All(ctx, q, func(row db.Scanner) (Note, error) {
		var n Note
		var at int64
		var gone sql.NullInt64
		err := row.Scan(&n.ID, &n.Text, &at, &n.By, &gone)
		n.At, n.DeletedAt = db.Time(at), db.MaybeTime(gone)
		return n, err
	}, `SELECT n.id, n.text, n.created_at, COALESCE(u.name, ''), n.deleted_at FROM user_notes n LEFT JOIN users u ON u.id = n.created_by
		WHERE n.user_id = $1 ORDER BY n.id DESC`, userID)
}

func deleteNote(ctx context.Context, tx *sql.Tx, userID, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE user_notes SET deleted_at = $3 WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL`, id, userID, db.Millis(now))
}

func restoreNote(ctx context.Context, tx *sql.Tx, userID, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE user_notes SET deleted_at = NULL WHERE id = $1 AND user_id = $2 AND deleted_at IS NOT NULL`, id, userID)
}

const purgeNotes = `DELETE FROM user_notes WHERE deleted_at < $1`
