-- Numbers of the ward's own book, decisions that cancel an entry, years that are locked.
ALTER TABLE entry ADD COLUMN source TEXT NOT NULL DEFAULT 'own' CHECK (source IN ('own', 'ward'));
ALTER TABLE entry ADD COLUMN decision TEXT NOT NULL DEFAULT '';
ALTER TABLE entry ADD COLUMN decided_on TEXT NOT NULL DEFAULT '';

-- What the ward's book was asked for: written before the question, so that no answer is lost.
CREATE TABLE number_order (
    key TEXT PRIMARY KEY NOT NULL,
    request TEXT NOT NULL REFERENCES request (id),
    day TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'entered', 'closed'))
) WITHOUT ROWID;

CREATE INDEX number_order_request ON number_order (request, state);

CREATE TABLE year_lock (
    authority TEXT NOT NULL,
    sign TEXT NOT NULL,
    year INTEGER NOT NULL,
    locked_at REAL NOT NULL,
    summary BLOB NOT NULL,
    PRIMARY KEY (authority, sign, year)
) WITHOUT ROWID;

CREATE TRIGGER year_lock_stays BEFORE UPDATE ON year_lock BEGIN
    SELECT RAISE(ABORT, 'a locked year stays locked');
END;

CREATE TRIGGER year_lock_keeps BEFORE DELETE ON year_lock BEGIN
    SELECT RAISE(ABORT, 'a locked year stays locked');
END;

CREATE TRIGGER entry_into_locked_year BEFORE INSERT ON entry
WHEN EXISTS (
    SELECT 1 FROM year_lock AS l
    WHERE l.authority = NEW.authority AND l.sign = NEW.sign AND l.year = NEW.year
) BEGIN
    SELECT RAISE(ABORT, 'the year is locked');
END;
