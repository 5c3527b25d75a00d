"""The port to the kiosk: what a command does there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from daemon.uplink.down.payloads import Desired, Reported, Wrong


class By(msgspec.Struct, frozen=True, kw_only=True):
    """Who gave the command."""

    key: str
    """Name of the key that signed it."""
    who: str
    """As the signer calls the person; for the kiosk's own log."""
    role: str


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it."""

    code: str = "ok"
    result: dict[str, Any] = {}


class Failed(Exception):
    """It could not be done; `code` is one of `words.toml`."""

    def __init__(self, code: str = "failed") -> None:
        super().__init__(code)
        self.code = code


Act = Callable[[Any, By], Awaitable[Done]]
"""Runs in the loop after the command's id was kept.  Raises Failed."""

Write = Callable[[Any, By], Done]
"""Runs inside the transaction that keeps the command's id: both or neither.  Raises Failed."""


OWN = ("ping", "challenge", "republish", "rotate-cert", "install-cert")
"""Commands that the uplink does by itself."""


class Acts(msgspec.Struct, frozen=True, kw_only=True):
    """All that a kiosk lets itself be told.  A command without an entry is unknown."""

    acts: dict[str, Act] = {}
    writes: dict[str, Write] = {}
    check: Callable[[Desired], tuple[Wrong, ...]] = lambda desired: ()
    """Every mistake of a configuration; none = it can be applied."""
    apply: Callable[[Desired, By], Awaitable[int]] | None = None
    """Puts it on trial; returns the number of the version.  Raises Failed while that cannot be."""
    phase: Callable[[int], str] = lambda version: "none"
    """trial · held · rolled_back: how the version of that number stands."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every command that is taken."""
        return tuple(sorted({*self.acts, *self.writes, *OWN}))


__all__ = ["Act", "Acts", "By", "Desired", "Done", "Failed", "Reported", "Write", "Wrong"]
