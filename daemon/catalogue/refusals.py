"""Grounds of refusal: who may decide on each, and by which rule (`refusals.toml`).

Decree 23/2015 Art. 22 and what else keeps a paper from being certified.  No
fee and no number for any of them; the citizen may have the reason in writing.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import msgspec

from daemon.catalogue.kinds import LegalCode
from daemon.catalogue.reading import HERE, CatalogueError, read
from daemon.machine.values import Refusal


class Ground(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ground."""

    rule: str
    """Where it stands, as the slip and the officer cite it."""
    machine: Literal["never", "suspect", "stop"]
    """What the kiosk may do on its own; to refuse the certification is the certifier's alone."""
    ground: bool = True
    """False = nobody refuses for it alone."""
    kiosk: Refusal | None = None
    """The kiosk's own word for it."""


class Refusals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `refusals.toml` says."""

    apostille_from: dt.date
    no_legalisation: tuple[str, ...]
    grounds: dict[LegalCode, Ground]

    def may_refuse(self, code: str) -> bool:
        """May a certifier refuse with this code?"""
        ground = self.grounds.get(code)  # type: ignore[call-overload]
        return ground is not None and bool(ground.ground)

    def apostille_is_enough(self, day: dt.date) -> bool:
        """Does an apostille replace legalisation on this day?"""
        return day >= self.apostille_from


def load(path: Path = HERE / "refusals.toml") -> Refusals:
    """The file.  Raises CatalogueError."""
    found = read(path, Refusals)
    for code in get_args(LegalCode):
        if code not in found.grounds:
            raise CatalogueError(path, f"grounds.{code}", None, "every ground needs its rule")
    return found


@lru_cache(maxsize=1)
def default() -> Refusals:
    """The file that comes with the software."""
    return load()
