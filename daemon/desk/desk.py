"""The desk as a whole: its parts, and what they tell each other."""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections import deque
from pathlib import Path
from typing import NamedTuple

import msgspec

from daemon import desk_messages as msg
from daemon.desk.authority import Authority, key_pem, pem, write
from daemon.desk.board import Board, Request
from daemon.desk.chain import Chain, Entry
from daemon.desk.config import DeskConfig
from daemon.desk.kiosks import Kiosks
from daemon.desk.live import Lines, Page
from daemon.desk.people import People, Person
from daemon.desk.sessions import Session, Sessions

log = logging.getLogger(__name__)

KIOSKS = 20
"""Decisions that came to nothing, so many are remembered."""
SHOWN = 120.0
"""Seconds that its officer is told of one."""
WRONG = {
    "not_authorised": "certifier",
    "certifier_out_of_term": "certifier",
    "clock_untrusted": "clock",
}
"""Code of the register → word of the desk."""
TIDY = 1.0
"""Seconds between two looks at what is over."""
REMEMBERED = 500
"""Decisions whose seconds are kept for the median."""


class Undone(NamedTuple):
    """A decision that came to nothing: whose it was, and why."""

    at: float
    officer: str
    kiosk: str
    wrong: str
    """A word of `words.toml`, or a code of the register."""


class Desk:
    """Everything but the pages and the socket."""

    def __init__(self, config: DeskConfig) -> None:
        self.config = config
        state = Path(config.state)
        self.authority = Authority(state)
        self.people = People(state / "people.json")
        self.chain = Chain(state / "audit.jsonl")
        self.sessions = Sessions(config.idle)
        self.board = Board(self._changed, live_seconds=config.live_seconds, away=config.away)
        self.kiosks = Kiosks(self.board, self.changed, self._frame)
        self.lines: Lines | None = None
        self.seconds: deque[float] = deque(maxlen=REMEMBERED)
        """Of the officers' last decisions."""
        self._writing: set[asyncio.Future[Entry]] = set()
        self.undone: deque[Undone] = deque(maxlen=KIOSKS)
        """Decisions that a kiosk could not carry out, newest last."""

    def admitted(self, session: Session) -> Person | None:
        """The officer of a session, while his certificate holds."""
        return self.people.admitted(session.serial, "certifier")

    def may_decide(self, session: Session) -> bool:
        """Has he authority today?"""
        person = self.admitted(session)
        return person is not None and self.people.authorised(person)

    @property
    def there(self) -> set[str]:
        """Officers who are at work, or whose board is open and would call them."""
        pages = self.lines.pages if self.lines is not None else []
        return self.sessions.officers | {page.session.officer for page in pages}

    def present(self) -> int:
        """Officers at the desk who may decide today."""
        there = self.there
        holders = [
            one for one in self.people.all()
            if one.name in there and self.people.admitted(one.serial, "certifier")
        ]  # fmt: skip
        return len({one.name for one in holders if self.people.authorised(one)})

    @property
    def median(self) -> float:
        """Seconds of an officer for a decision."""
        return statistics.median(self.seconds) if self.seconds else 0.0

    def undone_of(self, officer: str) -> list[Undone]:
        """What of his came to nothing just now."""
        since = time.monotonic() - SHOWN
        return [one for one in self.undone if one.officer == officer and one.at > since]

    async def decide(self, session: Session, request: Request) -> None:
        """Writes down who decided what, then tells the kiosk.  Raises OSError."""
        decision = request.decision
        assert decision is not None
        await asyncio.to_thread(
            self.chain.add,
            session.officer,
            decision.verdict,
            kiosk=request.kiosk,
            request=request.id,
            reason=decision.reason,
            seconds=decision.seconds,
        )
        self.kiosks.send(request.kiosk, decision)
        self.seconds.append(decision.seconds)

    async def look_after(self) -> None:
        """Frees, forgets, closes what holds no longer; without end."""
        while True:
            await asyncio.sleep(TIDY)
            self.board.tidy()
            self.kiosks.tidy()
            self.kiosks.tell_officers(self.present())
            for name in list(self.kiosks.all):
                if not self._kiosk_holds(name):
                    self.kiosks.cut(name)
            for page in self.lines.pages if self.lines is not None else ():
                page.fresh.set()  # its session may have become idle, or ended

    def _kiosk_holds(self, name: str) -> bool:
        """Has the kiosk a certificate that was not revoked and is not over?"""
        mine = [one for one in self.people.all() if one.name == name]
        return any(self.people.admitted(one.serial, "kiosk") for one in mine)

    def changed(self) -> None:
        """Pages look anew."""
        self.kiosks.tell_officers(self.present())
        if self.lines is not None:
            self.lines.changed()

    def _changed(self, request: Request) -> None:
        if request.state == "gone" and request.wrong and request.decision is not None:
            self._undone(request, request.decision)
        if self.lines is not None:
            self.lines.changed()

    def _undone(self, request: Request, decision: msg.Decide) -> None:
        """The kiosk could not carry it out: its officer reads so, and it is written down."""
        wrong = request.wrong
        known = Undone(time.monotonic(), decision.by, request.kiosk, WRONG.get(wrong, wrong))
        self.undone.append(known)
        more = {"kiosk": request.kiosk, "request": request.id, "reason": wrong}
        work = asyncio.to_thread(self.chain.add, decision.by, "not_taken", **more)
        task = asyncio.ensure_future(work)
        self._writing.add(task)
        task.add_done_callback(self._written)

    def _written(self, task: asyncio.Future[Entry]) -> None:
        self._writing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("the audit log does not take an entry: %s", task.exception())

    def _frame(self, kiosk: str, frame: msg.Frame) -> None:
        if self.lines is not None:
            self.lines.frame(kiosk, frame)

    def files(self) -> tuple[Path, Path]:
        """Certificate and key of the server; made anew where its names are not the configured."""
        folder = self.authority.folder
        self.authority.make(self.config.ward)
        certificate, key, names = folder / "desk.pem", folder / "desk.key", folder / "desk.names"
        wanted = msgspec.json.encode(self.config.names)
        if not key.exists() or not names.exists() or names.read_bytes() != wanted:
            made, made_key = self.authority.sign_desk(self.config.general_names())
            write(key, key_pem(made_key))
            write(certificate, pem(made))
            write(names, wanted)
        return certificate, key


__all__ = ["Desk", "Page"]
