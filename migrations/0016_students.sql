-- +goose Up
-- When a student's data was deleted. The row stays, for the orders and receipts that need somebody.
ALTER TABLE users ADD COLUMN erased_at BIGINT;
-- The lists of students leave the deleted ones out, without a look at the rows.
DROP INDEX users_listed;
CREATE INDEX users_listed ON users (id, role, deactivated_at, erased_at);
DROP INDEX users_inactive;
CREATE INDEX users_inactive ON users (id, role, deactivated_at, erased_at) WHERE deactivated_at IS NOT NULL;

CREATE TABLE tags (
    norm TEXT PRIMARY KEY,     -- folded, by which tags are the same
    name TEXT NOT NULL         -- as it was first written
);
CREATE TABLE user_tags (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    norm    TEXT NOT NULL REFERENCES tags (norm),
    PRIMARY KEY (user_id, norm)
);
CREATE INDEX user_tags_norm ON user_tags (norm, user_id);

CREATE TABLE user_notes (
    id         TEXT PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    text       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT REFERENCES users (id),
    deleted_at BIGINT
);
CREATE INDEX user_notes_user ON user_notes (user_id, id);
CREATE INDEX user_notes_deleted ON user_notes (deleted_at) WHERE deleted_at IS NOT NULL;

-- What the school wrote to students, once however many it went to.
CREATE TABLE notices (
    id         TEXT PRIMARY KEY,
    subject    TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL REFERENCES users (id)
);
CREATE TABLE notice_readers (
    notice_id TEXT   NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (notice_id, user_id)
);
CREATE INDEX notice_readers_user ON notice_readers (user_id, notice_id);

-- The same file imported twice gives access once.
CREATE UNIQUE INDEX grants_import_once ON grants (user_id, course_id) WHERE source = 'import' AND ended_at IS NULL;
CREATE INDEX enrollments_people ON enrollments (course_id, user_id);

-- +goose Down
DROP INDEX enrollments_people;
DROP INDEX grants_import_once;
DROP TABLE notice_readers;
DROP TABLE notices;
DROP TABLE user_notes;
DROP TABLE user_tags;
DROP TABLE tags;
DROP INDEX users_inactive;
CREATE INDEX users_inactive ON users (id, role, deactivated_at) WHERE deactivated_at IS NOT NULL;
DROP INDEX users_listed;
CREATE INDEX users_listed ON users (id, role, deactivated_at);
ALTER TABLE users DROP COLUMN erased_at;
