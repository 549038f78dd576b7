-- +goose Up
CREATE TABLE orders (
    id         TEXT PRIMARY KEY,
    code       TEXT   NOT NULL, -- LN-7F3K-9QXZ: for people, and for the bank's note
    pay_token  TEXT   NOT NULL, -- unguessable: whoever has it may pay, and see no more than that
    user_id    TEXT   NOT NULL REFERENCES users (id),
    item_kind  TEXT   NOT NULL,
    item_id    TEXT   NOT NULL,
    title      TEXT   NOT NULL, -- of the item when it was ordered
    price      BIGINT NOT NULL,
    currency   TEXT   NOT NULL,
    paid       BIGINT NOT NULL DEFAULT 0, -- sum of the allocations in force
    status     TEXT   NOT NULL DEFAULT 'open',
    reason     TEXT   NOT NULL DEFAULT '', -- of the last reverse
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    paid_at    BIGINT,
    closed_at  BIGINT, -- cancelled or reversed
    CONSTRAINT orders_kind CHECK (item_kind IN ('course', 'internship', 'bundle')),
    CONSTRAINT orders_status CHECK (status IN ('open', 'paid', 'cancelled', 'reversed')),
    CONSTRAINT orders_price CHECK (price > 0),
    CONSTRAINT orders_paid CHECK (paid >= 0 AND paid <= price),
    CONSTRAINT orders_covered CHECK (status <> 'paid' OR paid = price)
);
CREATE UNIQUE INDEX orders_code ON orders (code);
CREATE UNIQUE INDEX orders_pay_token ON orders (pay_token);
CREATE UNIQUE INDEX orders_one_open ON orders (user_id, item_kind, item_id) WHERE status = 'open';
CREATE INDEX orders_user ON orders (user_id, id, status);
CREATE INDEX orders_status ON orders (status, id);
CREATE INDEX orders_price ON orders (price, status, id);
CREATE INDEX orders_rest ON orders ((price - paid)) WHERE paid > 0 AND paid < price; -- what a part payment left due
CREATE INDEX orders_paid_at ON orders (paid_at) WHERE paid_at IS NOT NULL;

-- Money that the school saw come in. used counts what orders and refunds took of it.
CREATE TABLE receipts (
    id          TEXT PRIMARY KEY,
    method      TEXT   NOT NULL,
    reference   TEXT   NOT NULL DEFAULT '', -- upper case, without spaces; empty only for cash
    amount      BIGINT NOT NULL,
    used        BIGINT NOT NULL DEFAULT 0,
    currency    TEXT   NOT NULL,
    payee       TEXT   NOT NULL DEFAULT '',
    recorded_at BIGINT NOT NULL,
    recorded_by TEXT   NOT NULL REFERENCES users (id),
    voided_at   BIGINT, -- written down by mistake: the money never came
    void_reason TEXT   NOT NULL DEFAULT '',
    CONSTRAINT receipts_method CHECK (method IN ('upi', 'transfer', 'cash', 'gateway')),
    CONSTRAINT receipts_amount CHECK (amount > 0),
    CONSTRAINT receipts_used CHECK (used >= 0 AND used <= amount),
    CONSTRAINT receipts_reference CHECK (reference <> '' OR method = 'cash'),
    CONSTRAINT receipts_void CHECK (voided_at IS NULL OR used = 0)
);
CREATE UNIQUE INDEX receipts_once ON receipts (reference) WHERE reference <> '' AND voided_at IS NULL;
CREATE INDEX receipts_reference ON receipts (reference);
CREATE INDEX receipts_recorded ON receipts (recorded_at);

