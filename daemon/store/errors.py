"""What can be wrong with the database, each with its remedy for the technician."""

from __future__ import annotations

import sqlite3


class StoreError(Exception):
    """The common base.  `reason` is a stable code, `remedy` says what to do."""

    reason = "store"
    remedy = "See the journal of the daemon."

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.reason}: {detail}. {self.remedy}" if detail else self.remedy)
        self.detail = detail


class LockedError(StoreError):
    """Another process holds the database."""

    reason = "locked"
    remedy = "Another process writes to the database: end it (`fuser` names it); nothing is lost."


class FullError(StoreError):
    """No room on the disk: what was to be written was not, and is not half there."""

    reason = "full"
    remedy = "The disk is full: make room; nothing that was acknowledged is lost."


class DiskError(StoreError):
    """The disk does not read or write, or has become read-only."""

    reason = "disk"
    remedy = "The disk does not work or is read-only: see `dmesg`; nothing acknowledged is lost."


class DamagedError(StoreError):
    """The file is no sound database."""

    reason = "damaged"
    remedy = "The database is damaged: move it away, restore a copy, then audit the register."


class NewerError(StoreError):
    """A newer version of the software wrote it."""

    reason = "newer"
    remedy = "The database belongs to a newer version: install that version again."


_BY_CODE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: LockedError,
    sqlite3.SQLITE_LOCKED: LockedError,
    sqlite3.SQLITE_FULL: FullError,
    sqlite3.SQLITE_IOERR: DiskError,
    sqlite3.SQLITE_READONLY: DiskError,
    sqlite3.SQLITE_CANTOPEN: DiskError,
    sqlite3.SQLITE_PERM: DiskError,
    sqlite3.SQLITE_CORRUPT: DamagedError,
    sqlite3.SQLITE_NOTADB: DamagedError,
}


_SPACE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE)
"""No room: for a page, or for the index of the write-ahead log."""


def named(error: BaseException) -> StoreError | None:
    """The named error behind a database error; None where it is a fault of the caller.

    A full disk makes SQLite roll back by itself, so the error that arrives may be the vain rollback
    with the true cause behind it: the whole chain is looked at.
    """
    at: BaseException | None = error
    seen: set[int] = set()
    found: StoreError | None = None
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        code = getattr(at, "sqlite_errorcode", None)
        if code in _SPACE:
            return FullError(getattr(at, "sqlite_errorname", ""))
        if code is not None and code & 0xFF in _BY_CODE and found is None:
            found = _BY_CODE[code & 0xFF](getattr(at, "sqlite_errorname", ""))
        at = at.__cause__ or at.__context__
    return found
