"""The topics `wk/v1/{ward}/{kiosk}/…` (docs/mqtt.md)."""

from __future__ import annotations

import re

VERSION = 1
ROOT = f"wk/v{VERSION}/"

PRESENCE = "presence"
DESCRIPTOR = "descriptor"
STATE = "state"
HEALTH = "health"
CONSUMABLES = "consumables"
COUNTERS = "counters"
AUDIT = "audit/console"
REGISTER = "audit/register"
REPORTED = "reported"
ANSWERS = "res/"
REQUEST = "csr"
"""Where a request for a new certificate goes: PKCS#10, DER."""
CLAIMS = "queue/claims"
"""Queue numbers that a kiosk has claimed; the other kiosks of its ward read it (docs/queue.md)."""
LINE = "queue/line"
"""The line of queue numbers, among the kiosks of a ward without a queue service."""
KEYS = ROOT + "city/down/keys"

_KIOSK = re.compile(r"(\d{5})-k\d{2}")


def ward(kiosk: str) -> str:
    """The ward's five digits.  Raises ValueError where the name is none of a kiosk."""
    match = _KIOSK.fullmatch(kiosk)
    if match is None:
        raise ValueError(f"kiosk: read {kiosk!r}, a name such as 26824-k01 is right")
    return match[1]


def above(kiosk: str) -> str:
    """What all topics of a kiosk begin with, such as `wk/v1/26824/26824-k01/up/`."""
    return f"{ROOT}{ward(kiosk)}/{kiosk}/up/"


def below(kiosk: str) -> tuple[str, ...]:
    """What a kiosk listens to."""
    place = f"{ROOT}{ward(kiosk)}/"
    return (
        KEYS,
        f"{place}{kiosk}/down/desired",
        f"{place}{kiosk}/down/cmd/+",
        f"{place}all/down/cmd/+",
    )


def sealed(kind: str) -> str:
    """Where a fact of this outbox kind goes that only the ward may read."""
    return "sealed/" + kind.removeprefix("sealed/").removeprefix("event/")


DELIVERED = ("sealed/copy", "sealed/dossier")
"""Kinds of facts that are brought to the ward's document store in pieces."""
MAIL, LINK = "sealed/mail", "sealed/link"
"""Orders to the ward: where copies shall be sent; that they may be fetched once."""
NOT_BY_MQTT = (*DELIVERED, MAIL, LINK)
"""Kinds of facts that the gateway alone takes; without one they wait."""
