"""Whether the register, the store and the document worker are there: looked after, and told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from daemon.children import Child
from daemon.machine.events import AnyEvent, DeviceBack, DeviceLost
from daemon.machine.values import Part
from daemon.register.errors import RegisterError
from daemon.store import StoreError

log = logging.getLogger(__name__)

LOOK_AGAIN = 5.0
"""Seconds between two looks at something that is lost."""

RESTART_WITHIN = 4.0
"""Seconds a child may be away before its part counts as lost."""

LOOK_AFTER = 60.0
"""Seconds between two looks at something that works."""


class Standing:
    """Tells the machine of a part's loss and return, once each."""

    def __init__(self, post: Callable[[AnyEvent], None]) -> None:
        self._post = post
        self._lost: dict[Part, str] = {}

    def lost(self, part: Part, reason: str, remedy: str = "") -> None:
        if self._lost.get(part) != reason:
            self._lost[part] = reason
            log.error("%s lost: %s. %s", part, reason, remedy)
            self._post(DeviceLost(part, reason))

    def back(self, part: Part) -> None:
        if self._lost.pop(part, None) is not None:
            log.warning("%s is back", part)
            self._post(DeviceBack(part))

    def reason(self, part: Part) -> str:
        """Why it is lost; empty while it is not."""
        return self._lost.get(part, "")


async def look_after(
    part: Part,
    look: Callable[[], Awaitable[object]],
    standing: Standing,
    every: float | None = None,
) -> None:
    """Keeps looking whether a part works, sooner while it is lost; never ends.

    `every`: seconds; None = `LOOK_AFTER`.
    """
    while True:
        try:
            await look()
        except StoreError as error:
            standing.lost(part, error.reason, error.remedy)
        except RegisterError as error:
            standing.lost(part, error.code, str(error))
        else:
            standing.back(part)
            await asyncio.sleep(LOOK_AFTER if every is None else every)
            continue
        await asyncio.sleep(LOOK_AGAIN)


async def look_after_children(children: Iterable[Child], standing: Standing) -> None:
    """A child that is away longer than a restart takes is told as lost; never ends."""
    away: dict[str, float] = {}
    clock = asyncio.get_running_loop().time
    while True:
        for child in children:
            if child.name not in ("screen", "documents"):
                continue  # the camera's driver tells by itself
            part: Part = "screen" if child.name == "screen" else "documents"
            if child.ready.is_set():
                away.pop(part, None)
                standing.back(part)
            elif clock() - away.setdefault(part, clock()) > RESTART_WITHIN:
                standing.lost(part, "down")
        await asyncio.sleep(0.5)
