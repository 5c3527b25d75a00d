-- Queue numbers; they restart each day for each letter.  Nothing tells who drew one.
CREATE TABLE queue (
    day TEXT NOT NULL,
    letter TEXT NOT NULL CHECK (length(letter) = 1),
    number INTEGER NOT NULL CHECK (number >= 1),
    service TEXT NOT NULL,
    priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
    drawn_at REAL NOT NULL,
    PRIMARY KEY (day, letter, number)
) WITHOUT ROWID;

CREATE INDEX queue_service ON queue (day, service);
