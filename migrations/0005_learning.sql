-- +goose Up
-- One reason why a student may open a course. Access is the union of the grants in force.
CREATE TABLE grants (
    id         TEXT PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id),
    course_id  TEXT   NOT NULL REFERENCES courses (id),
    source     TEXT   NOT NULL,
    order_id   TEXT REFERENCES orders (id),
    reason     TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    created_by TEXT REFERENCES users (id),
    until      BIGINT, -- access ends by itself then
    ended_at   BIGINT, -- somebody ended it
    ended_by   TEXT REFERENCES users (id),
    CONSTRAINT grants_source CHECK (source IN ('order', 'free', 'hand', 'scholarship', 'gift', 'bundle', 'import')),
    CONSTRAINT grants_order CHECK (source <> 'order' OR order_id IS NOT NULL)
);
CREATE UNIQUE INDEX grants_order_once ON grants (order_id, course_id) WHERE order_id IS NOT NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX grants_once ON grants (user_id, course_id, source) WHERE source IN ('free', 'hand') AND ended_at IS NULL;
CREATE INDEX grants_access ON grants (user_id, course_id) WHERE ended_at IS NULL;
CREATE INDEX grants_user ON grants (user_id, id);

-- A student in a course. Stays when access ends, so that progress is there when it returns.
CREATE TABLE enrollments (
    id         TEXT PRIMARY KEY,
    user_id    TEXT   NOT NULL REFERENCES users (id),
    course_id  TEXT   NOT NULL REFERENCES courses (id),
    created_at BIGINT NOT NULL,
    learner    BIGINT -- on a student's first: how many students there are with this one, so that nobody needs to count
);
CREATE UNIQUE INDEX enrollments_learner ON enrollments (learner);
CREATE UNIQUE INDEX enrollments_once ON enrollments (user_id, course_id);
CREATE INDEX enrollments_course ON enrollments (course_id, id);
CREATE INDEX enrollments_created ON enrollments (created_at);

-- Letters to send. A row is written in the transaction of what it tells, and rendered when it is sent.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY, -- also the Message-ID
    kind         TEXT   NOT NULL,
    priority     BIGINT NOT NULL,  -- lower goes first
    user_id      TEXT REFERENCES users (id) ON DELETE SET NULL,
    recipient    TEXT   NOT NULL DEFAULT '', -- address; empty: the user's, or the school's, when it is sent
    payload      TEXT   NOT NULL DEFAULT '{}', -- ids and amounts, no secrets
    dedupe       TEXT   NOT NULL DEFAULT '',
    status       TEXT   NOT NULL DEFAULT 'queued',
    attempts     BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    run_at       BIGINT NOT NULL,
    locked_until BIGINT NOT NULL DEFAULT 0,
    again        BIGINT NOT NULL DEFAULT 0, -- how often the same was asked for while this one was queued
    sent_at      BIGINT,
    last_error   TEXT   NOT NULL DEFAULT '',
    CONSTRAINT outbox_status CHECK (status IN ('queued', 'sent', 'failed'))
);
CREATE UNIQUE INDEX outbox_dedupe ON outbox (dedupe) WHERE dedupe <> '' AND status = 'queued';
CREATE INDEX outbox_due ON outbox (priority, run_at, id) WHERE status = 'queued';
CREATE INDEX outbox_failed ON outbox (id) WHERE status = 'failed';
CREATE INDEX outbox_status ON outbox (status, id);
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_user ON outbox (user_id, id);
CREATE INDEX outbox_kind ON outbox (kind, sent_at);

-- How sending stands. Its one row is also the lock under which letters are claimed, one after another.
CREATE TABLE mail_state (
    id           BIGINT PRIMARY KEY,
    claimed_at   BIGINT NOT NULL DEFAULT 0,
    paused_until BIGINT NOT NULL DEFAULT 0,
    failures     BIGINT NOT NULL DEFAULT 0,  -- in a row, of the server and not of a letter
    problem      TEXT   NOT NULL DEFAULT '', -- see mail.Problem; empty: none
    last_error   TEXT   NOT NULL DEFAULT '',
    error_at     BIGINT NOT NULL DEFAULT 0
);
INSERT INTO mail_state (id) VALUES (1);

-- +goose Down
DROP TABLE mail_state;
DROP TABLE outbox;
DROP TABLE enrollments;
DROP TABLE grants;
