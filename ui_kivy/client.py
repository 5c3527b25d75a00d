"""The daemon's end of the screen process: says everything anew after a restart."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

from daemon.link import Link, LinkError, Pong
from daemon.machine.events import Pressed, Typed
from daemon.machine.views import View
from ui_kivy import messages as msg

log = logging.getLogger(__name__)

PHOTO_WITHIN = 10.0
"""Seconds after which a picture of the screen is given up."""


class ScreenClient:
    """Driven by the supervisor (`up`, `down`, `message`) and by the shell (all else).

    `did` gets what the visitor did and the number of the View on the glass at that moment;
    `drawn` gets the number of each View whose frame was flipped.  Nothing here blocks.
    """

    COMMAND = ("-m", "ui_kivy")
    INCOMING = msg.Up

    def __init__(
        self, did: Callable[[Pressed | Typed, int], None], drawn: Callable[[int], None]
    ) -> None:
        self._did, self._drawn = did, drawn
        self._link: Link[msg.Up] | None = None
        self._seq = 0
        self._view: View | None = None
        self._asked: float | None = None
        self._pages: dict[str, bytes] = {}
        self._near: tuple[str, bytes] | None = None
        self._live: int | None = None
        self._photos: dict[str, list[asyncio.Future[bool]]] = {}
        self.missed: Callable[[str, str | None], None] | None = None
        """Told of a `tap` that found no target."""

    # -- for the shell ----------------------------------------------------------------------

    def show(self, view: View) -> int:
        """Draws a View; returns its number."""
        self._seq += 1
        self._view = view
        if self._asked is None:
            self._asked = time.monotonic()
        self._send(msg.Show(view, self._seq))
        return self._seq

    def undrawn(self) -> float:
        """Seconds that the newest View, or those before it, have waited to be drawn; 0.0 = none."""
        return 0.0 if self._asked is None else time.monotonic() - self._asked

    def picture(self, page: str, jpeg: bytes) -> None:
        """The picture of a page, as JPEG or PNG; kept in memory here until `wipe`."""
        self._pages[page] = jpeg
        self._send_page(page, jpeg)

    def enlarge(self, page: str, jpeg: bytes) -> None:
        """The page itself, for a look at its parts; one at a time is kept."""
        self._near = (page, jpeg)
        self._send_page(page, jpeg, near=True)

    def live(self, frames_fd: int | None) -> None:
        """Draws the frames of this `daemon.frames` buffer (stays the caller's), or stops."""
        self._live = frames_fd
        if frames_fd is None:
            self._send(msg.Live(False))
        else:
            self._send(msg.Live(True), [frames_fd])

    def outline(self, corners: tuple[tuple[float, float], ...] | None, verdict: str = "") -> None:
        """The page found in the newest frame: TL TR BR BL as fractions, or None."""
        self._send(msg.Outline(corners, verdict))

    def wipe(self) -> None:
        """End of a visit: pictures and typed text are forgotten on both sides."""
        self._pages.clear()
        self._near = None
        self._live = None
        self._send(msg.Wipe())

    def tap(self, action: str, value: str | None = None) -> None:
        """A synthetic finger on a target of the shown View (demonstrations and tests)."""
        self._send(msg.Tap(action, value))

    async def photograph(self, path: str | Path) -> bool:
        """Writes the next frame as a PNG; False where that did not work or no screen runs."""
        if self._link is None:
            return False
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._photos.setdefault(str(path), []).append(future)
        self._send(msg.Photograph(str(path)))
        try:
            async with asyncio.timeout(PHOTO_WITHIN):
                return await future
        except TimeoutError:
            return False

    # -- for the supervisor -----------------------------------------------------------------

    def up(self, link: Link[msg.Up]) -> None:
        """A process was started: it is told everything that is on the screen now."""
        self._link = link
        for page, jpeg in self._pages.items():
            self._send_page(page, jpeg)
        if self._near is not None:
            self._send_page(*self._near, near=True)
        if self._live is not None:
            self._send(msg.Live(True), [self._live])
        if self._view is not None:
            self._send(msg.Show(self._view, self._seq))

    def down(self, reason: str) -> None:
        """The process is gone."""
        self._link = None
        waiting, self._photos = self._photos, {}
        for futures in waiting.values():
            for future in futures:
                if not future.done():
                    future.set_result(False)

    def message(self, message: msg.Up, fds: list[int]) -> None:
        """One message of the process."""
        for fd in fds:
            os.close(fd)
        match message:
            case msg.Did(event, seq):
                self._did(event, seq)
            case msg.Drawn(seq):
                if seq == self._seq:
                    self._asked = None
                self._drawn(seq)
            case msg.Photographed(path, ok):
                for future in self._photos.pop(path, []):
                    if not future.done():
                        future.set_result(ok)
            case msg.Missed(action, value):
                log.warning("tap: no target %s on the shown screen", action)
                if self.missed is not None:
                    self.missed(action, value)
            case Pong() | msg.Pace():
                pass

    # -- inside -----------------------------------------------------------------------------

    def _send_page(self, page: str, jpeg: bytes, *, near: bool = False) -> None:
        if self._link is None:
            return
        fd = os.memfd_create("page", os.MFD_CLOEXEC)
        try:
            with open(fd, "wb", closefd=False) as file:
                file.write(jpeg)
            self._send(msg.Pix(page, near=near), [fd])
        finally:
            os.close(fd)

    def _send(self, message: object, fds: list[int] | None = None) -> None:
        """A link that breaks here is noticed by the supervisor, and `up` says all again."""
        if self._link is not None:
            try:
                self._link.send(message, fds or [])
            except LinkError as error:
                log.debug("screen: %s", error)
