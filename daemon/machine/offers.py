"""What each service cannot do without (rule 8 of docs/architecture.md), and whether it is there."""

from __future__ import annotations

from daemon.machine.state import Now
from daemon.machine.values import Part

NEEDS: dict[str, tuple[Part, ...]] = {
    "copy": ("camera", "documents", "register", "numbers", "certifier", "store"),
    "lookup": (),
    "ticket": ("store",),
    "dossier": ("camera", "documents", "store"),
    "digital": (),
    "info": (),
}
"""The services of the home menu, in its order."""


def missing(service: str, now: Now) -> Part | None:
    """The first part that the service lacks now; None = it works."""
    return next((part for part in NEEDS[service] if part in now.world.lost), None)


def offered(service: str, now: Now) -> bool:
    """Does it work now?"""
    return missing(service, now) is None
