-- +goose Up
-- Where a deed came from: the network, and the request, of which the log has a line.
ALTER TABLE audit ADD COLUMN network TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN request TEXT NOT NULL DEFAULT '';
CREATE INDEX audit_at ON audit (at, id);

-- The chain: each hash is over the one before it and an entry. Written behind the deeds, one after another.
CREATE TABLE audit_seals (
    n     BIGINT PRIMARY KEY,
    entry TEXT NOT NULL, -- audit.id
    hash  TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_seals_entry ON audit_seals (entry);

-- +goose StatementBegin
CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER audit_seals_no_delete;
DROP TRIGGER audit_seals_no_update;
DROP TABLE audit_seals;
DROP INDEX audit_at;
ALTER TABLE audit DROP COLUMN request;
ALTER TABLE audit DROP COLUMN network;