-- Somebody says that an order was paid.
CREATE TABLE claims (
    id         TEXT PRIMARY KEY,
    order_id   TEXT   NOT NULL REFERENCES orders (id),
    user_id    TEXT   NOT NULL REFERENCES users (id), -- the order's, by whom claims are found
    price      BIGINT NOT NULL,                       -- the order's when it was claimed, by which claims are found
    reference  TEXT   NOT NULL,
    tail       TEXT   NOT NULL, -- its last four characters, which is what a bank's app shows
    payee      TEXT   NOT NULL DEFAULT '', -- the address that the payer says to have paid to
    payer      TEXT   NOT NULL DEFAULT '', -- name on the paying account
    status     TEXT   NOT NULL DEFAULT 'waiting',
    reason     TEXT   NOT NULL DEFAULT '', -- of the last not seen or reject
    created_at BIGINT NOT NULL,
    looked_at  BIGINT, -- last not seen
    told_at    BIGINT, -- when a letter last said so
    decided_at BIGINT,
    decided_by TEXT REFERENCES users (id),
    receipt_id TEXT REFERENCES receipts (id),
    CONSTRAINT claims_status CHECK (status IN ('waiting', 'not_seen', 'accepted', 'rejected')),
    CONSTRAINT claims_receipt CHECK (status <> 'accepted' OR receipt_id IS NOT NULL)
);
CREATE UNIQUE INDEX claims_once ON claims (order_id, reference) WHERE status IN ('waiting', 'not_seen');
CREATE INDEX claims_queue ON claims (id) WHERE status IN ('waiting', 'not_seen');
CREATE INDEX claims_done ON claims (status, id) WHERE status IN ('accepted', 'rejected');
CREATE INDEX claims_reference ON claims (reference, id);
CREATE INDEX claims_tail ON claims (tail, id);
CREATE INDEX claims_order ON claims (order_id, id);
CREATE INDEX claims_user ON claims (user_id, id, status);
CREATE INDEX claims_price ON claims (price, status, id);
CREATE INDEX claims_decided ON claims (decided_at) WHERE decided_at IS NOT NULL;

-- What part of a receipt pays what order. An allocation ends, it is never deleted.
CREATE TABLE allocations (
    id         TEXT PRIMARY KEY,
    receipt_id TEXT   NOT NULL REFERENCES receipts (id),
    order_id   TEXT   NOT NULL REFERENCES orders (id),
    amount     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL REFERENCES users (id),
    ended_at   BIGINT,
    CONSTRAINT allocations_amount CHECK (amount > 0)
);
CREATE INDEX allocations_receipt ON allocations (receipt_id);
CREATE INDEX allocations_order ON allocations (order_id);

-- Money given back by hand, out of a receipt.
CREATE TABLE refunds (
    id         TEXT PRIMARY KEY,
    order_id   TEXT   NOT NULL REFERENCES orders (id),
    receipt_id TEXT   NOT NULL REFERENCES receipts (id),
    amount     BIGINT NOT NULL,
    reference  TEXT   NOT NULL DEFAULT '',
    reason     TEXT   NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    created_by TEXT   NOT NULL REFERENCES users (id),
    undone_at  BIGINT,
    CONSTRAINT refunds_amount CHECK (amount > 0)
);
CREATE INDEX refunds_order ON refunds (order_id);
CREATE INDEX refunds_receipt ON refunds (receipt_id);
CREATE INDEX refunds_created ON refunds (created_at);

-- A form that must count once however often it is sent (cash, refunds): its key, and what it was about.
CREATE TABLE sent_once (
    key        TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL
);

-- What "verify selected" did, row by row.
CREATE TABLE batches (
    id         TEXT PRIMARY KEY,
    created_by TEXT   NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL
);
CREATE TABLE batch_items (
    batch_id TEXT   NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    claim_id TEXT   NOT NULL,
    outcome  TEXT   NOT NULL, -- verified, part, over, or the key of what went wrong
    amount   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (batch_id, position)
);

-- +goose Down
DROP TABLE batch_items;
DROP TABLE batches;
DROP TABLE sent_once;
DROP TABLE refunds;
DROP TABLE allocations;
DROP TABLE claims;
DROP TABLE receipts;
DROP TABLE orders;
