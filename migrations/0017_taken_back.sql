-- +goose Up
-- Few receipts and refunds are ever taken back: by these the sums of past days, which don't change otherwise, are put right.
CREATE INDEX receipts_voided ON receipts (recorded_at) WHERE voided_at IS NOT NULL;
CREATE INDEX refunds_undone ON refunds (created_at) WHERE undone_at IS NOT NULL;

-- +goose Down
DROP INDEX refunds_undone;
DROP INDEX receipts_voided;
