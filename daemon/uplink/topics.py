"""The topics `wk/v1/{ward}/{kiosk}/up/…` (docs/mqtt.md)."""

from __future__ import annotations

import re

VERSION = 1

PRESENCE = "presence"
DESCRIPTOR = "descriptor"
STATE = "state"
HEALTH = "health"
AUDIT = {"console": "audit/console", "register": "audit/register"}
"""Hash chain → topic of its head."""

_KIOSK = re.compile(r"(\d{5})-k\d{2}")


def above(kiosk: str) -> str:
    """What all topics of a kiosk begin with, such as `wk/v1/26824/26824-k01/up/`."""
    match = _KIOSK.fullmatch(kiosk)
    if match is None:
        raise ValueError(f"kiosk: read {kiosk!r}, a name such as 26824-k01 is right")
    return f"wk/v{VERSION}/{match[1]}/{kiosk}/up/"


def sealed(kind: str) -> str:
    """Where a fact of this outbox kind goes that only the ward may read."""
    return "sealed/" + kind.removeprefix("sealed/").removeprefix("event/")
