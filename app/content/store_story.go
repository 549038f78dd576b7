package content

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
)

const selectStory = `SELECT s.id, s.name, s.text, COALESCE(s.course_id, ''), COALESCE(c.title, ''),
	CASE WHEN c.status <> 'draft' THEN c.slug ELSE '' END, s.picture, s.shown, s.version, s.updated_at, s.deleted_at
	FROM stories s LEFT JOIN courses c ON c.id = s.course_id `

func scanStory(row db.Scanner) (Story, error) {
	var s Story
	var updated int64
	var slug sql.NullString
	var deleted sql.NullInt64
	err := row.Scan(&s.ID, &s.Name, &s.Text, &s.CourseID, &s.Course, &slug, &s.Picture, &s.Shown, &s.Version, &updated, &deleted)
	s.Slug, s.UpdatedAt, s.DeletedAt = slug.String, db.Time(updated), db.MaybeTime(deleted)
	return s, err
}

// stories lists those that meet cond, a constant.
func stories(ctx context.Context, q db.Querier, cond string) ([]Story, error) {
	return db.All(ctx, q, scanStory, selectStory+`WHERE `+cond+` ORDER BY s.position, s.id`)
}

func story(ctx context.Context, q db.Querier, id string) (Story, error) {
	s, err := scanStory(q.QueryRowContext(ctx, selectStory+`WHERE s.id = $1 AND s.deleted_at IS NULL`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return s, errNoPage()
	}
	return s, err
}

func storyExists(ctx context.Context, tx *sql.Tx, id string) error {
	there, err := db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM stories WHERE id = $1)`, id)
	if err == nil && !there {
		return errNoPage()
	}
	return err
}

func orNull(id string) any {
	if id == "" {
		return nil
	}
	return id
}

func insertStory(ctx context.Context, tx *sql.Tx, s Story) error {
	return db.Exec(ctx, tx, `INSERT INTO stories (id, name, text, course_id, picture, shown, position, version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(max(position), 0) + 1 FROM stories), $7, $8, $8)`,
		s.ID, s.Name, s.Text, orNull(s.CourseID), s.Picture, s.Shown, s.Version, db.Millis(s.UpdatedAt))
}

func updateStory(ctx context.Context, tx *sql.Tx, id string, base int64, f StoryForm, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE stories SET name = $1, text = $2, course_id = $3, picture = $4, version = version + 1, updated_at = $5
		WHERE id = $6 AND version = $7 AND deleted_at IS NULL`, f.Name, f.Text, orNull(f.CourseID), f.Picture, db.Millis(at), id, base)
}

func showStory(ctx context.Context, tx *sql.Tx, id string, on bool) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE stories SET shown = $1 WHERE id = $2 AND shown <> $1 AND deleted_at IS NULL`, on, id)
}

func deleteStory(ctx context.Context, tx *sql.Tx, id string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE stories SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL`, db.Millis(at), id)
}

func undeleteStory(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE stories SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL`, id)
}

func placeStory(ctx context.Context, tx *sql.Tx, id string, position int) error {
	return db.Exec(ctx, tx, `UPDATE stories SET position = $1 WHERE id = $2 AND position <> $1`, position, id)
}
