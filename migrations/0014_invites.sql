-- +goose Up
-- People who were asked to join the staff. The link is made of the row's id and its issue with the school's secret, so
-- that it can be shown and mailed again; only its hash stands here, and a new issue voids the links before.
CREATE TABLE invites (
    id          TEXT PRIMARY KEY,
    hash        TEXT   NOT NULL,
    issue       BIGINT NOT NULL,
    email       TEXT   NOT NULL, -- as typed, for sending
    email_norm  TEXT   NOT NULL,
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  TEXT   NOT NULL REFERENCES users (id), -- whose word it is: it counts for as long as he is an admin
    expires_at  BIGINT NOT NULL,
    accepted_at BIGINT,
    accepted_by TEXT REFERENCES users (id),
    revoked_at  BIGINT,
    CONSTRAINT invites_role CHECK (role IN ('instructor', 'cashier', 'admin'))
);
CREATE UNIQUE INDEX invites_hash ON invites (hash);
CREATE UNIQUE INDEX invites_open ON invites (email_norm) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invites_expiry ON invites (expires_at);
CREATE INDEX invites_by ON invites (created_by);
CREATE INDEX invites_accepted ON invites (accepted_by) WHERE accepted_by IS NOT NULL;

-- +goose Down
DROP TABLE invites;
