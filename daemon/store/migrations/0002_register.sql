-- A request is a saga: `step` says how far it came.  Nothing in it belongs to a citizen.
CREATE TABLE request (
    id TEXT PRIMARY KEY NOT NULL,
    code TEXT NOT NULL UNIQUE,
    step TEXT NOT NULL CHECK (step IN (
        'accepted', 'paid', 'numbered', 'signed', 'printed', 'handed_over',
        'passed', 'voided', 'dropped')),
    facts BLOB NOT NULL,
    accepted_at REAL NOT NULL,
    until REAL NOT NULL,
    amount INTEGER,
    payment TEXT NOT NULL DEFAULT '',
    fees BLOB NOT NULL DEFAULT '[]',
    reason TEXT NOT NULL DEFAULT '',
    envelope TEXT NOT NULL DEFAULT '',
    changed_at REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX request_step ON request (step);

CREATE TABLE entry (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    request TEXT NOT NULL REFERENCES request (id),
    place INTEGER NOT NULL,
    authority TEXT NOT NULL,
    sign TEXT NOT NULL,
    year INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 1),
    label TEXT NOT NULL,
    volume TEXT NOT NULL,
    certified_at REAL NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    pages INTEGER NOT NULL CHECK (pages >= 1),
    copies INTEGER NOT NULL CHECK (copies >= 1),
    product TEXT NOT NULL CHECK (product IN ('digital', 'paper')),
    certifier TEXT NOT NULL,
    certifier_title TEXT NOT NULL,
    fee INTEGER NOT NULL CHECK (fee >= 0),
    requester BLOB NOT NULL,
    pages_digest BLOB NOT NULL,
    file_digest BLOB,
    status TEXT NOT NULL CHECK (status IN ('reserved', 'valid', 'voided')),
    note TEXT NOT NULL DEFAULT '',
    delivery TEXT NOT NULL DEFAULT '',
    UNIQUE (authority, sign, year, number)
);

CREATE INDEX entry_request ON entry (request, place);

-- What happened to the entries, in order; each link holds the hash of the one before.
CREATE TABLE chain (
    seq INTEGER PRIMARY KEY NOT NULL,
    record BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL UNIQUE
);

CREATE TRIGGER chain_stays BEFORE UPDATE ON chain BEGIN
    SELECT RAISE(ABORT, 'the chain is append-only');
END;

CREATE TRIGGER chain_keeps BEFORE DELETE ON chain BEGIN
    SELECT RAISE(ABORT, 'the chain is append-only');
END;

CREATE TRIGGER entry_keeps BEFORE DELETE ON entry BEGIN
    SELECT RAISE(ABORT, 'an entry is voided, never deleted');
END;

-- One row for each payment code that was shown; never shown again to somebody else.
CREATE TABLE payment (
    memo TEXT PRIMARY KEY NOT NULL,
    request TEXT NOT NULL DEFAULT '',
    amount INTEGER NOT NULL CHECK (amount >= 0),
    state TEXT NOT NULL CHECK (state IN ('offered', 'cancelled', 'settled', 'counter')),
    offered_at REAL NOT NULL,
    settled_at REAL
) WITHOUT ROWID;

CREATE INDEX payment_request ON payment (request);

-- One row for each notice of the bank or the ward's gateway; `refund` is still owed.
CREATE TABLE receipt (
    reference TEXT PRIMARY KEY NOT NULL,
    memo TEXT NOT NULL,
    amount INTEGER NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN (
        'exact', 'short', 'over', 'waived', 'late', 'again', 'unknown')),
    refund INTEGER NOT NULL DEFAULT 0 CHECK (refund >= 0),
    seen_at REAL NOT NULL
) WITHOUT ROWID;
