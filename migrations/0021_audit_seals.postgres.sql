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

CREATE TRIGGER audit_seals_no_change BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals EXECUTE FUNCTION audit_is_append_only();

-- +goose Down
DROP TRIGGER audit_seals_no_truncate ON audit_seals;
DROP TRIGGER audit_seals_no_change ON audit_seals;
DROP TABLE audit_seals;
DROP INDEX audit_at;
ALTER TABLE audit DROP COLUMN request;
ALTER TABLE audit DROP COLUMN network;
