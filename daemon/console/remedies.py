"""What to do about a fault, in words: by device and reason, else by reason alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from daemon.catalogue.reading import read

TABLE = Path(__file__).with_name("remedies.toml")

_KEY = "remedy."
"""How a driver's text key begins; whoever knows a sentence of its own gives that instead."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    remedy: dict[str, str]


@lru_cache(maxsize=1)
def load(path: Path = TABLE) -> dict[str, str]:
    """The table.  Raises CatalogueError."""
    return read(path, _File).remedy


def remedy(name: str, reason: str, said: str) -> str:
    """The sentence for a device's or service's fault; empty where nobody knows one."""
    if said and not said.startswith(_KEY):
        return said
    table = load()
    return table.get(f"{name}.{reason}") or table.get(reason) or ""
