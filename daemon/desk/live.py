"""The pages' lines: fragments that changed, and live pictures, to whoever may see them.

A page says what it shows (`board`, or a request).  Pictures are sent one at a time: the next goes
when the page has drawn the last, so that a slow browser slows nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from daemon import desk_messages as msg
from daemon.desk.board import Board
from daemon.desk.errors import DeskError
from daemon.desk.kiosks import Kiosks
from daemon.desk.sessions import Session, Sessions

NAME = 32
"""Bytes of the kiosk's name before each picture."""
LONGEST = 1.0
"""Seconds between two drawn pictures that still count as watching."""


class Said(msgspec.Struct, frozen=True):
    """What a page's script says."""

    here: bool = False
    """A key was pressed."""
    drawn: str = ""
    """The picture of this kiosk was drawn."""


class Page(msgspec.Struct):
    """One open page."""

    session: Session
    request: str
    """Empty = the board."""
    fresh: asyncio.Event
    pictures: dict[str, bytes]
    """The newest of each kiosk that was not sent yet."""
    told: str = ""
    drawn: float = 0.0
    busy: set[str] = msgspec.field(default_factory=set)
    """Kiosks whose last picture was not drawn yet."""


class Lines:
    """All open pages."""

    def __init__(
        self,
        board: Board,
        kiosks: Kiosks,
        sessions: Sessions,
        render: Callable[[Page], str],
    ) -> None:
        self._board = board
        self._kiosks = kiosks
        self._sessions = sessions
        self._render = render
        self.pages: list[Page] = []
        self._watched: dict[str, tuple[str, bool, float]] = {}

    async def serve(self, socket: WebSocket, session: Session, request: str) -> None:
        """One page, until it is left."""
        await socket.accept()
        page = Page(session, request, asyncio.Event(), {})
        self.pages.append(page)
        if request:
            self._board.page_is(request, session.officer, there=True)
        self.look()
        page.fresh.set()
        sending = asyncio.create_task(self._send(socket, page))
        try:
            while not sending.done():
                self._take(page, msgspec.json.decode(await socket.receive_text(), type=Said))
        except (WebSocketDisconnect, msgspec.MsgspecError, KeyError, DeskError):
            pass
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await sending
            self.pages.remove(page)
            if request and not any(
                one.request == request and one.session.officer == session.officer
                for one in self.pages
            ):
                self._board.page_is(request, session.officer, there=False)
            self.look()
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    def changed(self) -> None:
        """Something may look otherwise now."""
        for page in self.pages:
            page.fresh.set()
        self.look()

    def frame(self, kiosk: str, frame: msg.Frame) -> None:
        """A picture came up: to the holder's page, or a thumbnail to every board."""
        wanted = False
        for page in self.pages:
            if page.request == frame.id and (not frame.id or self._holds(page)):
                page.pictures[kiosk] = frame.jpeg
                page.fresh.set()
                wanted = True
        if not wanted:
            self.look()

    def look(self) -> None:
        """Tells each kiosk which view is wanted now, where that changed."""
        held = {one.request for one in self.pages if one.request and self._holds(one)}
        boards = any(not one.request for one in self.pages)
        for name, kiosk in self._kiosks.all.items():
            found = self._board.of_kiosk(name)
            request = found.id if found is not None and found.id in held else ""
            want = (request, boards, kiosk.since)  # a new line has to be told anew
            if not kiosk.online:
                self._watched.pop(name, None)
            elif self._watched.get(name) != want:
                self._watched[name] = want
                on = bool(request) or boards
                self._kiosks.send(name, msg.Watch(on, request, small=not request))

    def _holds(self, page: Page) -> bool:
        with contextlib.suppress(DeskError):
            return bool(self._board.mine(page.request, page.session.officer))
        return False

    def _take(self, page: Page, said: Said) -> None:
        if said.here:
            self._sessions.here(page.session)
        if said.drawn:
            page.busy.discard(said.drawn)
            page.fresh.set()
            self._kiosks.send(said.drawn, msg.Seen())
            if page.request:
                now = time.monotonic()
                if page.drawn:
                    gap = min(now - page.drawn, LONGEST)
                    self._board.watching(page.request, page.session.officer, gap)
                page.drawn = now

    async def _send(self, socket: WebSocket, page: Page) -> None:
        while True:
            await page.fresh.wait()
            page.fresh.clear()
            found = self._sessions.find(page.session.token, page.session.serial)
            if found is None or (page.request and not self._sessions.fresh(found)):
                await socket.send_text('{"away": true}')
                return
            text = self._render(page)
            if text != page.told:
                page.told = text
                await socket.send_text(text)
            for kiosk in [name for name in page.pictures if name not in page.busy]:
                jpeg = page.pictures.pop(kiosk)
                page.busy.add(kiosk)
                await socket.send_bytes(kiosk.encode().ljust(NAME, b"\0") + jpeg)
