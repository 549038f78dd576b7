-- +goose Up
-- Words for search, folded in Go; SQLite compares bytes, which is what prefixes by range need.
CREATE TABLE terms (
    kind TEXT NOT NULL,
    term TEXT NOT NULL,
    id   TEXT NOT NULL,
    PRIMARY KEY (kind, term, id)
) WITHOUT ROWID;
CREATE INDEX terms_id ON terms (kind, id, term);

-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER audit_no_delete;
DROP TRIGGER audit_no_update;
DROP TABLE terms;
