"""What can go wrong on the way to the ward; none of it loses a fact."""

from __future__ import annotations


class UplinkError(Exception):
    """The common base.  `reason` is a stable code for the console."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class LineError(UplinkError):
    """There is no connection: not reached, not allowed, or lost."""


class PayloadError(UplinkError):
    """A payload holds what its type does not allow; it is refused before it is kept or sent."""
