-- +goose Up
CREATE TABLE internships (
    id           TEXT PRIMARY KEY,
    slug         TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    summary      TEXT   NOT NULL DEFAULT '', -- one line, for the list
    description  TEXT   NOT NULL DEFAULT '', -- paragraphs, an empty line between them
    duration     TEXT   NOT NULL DEFAULT '',
    place        TEXT   NOT NULL DEFAULT '',
    stipend      TEXT   NOT NULL DEFAULT '', -- what the intern gets, as people say it
    fee          BIGINT NOT NULL DEFAULT 0,  -- what the intern pays, in the minor unit
    currency     TEXT   NOT NULL,
    seats        BIGINT NOT NULL DEFAULT 0,  -- 0: not said
    last_day     TEXT   NOT NULL DEFAULT '', -- to apply, 2026-12-31 in the school's zone; empty: no end
    status       TEXT   NOT NULL DEFAULT 'draft',
    position     BIGINT NOT NULL,
    version      BIGINT NOT NULL DEFAULT 1,  -- grows with every change of the texts
    created_at   BIGINT NOT NULL,
    published_at BIGINT, -- first
    CONSTRAINT internships_status CHECK (status IN ('draft', 'published', 'closed', 'archived')),
    CONSTRAINT internships_fee CHECK (fee >= 0),
    CONSTRAINT internships_seats CHECK (seats >= 0)
);
CREATE UNIQUE INDEX internships_slug ON internships (slug);
CREATE INDEX internships_listed ON internships (position, id) WHERE status = 'published';

-- One application for each address and internship, and one for each account.
CREATE TABLE applications (
    id            TEXT PRIMARY KEY,
    internship_id TEXT   NOT NULL REFERENCES internships (id),
    user_id       TEXT REFERENCES users (id) ON DELETE SET NULL, -- who was signed in, or logged in to pay
    name          TEXT   NOT NULL,
    email         TEXT   NOT NULL, -- as typed, for answering
    email_norm    TEXT   NOT NULL,
    phone         TEXT   NOT NULL DEFAULT '', -- E.164
    cover_letter  TEXT   NOT NULL DEFAULT '',
    suspect       BOOLEAN NOT NULL DEFAULT FALSE, -- a program may have filled the form in
    status        TEXT   NOT NULL DEFAULT 'new',
    line          TEXT   NOT NULL DEFAULT '', -- a personal line in the letter about the decision
    created_at    BIGINT NOT NULL,
    seen_at       BIGINT,
    decided_at    BIGINT, -- last change of status
    decided_by    TEXT REFERENCES users (id),
    told          TEXT   NOT NULL DEFAULT '', -- the status that the last letter told of
    letter_id     TEXT   NOT NULL DEFAULT '', -- of that letter in the outbox
    CONSTRAINT applications_status CHECK (status IN ('new', 'shortlisted', 'accepted', 'rejected'))
);
CREATE UNIQUE INDEX applications_address ON applications (internship_id, email_norm);
CREATE UNIQUE INDEX applications_account ON applications (internship_id, user_id) WHERE user_id IS NOT NULL;
CREATE INDEX applications_unseen ON applications (id) WHERE seen_at IS NULL;
CREATE INDEX applications_status ON applications (status, id);
CREATE INDEX applications_post ON applications (internship_id, id, status);
CREATE INDEX applications_sender ON applications (email_norm, id);
CREATE INDEX applications_user ON applications (user_id, id);
CREATE INDEX applications_created ON applications (created_at);
CREATE INDEX applications_decided_by ON applications (decided_by);

CREATE TABLE application_notes (
    id             TEXT PRIMARY KEY,
    application_id TEXT   NOT NULL REFERENCES applications (id) ON DELETE CASCADE,
    body           TEXT   NOT NULL,
    once           TEXT   NOT NULL, -- the form's key: sent twice it counts once
    created_at     BIGINT NOT NULL,
    created_by     TEXT   NOT NULL REFERENCES users (id),
    removed_at     BIGINT
);
CREATE UNIQUE INDEX application_notes_once ON application_notes (application_id, once);
CREATE INDEX application_notes_application ON application_notes (application_id, id);
CREATE INDEX application_notes_by ON application_notes (created_by);

-- What a change of many applications did, row by row.
CREATE TABLE application_batches (
    id         TEXT PRIMARY KEY,
    status     TEXT   NOT NULL,
    created_by TEXT   NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL
);
CREATE TABLE application_batch_items (
    batch_id       TEXT   NOT NULL REFERENCES application_batches (id) ON DELETE CASCADE,
    position       BIGINT NOT NULL,
    application_id TEXT   NOT NULL,
    outcome        TEXT   NOT NULL, -- done, or the key of what went wrong
    PRIMARY KEY (batch_id, position)
);

-- +goose Down
DROP TABLE application_batch_items;
DROP TABLE application_batches;
DROP TABLE application_notes;
DROP TABLE applications;
DROP TABLE internships;
