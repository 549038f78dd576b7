-- +goose Up
CREATE TABLE settings (
    name       TEXT PRIMARY KEY,
    value      TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE TABLE payees (
    id         TEXT PRIMARY KEY,
    label      TEXT    NOT NULL DEFAULT '',
    vpa        TEXT    NOT NULL,
    merchant   BOOLEAN NOT NULL DEFAULT FALSE,
    active     BOOLEAN NOT NULL DEFAULT TRUE,
    position   BIGINT  NOT NULL,
    created_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX payees_vpa ON payees (vpa);

-- One number that grows with every public change: the ETag of public pages, and what tells every copy to read settings anew.
CREATE TABLE epoch (
    id BIGINT PRIMARY KEY,
    n  BIGINT NOT NULL
);
INSERT INTO epoch (id, n) VALUES (1, 1);

-- Who did what to whom, ids only. A pair of triggers refuses changes (0006).
CREATE TABLE audit (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    actor   TEXT   NOT NULL DEFAULT '', -- users.id; empty for visitors and for the program itself
    action  TEXT   NOT NULL,            -- such as payment.verify
    kind    TEXT   NOT NULL,            -- of the subject: order, claim, user, course, …
    subject TEXT   NOT NULL,
    detail  TEXT   NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_subject ON audit (kind, subject, id);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_actor_kind ON audit (actor, kind, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_kind ON audit (kind, id);
CREATE INDEX audit_kind_action ON audit (kind, action, id);

-- +goose Down
DROP TABLE audit;
DROP TABLE epoch;
DROP TABLE payees;
DROP TABLE settings;
