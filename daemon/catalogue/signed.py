"""Where facts and models are: the kiosk's own, or newer ones that the city signed for this release.

A signed set is whole: every file of `catalogue/` and `models/`, and `facts.json` with the digest
of each.  Its signature is checked where it is taken over (`systemd/kiosk-facts`); what has changed
since is not used, and the kiosk's own are.
"""

from __future__ import annotations

import hashlib
import logging
import os
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

import msgspec

log = logging.getLogger(__name__)

CURRENT = Path("/var/lib/ward-facts/current")
VARIABLE = "WARD_FACTS"
"""Names another folder: for a set that is not in force yet."""

DESCRIBED = "facts.json"

Name = Annotated[
    str,
    msgspec.Meta(pattern=r"^(catalogue|models)(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$", max_length=200),
]


class UnfitError(Exception):
    """A set that cannot be used; the text says why."""


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`facts.json`."""

    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)*$", max_length=40)]
    """Higher with every set, such as 2026.12.1."""
    release: str
    """Release of the kiosk that it is for: another one brings its own facts."""
    sha256: dict[Name, str]
    """Digest of every file."""


def checked(folder: Path, release: str) -> Facts:
    """What a set says of itself, if it is whole and for this release.  Raises UnfitError."""
    try:
        facts = msgspec.json.decode((folder / DESCRIBED).read_bytes(), type=Facts)
    except OSError as error:
        raise UnfitError(f"{DESCRIBED}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise UnfitError(f"{DESCRIBED}: {error}") from None
    if facts.release != release:
        raise UnfitError(f"it is for release {facts.release}, and {release} runs")
    for name, digest in facts.sha256.items():
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise UnfitError(f"{name}: {error.strerror}") from None
        if found != digest:
            raise UnfitError(f"{name} is not what was signed")
    return facts


def folder(part: Literal["catalogue", "models"], own: Path) -> Path:
    """The folder of a part: of the signed set in force, otherwise `own`."""
    place = Path(os.environ.get(VARIABLE) or CURRENT)
    if not place.exists():
        return own
    try:
        facts = checked(place, metadata.version("ward-kiosk"))
    except (UnfitError, metadata.PackageNotFoundError) as error:
        log.warning("facts of %s are not used: %s", place, error)
        return own
    return place / part if any(name.startswith(f"{part}/") for name in facts.sha256) else own
