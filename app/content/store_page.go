package content

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"lectern/app/catalog"
	"lectern/app/db"
)

const pageColumns = `p.id, p.slug, p.stands_for, p.title, p.description, p.body, p.status, p.version, p.created_at, p.updated_at,
	COALESCE(u.name, ''), p.deleted_at`

const fromPages = ` FROM pages p LEFT JOIN users u ON u.id = p.updated_by `

func scanPage(row db.Scanner) (Page, error) {
	var p Page
	var created, updated int64
	var deleted sql.NullInt64
	err := row.Scan(&p.ID, &p.Slug, &p.Standard, &p.Title, &p.Description, &p.Body, &p.Status, &p.Version, &created, &updated, &p.UpdatedBy, &deleted)
	p.CreatedAt, p.UpdatedAt, p.DeletedAt = db.Time(created), db.Time(updated), db.MaybeTime(deleted)
	return p, err
}

func onePage(row *sql.Row) (Page, error) {
	p, err := scanPage(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Page{}, errNoPage()
	}
	return p, err
}

func pageAt(ctx context.Context, q db.Querier, slug string) (Page, error) {
	return onePage(q.QueryRowContext(ctx, `SELECT `+pageColumns+fromPages+`WHERE p.slug = $1 AND p.deleted_at IS NULL`, slug))
}

func pageThatWasAt(ctx context.Context, q db.Querier, slug string) (Page, error) {
	return onePage(q.QueryRowContext(ctx, `SELECT `+pageColumns+fromPages+`JOIN page_moves m ON m.page_id = p.id
		WHERE m.slug = $1 AND p.deleted_at IS NULL`, slug))
}

func pageFor(ctx context.Context, q db.Querier, standard string) (Page, error) {
	return onePage(q.QueryRowContext(ctx, `SELECT `+pageColumns+fromPages+`WHERE p.stands_for = $1 AND p.stands_for <> '' AND p.deleted_at IS NULL`, standard))
}

func pageByID(ctx context.Context, q db.Querier, id string) (Page, error) {
	return onePage(q.QueryRowContext(ctx, `SELECT `+pageColumns+fromPages+`WHERE p.id = $1`, id))
}

func slugTaken(ctx context.Context, tx *sql.Tx, slug, id string) (bool, error) {
	if slices.Contains(Reserved, slug) {
		return true, nil
	}
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM pages WHERE slug = $1 AND id <> $2 AND deleted_at IS NULL)`, slug, id)
}

func slugOf(title string) string {
	if s := catalog.Slug(title); s != "" {
		return s
	}
	return "page"
}

// insertPage reports whether it did: not when another page has the address, or stands for the same default.
func insertPage(ctx context.Context, tx *sql.Tx, p Page, by string) (bool, error) {
	var published any
	if p.Status == Published {
		published = db.Millis(p.UpdatedAt)
	}
	return db.Changed(ctx, tx, `INSERT INTO pages (id, slug, stands_for, title, description, body, status, version, created_at, updated_at, updated_by, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		p.ID, p.Slug, p.Standard, p.Title, p.Description, p.Body, p.Status, p.Version, db.Millis(p.CreatedAt), db.Millis(p.UpdatedAt), by, published)
}

func updatePage(ctx context.Context, tx *sql.Tx, p Page, by string, base int64) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE pages SET slug = $1, title = $2, description = $3, body = $4, version = $5, updated_at = $6, updated_by = $7
		WHERE id = $8 AND version = $9 AND deleted_at IS NULL`,
		p.Slug, p.Title, p.Description, p.Body, p.Version, db.Millis(p.UpdatedAt), by, p.ID, base)
}

func setStatus(ctx context.Context, tx *sql.Tx, id, status string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE pages SET status = $1, published_at = CASE WHEN $1 = 'published' THEN COALESCE(published_at, $2) ELSE published_at END
		WHERE id = $3 AND status <> $1 AND deleted_at IS NULL`, status, db.Millis(at), id)
}

func deletePage(ctx context.Context, tx *sql.Tx, id string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE pages SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL`, db.Millis(at), id)
}

func restorePage(ctx context.Context, tx *sql.Tx, id, slug string, _ time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE pages SET deleted_at = NULL, slug = $1 WHERE id = $2 AND deleted_at IS NOT NULL`, slug, id)
}

func insertVersion(ctx context.Context, tx *sql.Tx, p Page, by string) error {
	return db.Exec(ctx, tx, `INSERT INTO page_versions (page_id, version, title, description, body, at, by_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		p.ID, p.Version, p.Title, p.Description, p.Body, db.Millis(p.UpdatedAt), by)
}

const versionColumns = `v.version, v.title, v.description, v.body, v.at, COALESCE(u.name, '')`

const fromVersions = ` FROM page_versions v LEFT JOIN users u ON u.id = v.by_id `

func scanVersion(row db.Scanner) (Version, error) {
	var v Version
	var at int64
	err := row.Scan(&v.N, &v.Title, &v.Description, &v.Body, &at, &v.By)
	v.At = db.Time(at)
	return v, err
}

func versions(ctx context.Context, q db.Querier, id string, before int64, limit int) ([]Version, error) {
	return db.All(ctx, q, scanVersion, `SELECT `+versionColumns+fromVersions+`WHERE v.page_id = $1 AND v.version < $2
		ORDER BY v.version DESC LIMIT $3`, id, before, limit)
}

func version(ctx context.Context, q db.Querier, id string, n int64) (Version, error) {
	v, err := scanVersion(q.QueryRowContext(ctx, `SELECT `+versionColumns+fromVersions+`WHERE v.page_id = $1 AND v.version = $2`, id, n))
	if errors.Is(err, sql.ErrNoRows) {
		return v, errNoPage()
	}
	return v, err
}
