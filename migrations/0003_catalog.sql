-- +goose Up
CREATE TABLE courses (
    id           TEXT PRIMARY KEY,
    slug         TEXT    NOT NULL,
    title        TEXT    NOT NULL,
    summary      TEXT    NOT NULL DEFAULT '', -- one line, for cards
    description  TEXT    NOT NULL DEFAULT '', -- paragraphs, an empty line between them
    audience     TEXT    NOT NULL DEFAULT '', -- for whom
    outcomes     TEXT    NOT NULL DEFAULT '', -- what one can do afterwards, one a line
    teacher      TEXT    NOT NULL DEFAULT '',
    level        TEXT    NOT NULL,
    duration     TEXT    NOT NULL DEFAULT '',
    price        BIGINT  NOT NULL,
    currency     TEXT    NOT NULL,
    status       TEXT    NOT NULL DEFAULT 'draft',
    featured     BOOLEAN NOT NULL DEFAULT FALSE,
    position     BIGINT  NOT NULL DEFAULT 0,
    created_at   BIGINT  NOT NULL,
    published_at BIGINT,
    CONSTRAINT courses_level CHECK (level IN ('Foundational', 'Intermediate', 'Advanced')),
    CONSTRAINT courses_status CHECK (status IN ('draft', 'published', 'archived')),
    CONSTRAINT courses_price CHECK (price >= 0)
);
CREATE UNIQUE INDEX courses_slug ON courses (slug);
CREATE INDEX courses_listed ON courses (position, id) WHERE status = 'published';

CREATE TABLE sections (
    id        TEXT PRIMARY KEY,
    course_id TEXT   NOT NULL REFERENCES courses (id) ON DELETE CASCADE,
    title     TEXT   NOT NULL,
    position  BIGINT NOT NULL
);
CREATE INDEX sections_course ON sections (course_id, position);

CREATE TABLE lessons (
    id         TEXT PRIMARY KEY,
    section_id TEXT   NOT NULL REFERENCES sections (id) ON DELETE CASCADE,
    title      TEXT   NOT NULL,
    position   BIGINT NOT NULL
);
CREATE INDEX lessons_section ON lessons (section_id, position);

-- +goose Down
DROP TABLE lessons;
DROP TABLE sections;
DROP TABLE courses;
