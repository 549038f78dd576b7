-- +goose Up
-- What a setting was before each change by an admin and after it, so that it can be put back. The audit log, which is
-- kept for ever, has only its name.
CREATE TABLE setting_changes (
    id     TEXT PRIMARY KEY,
    name   TEXT   NOT NULL,
    was    TEXT   NOT NULL,
    became TEXT   NOT NULL,
    actor  TEXT   NOT NULL, -- users.id
    at     BIGINT NOT NULL
);
CREATE INDEX setting_changes_name ON setting_changes (name, id);

-- Grows with each change of the row: of two admins who change what both have seen, only the first does.
ALTER TABLE payees ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- +goose Down
ALTER TABLE payees DROP COLUMN version;
DROP TABLE setting_changes;
