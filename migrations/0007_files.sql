-- +goose Up
-- Pictures in the data directory. A name carries what a page needs (id, width, height, kind), so no list joins this table.
CREATE TABLE files (
    name       TEXT PRIMARY KEY,
    bytes      BIGINT NOT NULL, -- of all its widths
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL DEFAULT '', -- users.id; empty for the program itself
    kept_until BIGINT                      -- of one that nothing uses; NULL while something does
);
CREATE INDEX files_kept ON files (kept_until) WHERE kept_until IS NOT NULL;

-- What a picture is there for: course:ID, setting:logo, … A picture may serve several.
CREATE TABLE file_uses (
    used_by TEXT PRIMARY KEY,
    name    TEXT NOT NULL REFERENCES files (name)
);
CREATE INDEX file_uses_name ON file_uses (name);

-- +goose Down
DROP TABLE file_uses;
DROP TABLE files;
