"""`app restart PART`: one child process anew, when nobody is served; the daemon goes on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.talk import Talk, Verb
from daemon.inside.alone import Alone

if TYPE_CHECKING:
    from daemon.wiring import App

Part = Literal["screen", "camera", "documents"]
UP_WITHIN = 60.0


class PartArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`part.restart`."""

    part: Part
    wait: bool = True


class Parts:
    """The cure for a child is always the same: kill it; its supervisor starts it again."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone

    def verbs(self) -> dict[str, Verb]:
        return {
            "part.restart": Verb(
                role="tech", args=PartArgs, run=self.run, talks=True, within=3600.0
            )
        }

    async def run(self, args: PartArgs, talk: Talk) -> int:
        """Returns how often this child has been started."""
        child = next(one for one in self._app.children if one.name == args.part)
        async with self._alone(talk, wait=args.wait):
            before = child.starts
            child.kill()
            loop = asyncio.get_running_loop()
            began = loop.time()
            while child.starts == before or not child.ready.is_set():
                took = loop.time() - began
                if took > UP_WITHIN:
                    raise ConsoleError(
                        Code.TIMED_OUT, f"{args.part} does not answer; see alarms and logs"
                    )
                await talk.live(f"{args.part} starts  ({took:.0f} s)")
                await asyncio.sleep(0.2)
        return child.starts
