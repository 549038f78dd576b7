package catalog

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/lang"
	"lectern/app/search"
)

func updateTexts(ctx context.Context, tx *sql.Tx, c Course) error {
	return db.Exec(ctx, tx, `UPDATE courses SET title = $1, summary = $2, description = $3, audience = $4, outcomes = $5, teacher = $6,
		level = $7, duration = $8, version = $9 WHERE id = $10`,
		c.Title, c.Summary, c.Description, c.Audience, strings.Join(c.Outcomes, "\n"), c.Teacher, c.Level, c.Duration, c.Version, c.ID)
}

// updateSlug reports whether no other course has the address.
func updateSlug(ctx context.Context, tx *sql.Tx, id, slug string) (bool, error) {
	taken, err := db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM courses WHERE slug = $1)`, slug)
	if err != nil || taken {
		return false, err
	}
	err = db.Exec(ctx, tx, `UPDATE courses SET slug = $1 WHERE id = $2`, slug, id)
	return true, err
}

// leadsElsewhere reports whether the address once was another course's.
func leadsElsewhere(ctx context.Context, tx *sql.Tx, slug, courseID string) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM course_slugs WHERE slug = $1 AND course_id <> $2)`, slug, courseID)
}

func forgetSlug(ctx context.Context, tx *sql.Tx, slug string) error {
	return db.Exec(ctx, tx, `DELETE FROM course_slugs WHERE slug = $1`, slug)
}

func keepSlug(ctx context.Context, tx *sql.Tx, slug, courseID string, at time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO course_slugs (slug, course_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (slug) DO NOTHING`, slug, courseID, db.Millis(at))
}

func updateStatus(ctx context.Context, tx *sql.Tx, id, status string, at time.Time) error {
	var published any
	if status == Published {
		published = db.Millis(at)
	}
	return db.Exec(ctx, tx, `UPDATE courses SET status = $1, published_at = COALESCE(published_at, $2) WHERE id = $3`, status, published, id)
}

// isWanted reports whether somebody is in the course, or has an order or a claim open that may lead there.
func isWanted(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM enrollments WHERE course_id = $1)
		OR EXISTS (SELECT 1 FROM orders WHERE item_id = $1 AND status = 'open')
		OR EXISTS (SELECT 1 FROM orders o JOIN claims c ON c.order_id = o.id WHERE o.item_id = $1 AND c.status IN ('waiting', 'not_seen'))`, id)
}

// isUsed reports whether anybody ever had anything to do with the course.
func isUsed(ctx context.Context, q db.Querier, id string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM enrollments WHERE course_id = $1) OR EXISTS (SELECT 1 FROM orders WHERE item_id = $1)`, id)
}

// deleteCourse leaves nothing of a course; its outline, prices and addresses go with it.
func deleteCourse(ctx context.Context, tx *sql.Tx, id string) error {
	return db.Exec(ctx, tx, `DELETE FROM courses WHERE id = $1`, id)
}

func unindex(ctx context.Context, tx *sql.Tx, id string) error {
	return search.Put(ctx, tx, "course", id)
}

func updateFeatured(ctx context.Context, tx *sql.Tx, id string, featured bool) error {
	return db.Exec(ctx, tx, `UPDATE courses SET featured = $1 WHERE id = $2`, featured, id)
}

func updatePicture(ctx context.Context, tx *sql.Tx, id, name string) error {
	return db.Exec(ctx, tx, `UPDATE courses SET picture = $1 WHERE id = $2`, name, id)
}

func pictureThere(ctx context.Context, q db.Querier, name string) (bool, error) {
	n, err := db.Value[int](ctx, q, `SELECT count(*) FROM files WHERE name = $1`, name)
	return n > 0, err
}

// placed is a course's place in the school's order.
type placed struct {
	id       string
	position int64
}

// lockOrder lets one order after another be made: it holds the eldest course, as lockCourse does. Not the epoch, which is
// held last by everybody who holds a course.
func lockOrder(ctx context.Context, tx *sql.Tx) error {
	return db.Exec(ctx, tx, `UPDATE courses SET version = version WHERE id = (SELECT min(id) FROM courses)`)
}

func courseOrder(ctx context.Context, tx *sql.Tx) ([]placed, error) {
	return db.All(ctx, tx, func(row db.Scanner) (c placed, err error) { return c, row.Scan(&c.id, &c.position) },
		`SELECT id, position FROM courses ORDER BY position, id`)
}

func updatePosition(ctx context.Context, tx *sql.Tx, id string, position int) error {
	return db.Exec(ctx, tx, `UPDATE courses SET position = $1 WHERE id = $2`, position, id)
}

// updatePrice sets the price of now; no other is planned then.
func updatePrice(ctx context.Context, tx *sql.Tx, id string, amount int64) error {
	return db.Exec(ctx, tx, `UPDATE courses SET price = $1, next_price = NULL, next_from = NULL WHERE id = $2`, amount, id)
}

func planPrice(ctx context.Context, tx *sql.Tx, id string, amount int64, from time.Time) error {
	return db.Exec(ctx, tx, `UPDATE courses SET next_price = $1, next_from = $2 WHERE id = $3`, amount, db.Millis(from), id)
}

func duePrices(ctx context.Context, q db.Querier, now time.Time) ([]string, error) {
	return search.IDs(ctx, q, `SELECT id FROM courses WHERE next_from IS NOT NULL AND next_from <= $1 ORDER BY next_from, id`, db.Millis(now))
}

func insertPrice(ctx context.Context, tx *sql.Tx, by, courseID string, price lang.Money, since time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO course_prices (id, course_id, price, currency, since, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		db.NewID(), courseID, price.Amount, price.Currency, db.Millis(since), by)
}

func prices(ctx context.Context, q db.Querier, courseID string) ([]Price, error) {
	return db.All(ctx, q, func(row db.Scanner) (p Price, err error) {
		var since int64
		err = row.Scan(&p.Price.Amount, &p.Price.Currency, &since, &p.By)
		p.Since = db.Time(since)
		return p, err
	}, `SELECT p.price, p.currency, p.since, COALESCE(u.name, '') FROM course_prices p LEFT JOIN users u ON u.id = p.created_by
		WHERE p.course_id = $1 ORDER BY p.id DESC`, courseID)
}
