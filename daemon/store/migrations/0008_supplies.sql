-- What was put in, when, by whom, and what the life counter said then.
CREATE TABLE supply (
    name TEXT PRIMARY KEY NOT NULL,
    filled INTEGER NOT NULL CHECK (filled >= 0),
    counted INTEGER NOT NULL,
    at REAL NOT NULL,
    who TEXT NOT NULL
) WITHOUT ROWID;

-- Life counters as they stood when the trip began.
CREATE TABLE trip (
    name TEXT PRIMARY KEY NOT NULL,
    base INTEGER NOT NULL,
    at REAL NOT NULL,
    who TEXT NOT NULL
) WITHOUT ROWID;
