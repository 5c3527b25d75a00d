-- The line at the counters.  Nothing here tells who holds a number.
ALTER TABLE queue ADD COLUMN kiosk TEXT NOT NULL DEFAULT '';
ALTER TABLE queue ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'called', 'served', 'skipped'));
ALTER TABLE queue ADD COLUMN counter TEXT NOT NULL DEFAULT '';
ALTER TABLE queue ADD COLUMN called_at REAL;

-- What the counters did, in order; the measured visits stand here.
CREATE TABLE queue_act (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    at REAL NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('call', 'recall', 'skip', 'transfer', 'end')),
    letter TEXT NOT NULL,
    number INTEGER NOT NULL,
    service TEXT NOT NULL,
    counter TEXT NOT NULL,
    priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
    seconds REAL
);
CREATE INDEX queue_act_service ON queue_act (service, act);
CREATE INDEX queue_act_day ON queue_act (day);

-- Numbers leased from the ward's allocator; `first` is empty until it has answered for the key.
CREATE TABLE queue_block (
    key TEXT NOT NULL PRIMARY KEY,
    day TEXT NOT NULL,
    letter TEXT NOT NULL CHECK (length(letter) = 1),
    first INTEGER CHECK (first >= 1),
    count INTEGER NOT NULL CHECK (count >= 1)
) WITHOUT ROWID;
CREATE UNIQUE INDEX queue_block_first ON queue_block (day, letter, first);
