"""The kiosks' lines: what comes up goes to the board and to the pages, what is asked goes down."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from daemon import desk_messages as msg
from daemon.desk.board import Board
from daemon.desk.errors import NotAllowed

log = logging.getLogger(__name__)

END = b""
"""In place of a message: the line is ended."""
LOST = 90.0
"""Seconds without a line after which nobody waits there any more."""
WAITING = 64
"""Messages that may wait for a slow line; one that takes none is cut."""


class Kiosk(msgspec.Struct):
    """One kiosk, connected or not."""

    name: str
    outbox: asyncio.Queue[bytes] | None = None
    """None = no line."""
    since: float = 0.0
    """When its line began, or ended; seconds of the monotonic clock."""
    doing: str = ""
    version: str = ""
    memo: str = ""
    amount: int = 0
    wrong: str = ""
    """What became of the last receipt."""

    @property
    def online(self) -> bool:
        return self.outbox is not None


class Kiosks:
    """All of them; a newer line of a kiosk ends the older one."""

    def __init__(
        self,
        board: Board,
        changed: Callable[[], None],
        frame: Callable[[str, msg.Frame], None],
    ) -> None:
        """`frame` gets live pictures."""
        self._board = board
        self._changed = changed
        self._frame = frame
        self.all: dict[str, Kiosk] = {}
        self.officers = 0

    # -- lines -------------------------------------------------------------------------------

    async def serve(self, socket: WebSocket, name: str) -> None:
        """One line, until it ends."""
        await socket.accept()
        kiosk = self.all.setdefault(name, Kiosk(name))
        self.cut(name)  # a newer line: the older one is dead, whatever it thinks
        outbox: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        kiosk.outbox, kiosk.since = outbox, time.monotonic()
        self.send(name, msg.Officers(self.officers))
        works = {
            asyncio.create_task(_send(socket, outbox)),
            asyncio.create_task(self._receive(socket, kiosk)),
        }
        try:
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
            if kiosk.outbox is outbox:
                kiosk.outbox, kiosk.since = None, time.monotonic()
                kiosk.doing, kiosk.memo = "", ""
            self._changed()
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    async def _receive(self, socket: WebSocket, kiosk: Kiosk) -> None:
        """Until the line ends, or brings what cannot be read."""
        try:
            while True:
                self._take(kiosk, msg.from_kiosk.decode(await socket.receive_bytes()))
        except msgspec.MsgspecError:  # its text may quote what was read
            log.warning("kiosk %s: a message that cannot be read", kiosk.name)
        except (WebSocketDisconnect, KeyError):
            return

    def _take(self, kiosk: Kiosk, message: msg.FromKiosk) -> None:
        board, name = self._board, kiosk.name
        match message:
            case msg.Hail(version=version, asks=asks):
                kiosk.version = version
                board.only(name, asks)
            case msg.Asking(request):
                found = board.asked(name, request)
                if found.state == "held" and len(found.pages) < found.page_count:
                    self.send(name, msg.Open(found.id))
                for decision in board.unsaid(name):
                    self.send(name, decision)
            case msg.Gone(request):
                board.gone(name, request)
            case msg.Who(request, who):
                board.named(name, request, who)
            case msg.Page():
                board.shown(name, message)
            case msg.Frame():
                self._frame(name, message)
                return
            case msg.Taken(decision, request, wrong):
                board.taken(name, decision, request, wrong)
            case msg.Paying(memo, amount):
                kiosk.memo, kiosk.amount = memo, amount
                kiosk.wrong = kiosk.wrong if memo else ""
            case msg.Settled(memo, wrong):
                if memo == kiosk.memo:
                    kiosk.wrong = wrong
                    kiosk.memo = kiosk.memo if wrong else ""
            case msg.Doing(what):
                kiosk.doing = what
        self._changed()

    # -- down --------------------------------------------------------------------------------

    def send(self, name: str, message: msg.FromDesk) -> bool:
        """False = no line.  One that takes nothing any more is cut."""
        kiosk = self.all.get(name)
        if kiosk is None or kiosk.outbox is None:
            return False
        if kiosk.outbox.full():
            self.cut(name)
            return False
        kiosk.outbox.put_nowait(msg.encode(message))
        return True

    def need(self, name: str, message: msg.FromDesk) -> None:
        """Raises NotAllowed where the kiosk has no line."""
        if not self.send(name, message):
            raise NotAllowed("line")

    def tidy(self) -> None:
        """A kiosk that was lost for long asks nothing any more."""
        since = time.monotonic() - LOST
        for kiosk in self.all.values():
            if not kiosk.online and kiosk.since < since:
                self._board.only(kiosk.name, "")

    def tell_officers(self, present: int) -> None:
        """How many certifiers are there, where that changed."""
        if present != self.officers:
            self.officers = present
            for name in self.all:
                self.send(name, msg.Officers(present))

    def cut(self, name: str) -> None:
        """Ends a kiosk's line."""
        kiosk = self.all.get(name)
        if kiosk is None or kiosk.outbox is None:
            return
        if kiosk.outbox.full():
            kiosk.outbox.get_nowait()
        kiosk.outbox.put_nowait(END)
        kiosk.outbox = None


async def _send(socket: WebSocket, outbox: asyncio.Queue[bytes]) -> None:
    while (data := await outbox.get()) != END:
        await socket.send_bytes(data)
