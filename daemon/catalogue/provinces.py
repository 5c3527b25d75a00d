"""Provinces, as personal numbers begin with them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read

FILE = HERE / "provinces.toml"


class Provinces(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """See `provinces.toml`."""

    codes: dict[str, str]


@lru_cache(maxsize=1)
def load(path: Path = FILE) -> Provinces:
    """Three digits → name.  Raises CatalogueError."""
    found = read(path, Provinces)
    for code in found.codes:
        if len(code) != 3 or not code.isdigit():
            raise CatalogueError(path, f"codes.{code}", code, "three digits")
    return found
