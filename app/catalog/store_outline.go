package catalog

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

// outline returns the lines of a course's outline that aren't deleted, in order.
func outline(ctx context.Context, q db.Querier, courseID string) ([]Part, error) {
	type line struct {
		part   Part
		lesson Lesson
	}
	lines, err := db.All(ctx, q, func(row db.Scanner) (l line, err error) {
		err = row.Scan(&l.part.ID, &l.part.Title, &l.part.position, &l.lesson.ID, &l.lesson.Title, &l.lesson.position)
		l.lesson.section = l.part.ID
		return l, err
	}, `SELECT s.id, s.title, s.position, COALESCE(l.id, ''), COALESCE(l.title, ''), COALESCE(l.position, 0)
		FROM sections s LEFT JOIN lessons l ON l.section_id = s.id AND l.deleted_at IS NULL
		WHERE s.course_id = $1 AND s.deleted_at IS NULL ORDER BY s.position, s.id, l.position, l.id`, courseID)
	var parts []Part
	for _, l := range lines {
		if len(parts) == 0 || parts[len(parts)-1].ID != l.part.ID {
			parts = append(parts, l.part)
		}
		if l.lesson.ID != "" {
			p := &parts[len(parts)-1]
			p.Lessons = append(p.Lessons, l.lesson)
		}
	}
	return parts, err
}

// deleted returns what can be put back into the outline, the latest first: sections, and lessons of sections that are
// there.
func deleted(ctx context.Context, q db.Querier, courseID string) ([]Deleted, error) {
	return db.All(ctx, q, func(row db.Scanner) (d Deleted, err error) {
		var at int64
		err = row.Scan(&d.ID, &d.Title, &d.Section, &d.Lessons, &at)
		d.At = db.Time(at)
		return d, err
	}, `SELECT s.id, s.title, '', (SELECT count(*) FROM lessons l WHERE l.section_id = s.id AND l.deleted_at IS NULL), s.deleted_at
			FROM sections s WHERE s.course_id = $1 AND s.deleted_at IS NOT NULL
		UNION ALL SELECT l.id, l.title, s.title, 0, l.deleted_at
			FROM sections s JOIN lessons l ON l.section_id = s.id
			WHERE s.course_id = $1 AND s.deleted_at IS NULL AND l.deleted_at IS NOT NULL
		ORDER BY 5 DESC, 1 DESC`, courseID)
}

func insertOutline(ctx context.Context, tx *sql.Tx, courseID string, sections []Section) error {
	for i, s := range sections {
		id := db.NewID()
		if err := insertSection(ctx, tx, id, courseID, s.Title, i+1); err != nil {
			return err
		}
		for j, title := range s.Lessons {
			if err := insertLesson(ctx, tx, id, title, j+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func insertSection(ctx context.Context, tx *sql.Tx, id, courseID, title string, position int) error {
	return db.Exec(ctx, tx, `INSERT INTO sections (id, course_id, title, position) VALUES ($1, $2, $3, $4)`, id, courseID, title, position)
}

func insertLesson(ctx context.Context, tx *sql.Tx, sectionID, title string, position int) error {
	return db.Exec(ctx, tx, `INSERT INTO lessons (id, section_id, title, position) VALUES ($1, $2, $3, $4)`, db.NewID(), sectionID, title, position)
}

// The two kinds of an outline's lines have the same columns.

func renameLine(ctx context.Context, tx *sql.Tx, k Kind, id, was, title string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE `+k.table()+` SET title = $1 WHERE id = $2 AND title = $3 AND deleted_at IS NULL`, title, id, was)
}

func deleteLine(ctx context.Context, tx *sql.Tx, k Kind, id string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE `+k.table()+` SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL`, db.Millis(at), id)
}

func restoreLine(ctx context.Context, tx *sql.Tx, k Kind, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE `+k.table()+` SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL`, id)
}

// lineOf returns the section and the state of a line of that course; sql.ErrNoRows where it has no such line. A section's
// section is itself.
func lineOf(ctx context.Context, q db.Querier, courseID string, k Kind, id string) (l line, err error) {
	query := `SELECT s.id, s.title, s.deleted_at IS NOT NULL, s.deleted_at IS NOT NULL FROM sections s WHERE s.id = $1 AND s.course_id = $2`
	if k == ALesson {
		query = `SELECT s.id, l.title, l.deleted_at IS NOT NULL, s.deleted_at IS NOT NULL
			FROM lessons l JOIN sections s ON s.id = l.section_id WHERE l.id = $1 AND s.course_id = $2`
	}
	err = q.QueryRowContext(ctx, query, id, courseID).Scan(&l.section, &l.title, &l.gone, &l.sectionGone)
	return l, err
}

func placeLesson(ctx context.Context, tx *sql.Tx, id, sectionID string, position int) error {
	return db.Exec(ctx, tx, `UPDATE lessons SET section_id = $1, position = $2 WHERE id = $3`, sectionID, position, id)
}

func placeSection(ctx context.Context, tx *sql.Tx, id string, position int) error {
	return db.Exec(ctx, tx, `UPDATE sections SET position = $1 WHERE id = $2`, position, id)
}
