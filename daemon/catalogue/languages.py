"""Words that tell whether a paper speaks Vietnamese."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from daemon.catalogue.reading import HERE, CatalogueError, read

FILE = HERE / "languages.toml"


class Languages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Lower case words as printed; see `languages.toml`."""

    vietnamese: frozenset[str]
    foreign: frozenset[str]


@lru_cache(maxsize=1)
def load(path: Path = FILE) -> Languages:
    """The words.  Raises CatalogueError."""
    found = read(path, Languages)
    both = found.vietnamese & found.foreign
    if both:
        raise CatalogueError(
            path, "foreign", sorted(both), "a word tells one language or the other"
        )
    return found
