"""The screens of the look-up.  No identification is needed for any of them."""

from __future__ import annotations

from typing import Literal

from daemon.machine.events import Shown
from daemon.machine.personal import Personal
from daemon.machine.state import Scene

By = Literal["event", "field"]
"""By what happened in somebody's life, or by field of the administration."""

Entries = tuple[tuple[str, str], ...]
"""(id or code, name as it is shown)."""


class Ask(Scene, frozen=True):
    """L1 and L2: words and, above the keyboard, what they found."""

    text: Personal[str] = Personal("")
    results: Entries = ()
    nothing: bool = False


class Groups(Scene, frozen=True):
    """Life events, or fields, to pick from; empty while they are being read."""

    by: By
    entries: Entries = ()


class Listed(Scene, frozen=True):
    """The procedures of one of them; empty while they are being read."""

    back: Groups
    of: str
    entries: Entries = ()


class Opening(Scene, frozen=True):
    """One procedure is being read."""

    back: Ask | Listed
    code: str


class Procedure(Scene, frozen=True):
    """L3."""

    back: Ask | Listed
    page: Shown


class HereNow(Scene, frozen=True):
    """What can be done about it here and now."""

    back: Procedure
    printed: Literal["", "printing", "ticket", "sheet", "failed"] = ""

    @property
    def page(self) -> Shown:
        """The procedure."""
        return self.back.page


class OnPhone(Scene, frozen=True):
    """The procedure's address as a code for the visitor's own phone."""

    back: HereNow
