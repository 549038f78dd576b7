-- +goose Up
-- Browsers in which somebody logged in before. What fails in them is counted apart from what strangers try, so that these
-- can't shut the owner out; and a login in another one is told of by mail.
CREATE TABLE devices (
    hash       TEXT   NOT NULL, -- of the token in the browser's cookie, which brothers may share
    user_id    TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (hash, user_id)
);
CREATE INDEX devices_user ON devices (user_id);
CREATE INDEX devices_seen ON devices (seen_at);

-- +goose Down
DROP TABLE devices;
