"""`shell`: the daemon is asked whether, and writes down that, an admin leaves the console."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import msgspec

from daemon.console.talk import Talk, Verb
from daemon.inside.power import Reason

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)


class ShellArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`shell`."""

    reason: Reason


class EndArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`shell.end`."""

    seconds: Annotated[int, msgspec.Meta(ge=0, le=9_999_999)]
    status: Annotated[int, msgspec.Meta(ge=-255, le=255)]


class Shells:
    """The shell itself is a child of `kioskctl`, with the account's own rights and no more."""

    def __init__(self, app: App) -> None:
        self._app = app

    def verbs(self) -> dict[str, Verb]:
        return {
            "shell": Verb(role="admin", args=ShellArgs, run=self.begin),
            "shell.end": Verb(role="admin", args=EndArgs, run=self.end),
        }

    async def begin(self, args: ShellArgs, talk: Talk) -> str:
        log.warning("a shell was opened by uid %d: %s", talk.caller.uid, args.reason)
        return talk.caller.name

    async def end(self, args: EndArgs, talk: Talk) -> int:
        log.warning("the shell of uid %d ended after %d s", talk.caller.uid, args.seconds)
        return args.seconds
