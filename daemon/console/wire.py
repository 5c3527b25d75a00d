"""The lines on the control socket: JSON, one object a line, UTF-8.

The server speaks first (`Hello`); then each `Ask` is answered by one `Answer` with its number.  A
command that goes on sends any number of `Answer`s with `more` before that one, each with a `Part`;
while it runs, the client may send the verbs `say` (a line that was typed) and `stop`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.console.inside import Code

LONGEST = 1 << 20
"""Bytes of a line to the server; a longer one ends the connection."""

SAY = "say"
STOP = "stop"

Role = Literal["view", "tech", "admin"]
ROLES: tuple[Role, ...] = ("view", "tech", "admin")
"""Each may what those before it may."""

Value = str | int | float | bool


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
    args: dict[str, Value] = {}
    origin: str = ""
    """Where the technician sits, as their own program tells it: `ssh ADDRESS`, `serial ttyS0`."""


class Answer(msgspec.Struct, frozen=True):
    """Its result, or a part of it."""

    id: int
    code: Code
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
    more: bool = False
    """A part: further answers with this number follow."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a command that goes on says while it runs."""

    kind: Literal["line", "live", "ask", "type", "file"]
    """`live` replaces the `live` before it; `ask` wants `say` with y or n, `type` with a text;
    `file` is to be kept."""
    text: str = ""
    figures: dict[str, int | float | str] = {}
    """The same for machines."""
    content: bytes = b""
    """Of a file."""


def may(role: Role, needed: Role) -> bool:
    """Does this role include the needed one?"""
    return ROLES.index(role) >= ROLES.index(needed)
