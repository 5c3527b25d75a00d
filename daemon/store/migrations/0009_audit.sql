-- Every command of the technician's console, each link holding the hash of the one before.
CREATE TABLE audit (
    n INTEGER PRIMARY KEY NOT NULL,
    record BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
);

CREATE TRIGGER audit_stands BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- The oldest may go when there are very many; the head upward has told of them.
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit
WHEN OLD.n > (SELECT MAX(n) FROM audit) - 100000 BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
