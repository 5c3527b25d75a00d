-- What technicians said of each device when they tested it last.
CREATE TABLE trial (
    device TEXT PRIMARY KEY,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('passed', 'failed', 'skipped', 'absent')),
    note TEXT NOT NULL
) WITHOUT ROWID;
