"""Family names, to judge how well a name was read."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from daemon.catalogue.reading import HERE, read

FILE = HERE / "family_names.toml"


class FamilyNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `family_names.toml`."""

    names: frozenset[str]


@lru_cache(maxsize=1)
def load(path: Path = FILE) -> frozenset[str]:
    """The names, case-folded.  Raises CatalogueError."""
    return frozenset(name.casefold() for name in read(path, FamilyNames).names)
