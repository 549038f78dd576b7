-- +goose Up
-- Letters are looked for by their address, and enrollments whose access has ended by the grants that are over.
CREATE INDEX outbox_recipient ON outbox (LOWER(recipient), id) WHERE recipient <> '';
CREATE INDEX grants_ended ON grants (user_id, course_id) WHERE ended_at IS NOT NULL;
CREATE INDEX grants_until ON grants (until, user_id, course_id) WHERE until IS NOT NULL;

-- +goose Down
DROP INDEX grants_until;
DROP INDEX grants_ended;
DROP INDEX outbox_recipient;
