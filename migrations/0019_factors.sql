-- +goose Up
-- What people prove with, beside the password, who they are.
CREATE TABLE factors (
    id         TEXT PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL,
    name       TEXT   NOT NULL,            -- as its owner calls it
    credential TEXT   NOT NULL DEFAULT '', -- passkey: its id in base64url
    secret     TEXT   NOT NULL,            -- sealed with a key of the program's: the key of an app, the record of a passkey
    counter    BIGINT NOT NULL DEFAULT 0,  -- app: the last time step that a code was taken of, so that each counts once
    created_at BIGINT NOT NULL,
    used_at    BIGINT,
    CONSTRAINT factors_kind CHECK (kind IN ('totp', 'passkey'))
);
CREATE INDEX factors_user ON factors (user_id, kind);
CREATE UNIQUE INDEX factors_app ON factors (user_id) WHERE kind = 'totp';
CREATE UNIQUE INDEX factors_credential ON factors (credential) WHERE credential <> '';

-- Codes on paper, for who lost the rest. Each works once.
CREATE TABLE recovery_codes (
    user_id TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    n       BIGINT NOT NULL, -- the first character of the code, so that one hash has to be tried, not ten
    hash    TEXT   NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (user_id, n)
);

-- A login that waits for the second factor, or a question to a passkey: what a browser comes back for within minutes.
CREATE TABLE steps (
    hash       TEXT PRIMARY KEY, -- of the token in the browser's cookie
    kind       TEXT    NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE, -- none: any account's passkey may answer
    remember   BOOLEAN NOT NULL,
    how        TEXT    NOT NULL, -- the login goes into the audit as this
    question   TEXT    NOT NULL DEFAULT '', -- to the passkey; answered once
    expires_at BIGINT  NOT NULL,
    CONSTRAINT steps_kind CHECK (kind IN ('login', 'passkey', 'register', 'confirm'))
);
CREATE INDEX steps_user ON steps (user_id);
CREATE INDEX steps_expiry ON steps (expires_at);

-- Until when somebody with powers may go on without a second factor where the school asks for one.
ALTER TABLE users ADD COLUMN factor_due_at BIGINT;

-- +goose Down
ALTER TABLE users DROP COLUMN factor_due_at;
DROP TABLE steps;
DROP TABLE recovery_codes;
DROP TABLE factors;
