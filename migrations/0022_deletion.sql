-- +goose Up
-- When an account is deleted whose owner asked for it; until then he can keep it.
ALTER TABLE users ADD COLUMN delete_at BIGINT;
CREATE INDEX users_delete ON users (delete_at) WHERE delete_at IS NOT NULL;

-- +goose Down
DROP INDEX users_delete;
ALTER TABLE users DROP COLUMN delete_at;
