-- Open facts that the broker took, for a receiver who missed some.
CREATE TABLE sent (
    id INTEGER PRIMARY KEY,
    boot INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    envelope BLOB NOT NULL,
    payload BLOB NOT NULL
);

CREATE UNIQUE INDEX sent_order ON sent (boot, seq);
