"""Settings changed at the console: versions in the state folder, laid over the configuration file.

The file in /etc belongs to the image and cannot be written by the daemon.  What a technician
commits is a numbered version of keys and values; one of them is active.  A version that was
committed with a time to confirm is *on trial*: unless it is confirmed in that time, or if the
daemon does not stay up with it, the one before becomes active again.  The start-up path decides
that, so that a crash does.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import msgspec

KEPT = 50
"""Versions that stay."""
STARTS = 3
"""Starts after which a version on trial is given up."""
BARRED = ("paths.", "console.")
"""Where the overlay itself lies, and who may change it, is decided by the file alone."""

Value = Any
Values = dict[str, Value]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One committed state."""

    n: int
    at: float
    """Seconds since 1970."""
    who: str
    values: Values
    """Dotted key → value, as in TOML."""


class Active(msgspec.Struct, frozen=True, kw_only=True):
    """Which version holds, and whether it is on trial."""

    n: int = 0
    """0 = the file alone."""
    before: int = 0
    """What holds again if the trial fails."""
    confirm: float = 0.0
    """Seconds within which it must be confirmed, from a start of the daemon; 0 = no trial."""
    starts: int = 0
    """Starts on trial so far."""
    why: str = ""
    """Why the last trial failed; empty where none has."""


class Overlay:
    """The versions in one folder.  Every file is replaced as a whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def active(self) -> Active:
        """What holds; the file alone where that cannot be read."""
        try:
            return msgspec.json.decode((self._folder / "active.json").read_bytes(), type=Active)
        except (OSError, msgspec.MsgspecError):
            return Active()

    def version(self, n: int) -> Version | None:
        """One version; None where there is none, number 0 is empty."""
        if n == 0:
            return Version(n=0, at=0.0, who="", values={})
        try:
            return msgspec.json.decode(self._path(n).read_bytes(), type=Version)
        except (OSError, msgspec.MsgspecError):
            return None

    def values(self) -> Values:
        """What is laid over the file now."""
        version = self.version(self.active.n)
        return version.values if version is not None else {}

    def history(self) -> tuple[Version, ...]:
        """The latest first."""
        numbers = sorted(
            (int(path.stem) for path in self._folder.glob("[0-9]*.json")), reverse=True
        )
        return tuple(one for n in numbers if (one := self.version(n)) is not None)

    def commit(self, values: Values, who: str, confirm: float = 0.0) -> Version:
        """Makes a version and activates it, on trial where `confirm` is given.  Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        before = self.active
        latest = max((one.n for one in self.history()), default=0)
        version = Version(n=latest + 1, at=time.time(), who=who, values=values)
        self._write(self._path(version.n), msgspec.json.encode(version))
        back = before.before if before.confirm else before.n
        self._activate(Active(n=version.n, before=back, confirm=confirm))
        for old in self.history()[KEPT:]:
            if old.n not in (version.n, back):
                self._path(old.n).unlink(missing_ok=True)
        return version

    def confirm(self) -> None:
        """Ends the trial: the version stays.  Raises OSError."""
        self._activate(Active(n=self.active.n))

    def give_up(self, why: str) -> None:
        """Ends the trial: the version before holds again.  Raises OSError."""
        self._activate(Active(n=self.active.before, why=why))

    def started(self) -> Active:
        """Called at each start, before the values are used: counts starts on trial."""
        now = self.active
        if not now.confirm:
            return now
        if now.starts >= STARTS:
            self.give_up(f"version {now.n} did not stay up")
        else:
            self._activate(msgspec.structs.replace(now, starts=now.starts + 1))
        return self.active

    # -- inside ----------------------------------------------------------------------------

    def _path(self, n: int) -> Path:
        return self._folder / f"{n:04}.json"

    def _activate(self, active: Active) -> None:
        self._write(self._folder / "active.json", msgspec.json.encode(active))

    def _write(self, path: Path, content: bytes) -> None:
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def laid_over(table: dict[str, Any], values: Values) -> dict[str, Any]:
    """A TOML table with dotted keys set in it; the table itself stays as it is."""
    merged = _copied(table)
    for key, value in values.items():
        *sections, name = key.split(".")
        place = merged
        for section in sections:
            inner = place.get(section)
            if not isinstance(inner, dict):
                inner = place[section] = {}
            place = inner
        place[name] = value
    return merged


def _copied(table: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _copied(value) if isinstance(value, dict) else value for name, value in table.items()
    }
