"""The daemon's end of the second display: says everything anew after a restart."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

from daemon.link import Link, LinkError
from daemon.machine.views import Serving
from ui_kivy.serving import messages as msg

log = logging.getLogger(__name__)

PHOTO_WITHIN = 10.0
"""Seconds after which a picture is given up."""


class ServingClient:
    """Driven by the supervisor (`up`, `down`, `message`) and by whoever calls (`show`)."""

    COMMAND = ("-m", "ui_kivy.serving")
    INCOMING = msg.Up

    def __init__(self) -> None:
        self._link: Link[msg.Up] | None = None
        self.serving = Serving()
        self._photos: dict[str, asyncio.Future[bool]] = {}

    def show(self, serving: Serving) -> None:
        """Draws this."""
        self.serving = serving
        self._send(msg.Show(serving))

    async def photograph(self, path: str | Path) -> bool:
        """Writes what is drawn as a PNG; False where that did not work or no display runs."""
        if self._link is None:
            return False
        future = asyncio.get_running_loop().create_future()
        self._photos[str(path)] = future
        self._send(msg.Photograph(str(path)))
        try:
            async with asyncio.timeout(PHOTO_WITHIN):
                return bool(await future)
        except TimeoutError:
            return False

    # -- for the supervisor -----------------------------------------------------------------

    def up(self, link: Link[msg.Up]) -> None:
        """A process was started."""
        self._link = link
        self._send(msg.Show(self.serving))

    def down(self, reason: str) -> None:
        """The process is gone."""
        self._link = None

    def message(self, message: msg.Up, fds: list[int]) -> None:
        """One message of the process."""
        for fd in fds:
            os.close(fd)
        if isinstance(message, msg.Photographed):
            future = self._photos.pop(message.path, None)
            if future is not None and not future.done():
                future.set_result(message.ok)

    # -- inside -----------------------------------------------------------------------------

    def _send(self, message: msg.Down) -> None:
        if self._link is None:
            return
        try:
            self._link.send(message)
        except LinkError as error:
            log.error("link: %s", error)
