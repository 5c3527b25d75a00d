-- How each notice of money ended: other verdicts, currency, exemption, and what was paid back.
CREATE TABLE receipt_new (
    reference TEXT PRIMARY KEY NOT NULL,
    memo TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL DEFAULT 'VND',
    verdict TEXT NOT NULL CHECK (verdict IN (
        'exact', 'short', 'over', 'waived', 'late', 'again', 'unknown',
        'counter', 'foreign', 'elsewhere')),
    note TEXT NOT NULL DEFAULT '',
    refund INTEGER NOT NULL DEFAULT 0 CHECK (refund >= 0),
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0),
    refund_reference TEXT NOT NULL DEFAULT '',
    seen_at REAL NOT NULL
) WITHOUT ROWID;

INSERT INTO receipt_new (reference, memo, amount, verdict, refund, seen_at)
SELECT reference, memo, amount, verdict, refund, seen_at FROM receipt;

DROP TABLE receipt;

ALTER TABLE receipt_new RENAME TO receipt;

CREATE INDEX receipt_memo ON receipt (memo);
