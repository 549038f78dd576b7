-- +goose Up
-- What the editor of courses needs: whom a save would overwrite, a picture, a price for later, and outlines in which a
-- deleted line can be put back.
ALTER TABLE courses ADD COLUMN version BIGINT NOT NULL DEFAULT 1; -- grows with each save of the course's own texts
ALTER TABLE courses ADD COLUMN picture TEXT NOT NULL DEFAULT ''; -- name of an upload; empty: the cover is drawn
ALTER TABLE courses ADD COLUMN next_price BIGINT;                -- the price from next_from on
ALTER TABLE courses ADD COLUMN next_from BIGINT;
ALTER TABLE sections ADD COLUMN deleted_at BIGINT; -- its lessons are hidden with it
ALTER TABLE lessons ADD COLUMN deleted_at BIGINT;
CREATE INDEX courses_order ON courses (position, id);
CREATE INDEX courses_planned ON courses (next_from) WHERE next_from IS NOT NULL;
CREATE INDEX orders_item ON orders (item_id, status);

-- Addresses that a course once had, which lead to it still.
CREATE TABLE course_slugs (
    slug       TEXT PRIMARY KEY,
    course_id  TEXT   NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);
CREATE INDEX course_slugs_course ON course_slugs (course_id);

-- The prices that a course has had, each from a moment on.
CREATE TABLE course_prices (
    id         TEXT PRIMARY KEY,
    course_id  TEXT   NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    price      BIGINT NOT NULL,
    currency   TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    created_by TEXT   NOT NULL DEFAULT '', -- users.id; empty: the program itself
    CONSTRAINT course_prices_price CHECK (price >= 0)
);
CREATE INDEX course_prices_course ON course_prices (course_id, id);
INSERT INTO course_prices (id, course_id, price, currency, since) SELECT id, id, price, currency, created_at FROM courses;

-- +goose Down
DROP TABLE course_prices;
DROP TABLE course_slugs;
DROP INDEX orders_item;
DROP INDEX courses_planned;
DROP INDEX courses_order;
ALTER TABLE lessons DROP COLUMN deleted_at;
ALTER TABLE sections DROP COLUMN deleted_at;
ALTER TABLE courses DROP COLUMN next_from;
ALTER TABLE courses DROP COLUMN next_price;
ALTER TABLE courses DROP COLUMN picture;
ALTER TABLE courses DROP COLUMN version;
