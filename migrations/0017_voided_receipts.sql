-- +goose Up
-- Few receipts are ever taken back: by these the sums of past days, which don't change otherwise, are put right.
CREATE INDEX receipts_voided ON receipts (recorded_at) WHERE voided_at IS NOT NULL;

-- +goose Down
DROP INDEX receipts_voided;
