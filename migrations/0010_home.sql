-- +goose Up
-- Success stories, as the school tells them on its home page.
CREATE TABLE stories (
    id         TEXT PRIMARY KEY,
    name       TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    course_id  TEXT REFERENCES courses (id) ON DELETE SET NULL,
    picture    TEXT    NOT NULL DEFAULT '', -- name of a file
    shown      BOOLEAN NOT NULL,
    position   BIGINT  NOT NULL,
    version    BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    deleted_at BIGINT -- can be brought back
);
CREATE INDEX stories_listed ON stories (position, id) WHERE deleted_at IS NULL;

-- Short lists that are changed as a whole: the parts of the home page, the menus. The highest version of a name is in
-- force, the others can be put back; none, or an empty value, is the built-in one.
CREATE TABLE arrangements (
    name    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    value   TEXT   NOT NULL, -- JSON
    deed    TEXT   NOT NULL, -- what made it, such as move
    at      BIGINT NOT NULL,
    by_id   TEXT   NOT NULL, -- users.id
    PRIMARY KEY (name, version)
);

-- +goose Down
DROP TABLE arrangements;
DROP TABLE stories;
