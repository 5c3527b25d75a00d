-- How many facts wait, kept by the database itself: counting a million rows takes too long.
CREATE TABLE outbox_depth (
    kind TEXT PRIMARY KEY NOT NULL,
    count INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO outbox_depth SELECT kind, COUNT(*) FROM outbox GROUP BY kind;

CREATE TRIGGER outbox_more AFTER INSERT ON outbox BEGIN
    INSERT INTO outbox_depth (kind, count) VALUES (NEW.kind, 1)
        ON CONFLICT (kind) DO UPDATE SET count = count + 1;
END;

CREATE TRIGGER outbox_less AFTER DELETE ON outbox BEGIN
    UPDATE outbox_depth SET count = count - 1 WHERE kind = OLD.kind;
    DELETE FROM outbox_depth WHERE kind = OLD.kind AND count <= 0;
END;

CREATE INDEX outbox_later ON outbox (not_before) WHERE not_before > 0;
CREATE INDEX outbox_kind ON outbox (kind, id);

-- The alarms that stand, and those that were cleared within the last day.
CREATE TABLE alarm (
    code TEXT NOT NULL,
    inst TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('raised', 'updated', 'cleared')),
    body BLOB NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (code, inst)
) WITHOUT ROWID;

-- Commands that were taken: a repeat gets the answer that stands here.
CREATE TABLE command (
    jti TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    answer BLOB NOT NULL,
    until REAL NOT NULL
) WITHOUT ROWID;

CREATE INDEX command_until ON command (until);

-- What holds until something newer comes: keys, configuration, notice; what was only counted.
CREATE TABLE document (
    name TEXT PRIMARY KEY NOT NULL,
    rev INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
