"""A kiosk given back: everything that was made here goes, but for what the law wants kept.

What stays is the register with its chain, the payments, and the audit log of the console (the
file `kiosk.db` without the tables below).  A mark in the state folder orders it; the start-up path
carries it out and takes the mark away last, so that a pulled plug only makes it begin again.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)

MARK = "factory-reset.json"
DATABASE = "kiosk.db"
FORGOTTEN = ("queue", "queue_act", "queue_block", "supply", "trip", "trial", "daily")
"""Tables that are emptied: queue numbers with their calls and blocks, refills, trips, tests of
devices, totals by day."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Who wanted it."""

    at: float
    """Seconds since 1970."""
    who: tuple[str, str]
    """Accounts of the two admins."""


def order(folder: Path, wanted: Order) -> None:
    """Leaves the mark; the next start of the daemon obeys.  Raises OSError."""
    part = folder / (MARK + ".part")
    with part.open("wb") as file:
        file.write(msgspec.json.encode(wanted))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / MARK)


def obey(folder: Path) -> bool:
    """Erases where a mark lies in the state folder; True = it did.  Raises OSError.

    Before anything in the folder is read.
    """
    mark = folder / MARK
    if not mark.is_file():
        return False
    for place in sorted(folder.iterdir()):
        if place == mark or place.name.startswith(DATABASE):
            continue
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()
    if (folder / DATABASE).is_file():
        _forget(folder / DATABASE)
    mark.unlink()
    log.warning("factory reset: done; register, payments and audit log stay")
    return True


def _forget(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete = ON")
        there = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        for table in FORGOTTEN:
            if table in there:
                database.execute(f"DELETE FROM {table}")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
