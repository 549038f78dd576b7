-- +goose Up
-- What people write by the contact form.
CREATE TABLE messages (
    id         TEXT PRIMARY KEY,
    code       TEXT   NOT NULL, -- M-7F3K9Q: what the sender is told to name it by
    user_id    TEXT REFERENCES users (id) ON DELETE SET NULL, -- who was signed in
    name       TEXT   NOT NULL,
    email      TEXT   NOT NULL, -- as typed, for answering
    email_norm TEXT   NOT NULL, -- for finding the sender's account
    phone      TEXT   NOT NULL DEFAULT '', -- E.164
    subject    TEXT   NOT NULL DEFAULT '',
    body       TEXT   NOT NULL,
    once       TEXT   NOT NULL, -- the same text by the same sender on one day is one message
    status     TEXT   NOT NULL DEFAULT 'new',
    created_at BIGINT NOT NULL,
    read_at    BIGINT,
    replied_at BIGINT, -- last
    closed_at  BIGINT,
    CONSTRAINT messages_status CHECK (status IN ('new', 'open', 'closed', 'spam'))
);
CREATE UNIQUE INDEX messages_code ON messages (code);
CREATE UNIQUE INDEX messages_once ON messages (once);
CREATE INDEX messages_new ON messages (id) WHERE status = 'new';
CREATE INDEX messages_status ON messages (status, id);
CREATE INDEX messages_sender ON messages (email_norm, id);
CREATE INDEX messages_user ON messages (user_id, id);
CREATE INDEX messages_created ON messages (created_at);

-- What the school added to a message: answers that went out by mail (the letter has the same id), and notes for colleagues.
CREATE TABLE message_entries (
    id         TEXT PRIMARY KEY,
    message_id TEXT   NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    kind       TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    once       TEXT   NOT NULL, -- the form's key: sent twice it counts once
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL REFERENCES users (id),
    removed_at BIGINT, -- of a note
    CONSTRAINT message_entries_kind CHECK (kind IN ('reply', 'note')),
    CONSTRAINT message_entries_removed CHECK (removed_at IS NULL OR kind = 'note')
);
CREATE UNIQUE INDEX message_entries_once ON message_entries (message_id, once);
CREATE INDEX message_entries_message ON message_entries (message_id, id);
CREATE INDEX message_entries_by ON message_entries (created_by);

-- +goose Down
DROP TABLE message_entries;
DROP TABLE messages;
