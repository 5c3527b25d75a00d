"""The certifier at his desk, as the kiosk sees him: asked over a line that may break.

One request at a time.  It is told again after each new line, a decision is taken once, and one
that comes for a request that is over is answered so: the screen and the desk never disagree.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any

from daemon import desk_messages as msg
from daemon.certifier import Asked
from daemon.hands.live import LiveView
from daemon.hands.standing import Standing
from daemon.machine import house
from daemon.machine.copy import scenes
from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.state import State
from daemon.payment.errors import BadNotice
from daemon.uplink.desk import DeskLine

log = logging.getLogger(__name__)

BREAK = 5.0
"""Seconds without a line after which the desk counts as gone."""
REMEMBERED = 64
"""Decisions whose end is remembered, for a desk that says them again."""


class DeskCertifier:
    """A `Certifier` and the `Receiver` of the line."""

    def __init__(
        self,
        line: DeskLine,
        live: LiveView,
        there: Callable[[bool, str], None],
        spent: Callable[[str, float, float, int], None],
    ) -> None:
        """`there`: can somebody be asked, and why not; `spent`: verdict, the officer's seconds, the
        citizen's, and pages.
        """
        self.waiting: Asked | None = None
        self.pay: Callable[[msg.Receipt | msg.Waive], Coroutine[Any, Any, None]] | None = None
        """Takes what the counter says of money; raises BadNotice."""
        self._line = line
        self._live = live
        self._there = there
        self._spent = spent
        self._pictures: list[bytes] = []
        self._asked_at = 0.0
        self._answer: asyncio.Future[msg.Decide] | None = None
        self._decision: msg.Decide | None = None
        """Came, and is being recorded."""
        self._ended: OrderedDict[str, str] = OrderedDict()
        """Decision → what was wrong with it."""
        self._doing = msg.Doing("idle")
        self._paying = msg.Paying()
        self._running: set[asyncio.Task[None]] = set()

    # -- Certifier ---------------------------------------------------------------------------

    async def decide(self, asked: Asked, pictures: list[bytes]) -> Decided:
        """Waits, across broken lines, until somebody decides or the request is withdrawn."""
        if not pictures or sum(asked.pages) != len(pictures):
            raise ValueError(f"{sum(asked.pages)} pages asked, {len(pictures)} pictures shown")
        self.waiting, self._pictures = asked, pictures
        self._asked_at = time.monotonic()
        self._answer = asyncio.get_running_loop().create_future()
        self._decision = None
        self._line.send(msg.Asking(self._summary(asked)))
        try:
            decided = await self._answer
        except asyncio.CancelledError:
            self._line.send(msg.Gone(asked.id))
            raise
        finally:
            self.waiting, self._pictures, self._answer = None, [], None
            self._live.watch(msg.Watch(False))
        waited = time.monotonic() - self._asked_at
        self._spent(decided.verdict, decided.seconds, waited, len(pictures))
        page = asked.names[decided.page] if 0 <= decided.page < len(asked.names) else ""
        return Decided(
            decided.verdict, decided.reason, page, decided.where, by=Personal(decided.by)
        )

    def settled(self, wrong: str) -> None:
        """The decision that `decide` returned is on record, or could not be: the desk hears it."""
        decision, self._decision = self._decision, None
        if decision is not None:
            self._took(decision, wrong)

    # -- Receiver ----------------------------------------------------------------------------

    def opened(self) -> list[msg.FromKiosk]:
        told: list[msg.FromKiosk] = [self._doing, self._paying]
        if self.waiting is not None:
            told.append(msg.Asking(self._summary(self.waiting)))
        return told

    def closed(self, why: str) -> None:
        self._live.watch(msg.Watch(False))
        self._there(False, why)

    def came(self, message: msg.FromDesk) -> None:
        match message:
            case msg.Officers(present):
                self._there(present > 0, "absent")
            case msg.Open(request):
                self._show(request)
            case msg.Watch(on, request):
                known = self.waiting is not None and self.waiting.id == request
                if not request or known or not on:
                    self._live.watch(message)
            case msg.Seen():
                self._live.seen()
            case msg.Decide():
                self._decided(message)
            case msg.Receipt() | msg.Waive():
                task = asyncio.create_task(self._money(message), name="counter's money")
                self._running.add(task)
                task.add_done_callback(self._running.discard)

    # -- what the kiosk is at ------------------------------------------------------------------

    def doing(self, what: str) -> None:
        """Told where it changed."""
        if what != self._doing.what:
            self._doing = msg.Doing(what)
            self._line.send(self._doing)

    def paying(self, memo: str, amount: int) -> None:
        """The payment code that is shown."""
        paying = msg.Paying(memo, amount)
        if paying != self._paying:
            self._paying = paying
            self._line.send(paying)

    # -- inside --------------------------------------------------------------------------------

    def _summary(self, asked: Asked) -> msg.Summary:
        return msg.Summary(
            asked.id,
            tuple(
                msg.Original(kind, title, pages, notes)
                for kind, title, pages, notes in zip(
                    asked.kinds, asked.titles, asked.pages, asked.notes, strict=True
                )
            ),
            asked.copies,
            asked.product,
            asked.fee,
            asked.statement,
            asked.inspection,
            round(time.monotonic() - self._asked_at, 1),
        )

    def _show(self, request: str) -> None:
        """An officer opened it: now, and not before, the pages go up."""
        asked = self.waiting
        if asked is None or asked.id != request:
            self._line.send(msg.Gone(request))
            return
        self._line.send(msg.Who(request, asked.requester.reveal()))
        for n, jpeg in enumerate(self._pictures):
            words, notes = asked.read[n] if n < len(asked.read) else (Personal(()), ())
            self._line.send(
                msg.Page(request, n, jpeg, tuple(msg.Word(*one) for one in words.reveal()), notes)
            )

    def _decided(self, decision: msg.Decide) -> None:
        if decision.decision in self._ended:
            self._line.send(
                msg.Taken(decision.decision, decision.id, self._ended[decision.decision])
            )
            return
        if self._decision is not None and self._decision.decision == decision.decision:
            return  # being recorded; the answer follows
        asked, answer = self.waiting, self._answer
        if asked is None or asked.id != decision.id or answer is None or answer.done():
            self._took(decision, "gone")
            return
        self._decision = decision
        answer.set_result(decision)

    def _took(self, decision: msg.Decide, wrong: str) -> None:
        self._ended[decision.decision] = wrong
        while len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
        self._line.send(msg.Taken(decision.decision, decision.id, wrong))

    async def _money(self, told: msg.Receipt | msg.Waive) -> None:
        wrong = ""
        try:
            if self.pay is None or told.memo != self._paying.memo:
                wrong = "gone"
            else:
                await self.pay(told)
        except BadNotice as error:
            wrong = str(error)
        self._line.send(msg.Settled(told.memo, wrong))


class Presence:
    """Tells the machine whether somebody can be asked; a short break of the line is none."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._timer: asyncio.TimerHandle | None = None
        standing.lost("certifier", "no_line", "The line to the certifier's desk is being dialled.")

    def there(self, present: bool, why: str) -> None:
        """See `DeskCertifier`."""
        if present or why == "absent":
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if present:
                self._standing.back("certifier")
            else:
                self._standing.lost("certifier", "absent", "Nobody is at the certifier's desk.")
        elif self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(BREAK, self._gone, why)

    def _gone(self, why: str) -> None:
        self._timer = None
        self._standing.lost("certifier", why, "The line to the certifier's desk is lost.")


def what_it_does(state: State) -> tuple[str, str, int]:
    """What the kiosk is at, and the payment code that is shown with its amount."""
    match state.scene:
        case scenes.Deciding():
            return "asking", "", 0
        case scenes.Paying(total=total, memo=memo):
            return "paying", memo, total
        case house.Attract():
            return "idle", "", 0
    return "busy", "", 0
