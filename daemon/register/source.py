"""Where numbers come from: the port between the register and the ward's own book.

The ward's book is the only series (Decree 23/2015, Art. 13(2)): the kiosk asks it for the next
numbers and owns none.  Without a source the kiosk writes a volume of its own, in the demo or where
the ward assigned it one in writing.
"""

from __future__ import annotations

from typing import Protocol

import msgspec


class NumberOrder(msgspec.Struct, frozen=True):
    """Numbers wanted for the papers of one request, all signed on one day."""

    key: str
    """The same key again gets the same numbers; a closed key gets none."""
    authority: str
    sign: str
    day: str
    """ISO date of signing, Vietnam time: its year is the numbers' year."""
    count: int


class Numbered(msgspec.Struct, frozen=True):
    """One number of the book, reserved."""

    number: int
    label: str
    """As it stands in the book and on the copy: both show the same string."""
    volume: str
    """With year and sign: `01/2026-SCT/BS`."""


class NumberSource(Protocol):
    """The ward's book.  All methods raise `NumbersUnavailable` where it cannot be asked."""

    async def take(self, order: NumberOrder) -> tuple[Numbered, ...]:
        """Reserve; may be asked again with the same order.  Raises `YearLocked`, `BadNumbers`."""

    async def ready(self, authority: str, signs: tuple[str, ...]) -> None:
        """Return where the book is open for these signs."""
