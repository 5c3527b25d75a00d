"""Announcements of the ward: a sentence in both languages, from when until when."""

from __future__ import annotations

import datetime as dt
import unicodedata
from pathlib import Path

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read

FILE = HERE / "announcements.toml"

LONGEST = 160
"""Letters of one: what can be read from two metres away."""
MOST = 20


class Announcement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of them."""

    id: str
    vi: str
    en: str
    from_: dt.datetime = msgspec.field(name="from")
    until: dt.datetime

    def holds(self, at: dt.datetime) -> bool:
        """Is it said at this moment?  Its last moment is no longer part of it."""
        return self.from_ <= at < self.until


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    announcement: tuple[Announcement, ...]


def load(path: Path = FILE) -> tuple[Announcement, ...]:
    """All of them, in the order of the screen.  Raises CatalogueError."""
    found = read(path, _File).announcement
    if len(found) > MOST:
        raise CatalogueError(path, "announcement", len(found), f"{MOST} at most")
    seen: set[str] = set()
    for at, one in enumerate(found):
        key = f"announcement[{at}]"
        if not one.id or one.id in seen:
            raise CatalogueError(path, f"{key}.id", one.id, "a name; each once")
        seen.add(one.id)
        for name in ("vi", "en"):
            text = getattr(one, name)
            if not 1 <= len(text) <= LONGEST or any(
                unicodedata.category(sign).startswith("C") for sign in text
            ):
                raise CatalogueError(
                    path, f"{key}.{name}", text, f"1 to {LONGEST} letters on one line"
                )
        for name in ("from_", "until"):
            if getattr(one, name).tzinfo is None:
                raise CatalogueError(
                    path, f"{key}.{name.strip('_')}", str(getattr(one, name)), "a time with +07:00"
                )
        if one.until <= one.from_:
            raise CatalogueError(path, f"{key}.until", str(one.until), "later than from")
    return found
