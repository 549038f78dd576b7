-- +goose Up
-- Long work, done item by item. A draft waits for somebody to look at it and say go.
CREATE TABLE jobs (
    id           TEXT PRIMARY KEY,
    kind         TEXT   NOT NULL,
    params       TEXT   NOT NULL DEFAULT '{}', -- what the kind needs to know, JSON
    columns      TEXT   NOT NULL DEFAULT '[]', -- what the cells of its items are called, JSON
    status       TEXT   NOT NULL DEFAULT 'draft',
    total        BIGINT NOT NULL,
    created_by   TEXT   NOT NULL REFERENCES users (id),
    created_at   BIGINT NOT NULL,
    started_at   BIGINT,
    finished_at  BIGINT,           -- done, cancelled or stopped
    run_at       BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    tries        BIGINT NOT NULL DEFAULT 0, -- of the item that is next
    broken       BIGINT NOT NULL DEFAULT 0, -- items in a row that broke
    last_error   TEXT   NOT NULL DEFAULT '',
    CONSTRAINT jobs_status CHECK (status IN ('draft', 'open', 'done', 'cancelled', 'stopped'))
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE status = 'open';
CREATE INDEX jobs_kind ON jobs (kind, id);
CREATE INDEX jobs_drafts ON jobs (created_at) WHERE status = 'draft';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE job_items (
    job_id   TEXT   NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    subject  TEXT   NOT NULL DEFAULT '',   -- id of whom or what it is about, when that is known
    cells    TEXT   NOT NULL DEFAULT '[]', -- what people know it by, or a row of a file; JSON
    state    TEXT   NOT NULL DEFAULT 'waiting',
    outcome  TEXT   NOT NULL DEFAULT '',   -- the key of a text
    args     TEXT   NOT NULL DEFAULT '[]', -- and its values, JSON
    PRIMARY KEY (job_id, position),
    CONSTRAINT job_items_state CHECK (state IN ('waiting', 'done', 'kept', 'wrong'))
);
CREATE INDEX job_items_state ON job_items (job_id, state, position);
CREATE INDEX job_items_subject ON job_items (subject) WHERE subject <> '';

-- +goose Down
DROP TABLE job_items;
DROP TABLE jobs;
