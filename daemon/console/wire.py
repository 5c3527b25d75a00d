"""The lines on the control socket: JSON, one object a line, UTF-8.

The server speaks first (`Hello`); then each `Ask` is answered by one `Answer` with its number.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.console.inside import Code

LONGEST = 1 << 20
"""Bytes of a line; a longer one ends the connection."""

Role = Literal["view", "tech", "admin"]
ROLES: tuple[Role, ...] = ("view", "tech", "admin")
"""Each may what those before it may."""


class Hello(msgspec.Struct, frozen=True):
    """The first line."""

    v: int
    role: Role | None
    """None: no access, and the connection ends."""
    error: str = ""


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command."""

    id: int
    verb: str
    args: dict[str, str | int | float | bool] = {}


class Answer(msgspec.Struct, frozen=True):
    """Its result."""

    id: int
    code: Code
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""


def may(role: Role, needed: Role) -> bool:
    """Does this role include the needed one?"""
    return ROLES.index(role) >= ROLES.index(needed)
