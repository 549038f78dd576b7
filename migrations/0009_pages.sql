-- +goose Up
-- What the school writes about itself. A page that takes the place of one that every school has (about, privacy, …) is
-- named for it in stands_for; as long as there is none, the default text is shown.
CREATE TABLE pages (
    id           TEXT PRIMARY KEY,
    slug         TEXT   NOT NULL, -- its address below /
    stands_for   TEXT   NOT NULL DEFAULT '',
    title        TEXT   NOT NULL,
    description  TEXT   NOT NULL DEFAULT '', -- for search engines
    body         TEXT   NOT NULL,            -- Markdown
    status       TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    updated_by   TEXT   NOT NULL, -- users.id
    published_at BIGINT,
    deleted_at   BIGINT,          -- can be brought back
    CONSTRAINT pages_status CHECK (status IN ('draft', 'published'))
);
CREATE UNIQUE INDEX pages_slug ON pages (slug) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX pages_stands_for ON pages (stands_for) WHERE deleted_at IS NULL AND stands_for <> '';
CREATE INDEX pages_deleted ON pages (id) WHERE deleted_at IS NOT NULL;

-- Each text that a page ever had, the present one too.
CREATE TABLE page_versions (
    page_id     TEXT   NOT NULL REFERENCES pages (id) ON DELETE CASCADE,
    version     BIGINT NOT NULL,
    title       TEXT   NOT NULL,
    description TEXT   NOT NULL,
    body        TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    by_id       TEXT   NOT NULL, -- users.id
    PRIMARY KEY (page_id, version)
);

-- Addresses that a page had before, which lead to the one it has now.
CREATE TABLE page_moves (
    slug    TEXT PRIMARY KEY,
    page_id TEXT NOT NULL REFERENCES pages (id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE page_moves;
DROP TABLE page_versions;
DROP TABLE pages;
