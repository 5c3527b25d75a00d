"""The desk's audit log: each decision and each change of who may decide, in a hash chain.

One JSON line each; the hash of a line covers the hash of the one before, so that nothing can be
changed or left out unseen.  Officers and kiosks stand in it, citizens do not.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.desk.authority import belong

GENESIS = "0" * 64
LONGEST = 4096
"""Bytes that a line never reaches."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line."""

    n: int
    at: str
    who: str
    """An officer's short name, or the account that gave a command."""
    what: str
    """`accepted`, `refused`, `issue`, `revoke`, …"""
    kiosk: str = ""
    request: str = ""
    reason: str = ""
    seconds: float = 0.0
    before: str = GENESIS
    """Hash of the line before."""


def digest(line: bytes) -> str:
    """Hash of a line."""
    return hashlib.sha256(line).hexdigest()


class Chain:
    """The file; several processes may write (the desk, a command)."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, who: str, what: str, **more: str | float) -> Entry:
        """One line more, on the disk when this returns.  Raises OSError."""
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        belong(fd, self._path)
        with os.fdopen(fd, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            last = _last(file)
            now = dt.datetime.now(VIETNAM).isoformat(timespec="seconds")
            before = digest(last) if last else GENESIS
            n = msgspec.json.decode(last, type=Entry).n + 1 if last else 1
            entry = Entry(n, now, who, what, before=before, **more)  # type: ignore[arg-type]
            file.seek(0, os.SEEK_END)
            file.write(msgspec.json.encode(entry) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return entry

    def entries(self) -> list[Entry]:
        """All of them.  Raises ValueError where the chain is broken, and says at which line."""
        if not self._path.exists():
            return []
        before, found = GENESIS, []
        for n, line in enumerate(self._path.read_bytes().splitlines(), 1):
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except msgspec.MsgspecError:
                raise ValueError(f"line {n} cannot be read") from None
            if entry.n != n or entry.before != before:
                raise ValueError(f"line {n} does not follow the one before")
            before = digest(line)
            found.append(entry)
        return found


def _last(file: BinaryIO) -> bytes:
    """The last whole line.  A line that a power cut tore was never answered: it goes."""
    end = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, end - LONGEST))
    data = file.read()
    whole = data.rfind(b"\n") + 1
    if whole < len(data):
        file.truncate(start + whole)
    lines = data[:whole].splitlines()
    return lines[-1] if lines else b""
