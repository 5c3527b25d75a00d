"""What a kiosk's process meets: papers, a certifier, a token and a page printer with their faults.

They outlive the process.  What takes time waits at a gate.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from daemon.certifier import Asked
from daemon.hands.visit import Visits
from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.events import Captured, Decided, Examined, PrintFailed, PrintProgress
from daemon.register.errors import TimestampUnavailable
from daemon.register.signing import Signed
from drivers.errors import PrintStopped, Trouble
from tests.register.made import BIRTH, DEGREE, assembled
from tests.register.process import Fuse, Gates

Progress = Callable[[PrintProgress | PrintFailed], None]

Page = tuple[str, bytes, bool]
"""Kind, picture, and whether it begins another original."""

WANTED: tuple[tuple[Page, ...], ...] = (
    ((DEGREE[0], DEGREE[1][0], True),),
    (
        (BIRTH[0], BIRTH[1][0], True),
        (BIRTH[0], BIRTH[1][1], False),
        (DEGREE[0], DEGREE[1][0], True),
    ),
)
"""What visitors bring."""


class Papers:
    """Camera, recognition and assembly: pages come out as they lie there."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self.bed = WANTED[0][0]
        self.waiting: Asked | None = None

    def register(self, hands: Hands) -> None:
        hands.on(fx.Capture, self.capture)
        hands.on(fx.Examine, self.examine)
        hands.on(fx.DropPage, self.drop)

    def capture(self, effect: fx.Capture, reply: Reply) -> None:
        self._visits.now.vault.put(effect.page, self.bed[1])
        reply(Captured(effect.page))

    def examine(self, effect: fx.Examine, reply: Reply) -> None:
        reply(Examined(effect.page, "ok", kind=self.bed[0]))

    def drop(self, effect: fx.DropPage, reply: Reply) -> None:
        self._visits.now.vault.drop(effect.page)

    async def assemble(self, pages: Sequence[tuple[bytes, Any]], kind: str) -> bytes:
        return _assembled(tuple(jpeg for jpeg, _ in pages))


_MADE: dict[bytes, bytes] = {}


def _assembled(jpegs: tuple[bytes, ...]) -> bytes:
    key = hashlib.sha256(b"".join(jpegs)).digest()
    if key not in _MADE:
        _MADE[key] = assembled(jpegs)
    return _MADE[key]


class Desk:
    """The certifier: decides when the test says so."""

    def __init__(self, gates: Gates) -> None:
        self.waiting: Asked | None = None
        self.said: dict[str, str] = {}
        """Request → verdict."""
        self._gates = gates
        self._gate: asyncio.Future[Decided] | None = None

    async def decide(self, asked: Asked, pictures: list[bytes]) -> Decided:
        self._gate = asyncio.get_running_loop().create_future()
        self.waiting = asked
        try:
            return await self._gates.wait(self._gate)
        finally:
            self.waiting = self._gate = None

    def settled(self, wrong: str) -> None:
        self.wrong = wrong

    def answer(self, decided: Decided) -> None:
        if self._gate is not None and self.waiting is not None:
            self.said[self.waiting.id] = decided.verdict
            self._gates.open(self._gate, decided)


class Token:
    """Signs, fails, or does not answer."""

    def __init__(self, gates: Gates) -> None:
        self.trouble = ""
        """`""`, `fails`, `hangs`."""
        self._gates = gates
        self._gate: asyncio.Future[None] | None = None

    def set(self, trouble: str) -> None:
        self.trouble = trouble
        if self._gate is not None and trouble != "hangs":
            self._gates.open(self._gate, None)

    async def sign(self, laid: Sequence[object], *_: object) -> tuple[Signed, ...]:
        while self.trouble == "hangs":
            self._gate = asyncio.get_running_loop().create_future()
            await self._gates.wait(self._gate)
        if self.trouble:
            raise TimestampUnavailable("no time stamp")
        return (Signed(b"%PDF-signed", "B-B"),) * len(laid)


class Printer:
    """Prints sheet by sheet; a trouble holds the job, `gone` ends it, `silent` says nothing."""

    def __init__(self, gates: Gates, fuse: Fuse, request: Callable[[], str]) -> None:
        self.trouble = ""
        self.tray = False
        self.sheets: dict[str, int] = {}
        """Request → sheets that came out for it."""
        self._gates = gates
        self._fuse = fuse
        self._request = request
        self._gate: asyncio.Future[None] | None = None

    def set(self, trouble: str) -> None:
        self.trouble = trouble
        if self._gate is not None:
            self._gates.open(self._gate, None)

    async def print(self, pdf: bytes, copies: int, progress: Progress, title: str = "") -> int:
        whose = self._request()
        for sheet in range(copies):
            await self._ready(progress, sheet)
            self._fuse.at("sheet")
            self.tray = True
            self.sheets[whose] = self.sheets.get(whose, 0) + 1
            progress(PrintProgress(sheet + 1, copies))
        return copies

    async def _ready(self, progress: Progress, sheets: int) -> None:
        while self.trouble:
            if self.trouble == "gone":
                raise PrintStopped("lost", sheets)
            if self.trouble != "silent":
                progress(PrintFailed(_TROUBLES[self.trouble]))
            self._gate = asyncio.get_running_loop().create_future()
            await self._gates.wait(self._gate)


_TROUBLES: dict[str, Trouble] = {"jam": "jam", "empty": "no_paper"}
TROUBLES = ("", "", "", "jam", "empty", "silent", "gone")
