-- +goose Up
-- Letters are looked for by their address.
CREATE INDEX outbox_recipient ON outbox (LOWER(recipient), id) WHERE recipient <> '';

-- +goose Down
DROP INDEX outbox_recipient;
