-- +goose Up
CREATE TABLE users (
    id             TEXT PRIMARY KEY,
    email          TEXT   NOT NULL, -- as typed, for sending
    email_norm     TEXT   NOT NULL, -- for finding; made in Go, the same on both databases
    verified_at    BIGINT,          -- when the address was confirmed
    name           TEXT   NOT NULL,
    phone          TEXT   NOT NULL DEFAULT '', -- E.164
    password_hash  TEXT   NOT NULL,
    role           TEXT   NOT NULL DEFAULT 'student',
    lang           TEXT   NOT NULL DEFAULT 'en',
    created_at     BIGINT NOT NULL,
    deactivated_at BIGINT,
    CONSTRAINT users_role CHECK (role IN ('student', 'instructor', 'cashier', 'admin'))
);
CREATE UNIQUE INDEX users_email_norm ON users (email_norm);
CREATE INDEX users_created ON users (created_at, role); -- sign-ups by day, without a look at the rows
CREATE INDEX users_listed ON users (id, role, deactivated_at);
CREATE INDEX users_staff ON users (role) WHERE role <> 'student';
CREATE INDEX users_inactive ON users (id, role, deactivated_at) WHERE deactivated_at IS NOT NULL;

-- One row a login. Rows are never revived: an ended session keeps its row, as a tombstone, until it would have expired.
CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    token_hash   TEXT   NOT NULL,
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at   BIGINT NOT NULL,
    auth_at      BIGINT NOT NULL, -- when the password, or a login link, was last given
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    remember     BOOLEAN NOT NULL,
    ip           TEXT   NOT NULL DEFAULT '',
    agent        TEXT   NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Links that work once: password reset, address check, set-up, login by link.
CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY,
    kind       TEXT   NOT NULL,
    user_id    TEXT REFERENCES users (id) ON DELETE CASCADE,
    email      TEXT   NOT NULL DEFAULT '', -- verify: the address that the link confirms
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    CONSTRAINT tokens_kind CHECK (kind IN ('reset', 'verify', 'setup', 'login'))
);
CREATE INDEX tokens_user ON tokens (user_id, kind);
CREATE INDEX tokens_expiry ON tokens (expires_at);

-- How often an action was tried in the current window; see account.Limit.
CREATE TABLE throttle (
    bucket     TEXT PRIMARY KEY,
    hits       BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX throttle_expiry ON throttle (expires_at);

-- What somebody had typed when the session ran out, given back after the login. Never passwords.
CREATE TABLE kept_forms (
    hash       TEXT PRIMARY KEY,
    action     TEXT   NOT NULL,
    form       TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE kept_forms;
DROP TABLE throttle;
DROP TABLE tokens;
DROP TABLE sessions;
DROP TABLE users;
