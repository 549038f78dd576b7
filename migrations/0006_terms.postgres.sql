-- +goose Up
-- Words for search, folded in Go; compared by bytes, which is what prefixes by range need.
CREATE TABLE terms (
    kind TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    id   TEXT             NOT NULL, -- collated as the ids that it is compared with, or their indexes would be of no use
    PRIMARY KEY (kind, term, id)
);
CREATE INDEX terms_id ON terms (kind, id, term);

-- +goose StatementBegin
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or deleted';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit EXECUTE FUNCTION audit_is_append_only();

-- +goose Down
DROP TRIGGER audit_no_truncate ON audit;
DROP TRIGGER audit_no_change ON audit;
DROP FUNCTION audit_is_append_only();
DROP TABLE terms;
