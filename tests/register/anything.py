"""A kiosk to which anything happens: decisions, payments, faults, clock jumps, and being killed.

The register, the payments, the database and the ward's book are the real ones; only laying out and
signing are replaced by a few bytes, so that thousands of copies take minutes.  `check` says what
must hold at any moment, `settle` what must hold when everything has ended.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal, TypeVar
from unittest.mock import patch

import msgspec
from msgspec.structs import replace

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.events import Decided
from daemon.machine.personal import Personal
from daemon.machine.values import Product
from daemon.payment import tariff
from daemon.payment.payments import PaymentConfig, Payments
from daemon.payment.record import SETTLES
from daemon.register import form, officer, printout, yearend
from daemon.register.errors import (
    RegisterError,
    TimestampUnavailable,
)
from daemon.register.facts import Authorisation, Paid, RequestFacts
from daemon.register.register import Register
from daemon.register.signing import CopySigner, Signed
from daemon.store import Store
from daemon.store.models.payment import PaymentRow
from daemon.store.models.register import EntryRow
from daemon.uplink.gateway import GatewayConfig, GatewayDown
from daemon.uplink.gateway.pump import Pump
from tests.register import holds
from tests.register.fast import FastPki
from tests.register.made import BIRTH, DEGREE, NAME, Clock, Request
from tests.register.ward_at_hand import WardAtHand

T = TypeVar("T")
Numbers = Literal["own", "ward"]

START = dt.datetime(2026, 12, 28, 10, tzinfo=VIETNAM)
"""A few days before a new year: jumps go over it."""

TEMPLATES = {papers: Request(*papers) for papers in ((DEGREE,), (BIRTH, DEGREE))}


class Killed(BaseException):
    """SIGKILL: nothing catches it, nothing after it is done."""


class Visit:
    """One request on its way, as the shell holds it: gone when the daemon dies."""

    def __init__(self, template: Request, copies: int, product: Product, number: int) -> None:
        papers = template.facts.papers
        self.facts = RequestFacts(f"r{number}", papers, copies, product)
        self.template = template
        self.authorisation: Authorisation | None = None
        self.memo = ""
        self.fees: tuple[int, ...] = ()
        self.paid = self.sealed = self.printed = False


class Kiosk:
    """Everything that one kiosk is, and the loop it lives in."""

    def __init__(self, folder: Path, pki: FastPki, numbers: Numbers) -> None:
        self.numbers = numbers
        self.clock = Clock(START)
        self.ward = WardAtHand()
        self.killed = 0
        self.refused: Counter[str] = Counter()
        """Codes of the register's refusals: what was tried and could not be."""
        self._path = folder / "ward.db"
        self._pki = pki
        self._settings = replace(pki.settings(), numbers=numbers)
        self._loop = asyncio.new_event_loop()
        self._fuse: tuple[int, str] | None = None
        self._fails = False
        self._made = 0
        self._references = 0
        self._setup: Any = None
        self.visit: Visit | None = None
        self._patched = ExitStack()
        for target, name, new in (
            (form, "lay_out", self._lay_out),
            (printout, "printout", lambda pdf, *_: pdf),
            (CopySigner, "sign", self._sign),
        ):
            self._patched.enter_context(patch.object(target, name, new))
        self._open()

    # -- the daemon's life -----------------------------------------------------------------

    def _open(self) -> None:
        self.store = Store.open(self._path)
        write = self.store.write

        async def deadly(work: Callable[[], T]) -> T:
            die = self._burns()

            def inside() -> T:
                result = work()
                if die == "before":
                    raise Killed
                return result

            result = await write(inside)
            if die == "after":
                raise Killed
            return result

        self.store.write = deadly  # type: ignore[method-assign]
        source = self.ward if self.numbers == "ward" else None
        self.register = Register(
            self._settings, self.store, clock=self.clock, keys=self._pki.keys, source=source
        )
        if self._setup is not None:
            self.register._setup = self._setup  # keys and fonts stay open: only time is saved
        self._setup = self.register._setup
        self.payments = Payments(
            PaymentConfig(), self.store, lambda: self.clock().timestamp(), ("ho_ngheo",)
        )
        gateway: Any = self.ward
        self.pump = Pump(GatewayConfig(), gateway, self.store)

    def _burns(self) -> str:
        """Does the process die at this write, and when?"""
        if self._fuse is None:
            return ""
        left, when = self._fuse
        self._fuse = (left - 1, when) if left else None
        return "" if left else when

    def start_again(self) -> None:
        """What the start-up path does; may itself be killed."""
        self.store.close_now()
        self._open()
        self.visit = None
        self._loop.run_until_complete(self.payments.recover())
        self._loop.run_until_complete(self.register.recover())

    def close(self) -> None:
        self._loop.run_until_complete(self.register.close())
        self.store.close_now()
        self._loop.close()
        self._patched.close()

    def run(self, work: Awaitable[T]) -> T | None:
        """Do it; a refusal is counted, a kill is followed by a start."""

        async def all_of_it() -> T:
            return await work

        try:
            return self._loop.run_until_complete(all_of_it())
        except RegisterError as error:
            self.refused[error.code] += 1
            return None
        except Killed:
            self.killed += 1
            while True:
                try:
                    self.start_again()
                except Killed:
                    self.killed += 1
                    continue
                return None

    # -- what can happen -------------------------------------------------------------------

    def fuse(self, writes: int, when: str) -> None:
        """The process will be killed at the n-th write from now, `before` or `after` it."""
        self._fuse = (writes, when)

    def arrive(self, both: bool, copies: int, product: Product, verdict: str) -> None:
        """A visitor comes and the certifier decides."""
        self.leave("timeout")
        self._made += 1
        template = TEMPLATES[(BIRTH, DEGREE) if both else (DEGREE,)]
        visit = self.visit = Visit(template, copies, product, self._made)
        quote = tariff.quote([(p.kind, len(p.pages)) for p in visit.facts.papers], copies, product)
        visit.fees = quote.lines
        decided: Any = Decided(verdict)  # type: ignore[arg-type]
        visit.authorisation = self.run(
            self.register.authorise(
                visit.facts, decided, requester=Personal(NAME), pictures=template.pictures
            )
        )
        if visit.authorisation is None:
            self.visit = None  # refused, relay or counter: no fee, no number

    def offer(self) -> None:
        """The payment code is shown."""
        visit = self.visit
        if visit is None or visit.paid or visit.memo or visit.authorisation is None:
            return
        offered = self.run(self.payments.offer(sum(visit.fees), visit.authorisation.id))
        if offered is not None and self.visit is visit:
            visit.memo = offered.memo

    def pay(self, how: str, again: bool = False) -> None:
        """Money, or an officer's word about it, for the code that is (or was) shown."""
        memo, total = self._some_memo(again)
        if not memo:
            return
        self._references += 1
        reference = f"T{self._references}"
        match how:
            case "counter":
                notice = self.run(self.payments.at_counter(memo, total, reference))
            case "exempt":
                notice = self.run(self._exempt(memo))
            case "foreign":
                notice = self.run(
                    self.payments.seen(memo, total, reference, currency="USD", shared=True)
                )
            case _:
                amount = {"short": total - 1, "over": total + 1}.get(how, total)
                notice = self.run(self.payments.seen(f"CK {memo}", amount, reference, shared=True))
        visit = self.visit
        if notice is None or visit is None or notice.memo != visit.memo or not notice.event():
            return
        if notice.verdict in SETTLES and visit.authorisation is not None and not visit.paid:
            waived = notice.verdict == "waived"
            paid = Paid("waived" if waived else "exact", visit.fees, notice.amount)
            visit.paid = True
            self.run(self.register.paid(visit.authorisation, paid))

    async def _exempt(self, memo: str) -> Any:
        from daemon.payment.errors import BadNotice

        try:
            return await self.payments.waive(memo, "ho_ngheo")
        except BadNotice:
            return None

    def seal(self, fails: bool) -> None:
        """Number, form, signatures; with `fails` the signature does not come."""
        visit = self.visit
        if visit is None or not visit.paid or visit.authorisation is None or visit.sealed:
            return
        self._fails = fails
        template, facts = visit.template, visit.facts
        done = self.run(
            self.register.seal(
                visit.authorisation, template.papers, facts.copies, facts.product, Personal(NAME)
            )
        )
        self._fails = False
        if done is not None and self.visit is visit:
            visit.sealed = True

    def hand_over(self) -> None:
        """Printed (perhaps again), and taken."""
        visit = self.visit
        if visit is None or not visit.sealed:
            return
        if not visit.printed:
            visit.printed = True
            self.run(self.register.printed(visit.facts.id))
        else:
            self.visit = None
            self.run(self.register.handed_over(visit.facts.id))

    def fail_for_good(self) -> None:
        """Sealing failed and the citizen wants the money back: void, pass on, refund."""
        visit, self.visit = self.visit, None
        if visit is None or not visit.paid or visit.sealed:
            return
        self.run(self.register.void(visit.facts.id, "token_lost"))
        self.run(self.register.later(visit.facts, "refund", requester=Personal(NAME)))
        self.run(self.payments.unserved(visit.facts.id))

    def pass_on(self, reason: str) -> None:
        """The counter finishes."""
        visit, self.visit = self.visit, None
        if visit is None:
            return
        if reason != "paid_unseen" and visit.memo:
            self.run(self.payments.cancel(visit.memo))
        self.run(self.register.later(visit.facts, reason, requester=Personal(NAME)))

    def leave(self, reason: str) -> None:
        """The visitor goes, wherever he is; the register withdraws the code by itself."""
        visit, self.visit = self.visit, None
        if visit is None or visit.authorisation is None:
            return
        if not visit.sealed:
            self.run(self.register.void(visit.facts.id, reason))

    def jump(self, hours: float) -> None:
        """The clock goes on, or back."""
        self.clock.on(hours=hours)

    def network(self, down: bool, loses_answers: bool) -> None:
        self.ward.down, self.ward.loses_answers = down, loses_answers

    def counter(self, sign: str) -> None:
        """Somebody at the ward's counter takes a number of the same book."""
        self.ward.book.counter(sign, self.clock().astimezone(VIETNAM).year)

    def deliver(self) -> None:
        """What waits goes to the ward, where its book gives the numbers."""
        if self.numbers == "own":
            return

        async def all_of_it() -> None:
            try:
                while await self.pump.once():
                    pass
            except GatewayDown:
                self.refused["down"] += 1

        self.run(all_of_it())

    def officers(self, what: str, which: int) -> None:
        """An officer confirms, voids or cancels one of the entries, or locks last year's book."""
        now = self.clock()

        def work() -> None:
            entries = list(EntryRow.select().order_by(EntryRow.id))
            year = now.astimezone(VIETNAM).year - 1
            if what == "lock":
                sign = ("SCT/BS", "SCTĐT/BS")[which % 2]
                yearend.lock(self.store.outbox, "demo", sign, year, "A", "B", now.timestamp())
            elif entries:
                entry, outbox = entries[which % len(entries)], self.store.outbox
                if what == "confirm":
                    officer.confirm(outbox, entry, now.timestamp())
                elif what == "void":
                    officer.void_reserved(outbox, entry, "rách", now.timestamp())
                else:
                    officer.cancel(outbox, entry, "1/QĐ", now.date(), now.timestamp())

        self.run(self.store.write(work))

    # -- what must hold --------------------------------------------------------------------

    def check(self) -> None:
        """At any moment."""
        self.store.read_now(lambda: holds.at_any_moment(self.numbers))

    def settle(self) -> None:
        """All goes well from here: everything ends, and the ward's book agrees."""
        self._fuse, self.ward.down, self.ward.loses_answers = None, False, False
        self.leave("timeout")
        last = max(self.clock(), START) + dt.timedelta(days=3)
        self.clock.now = last
        self.start_again()
        for memo, amount in self.store.read_now(
            lambda: [(row.memo, row.amount) for row in PaymentRow.select()]
        ):
            late = self.run(self.payments.seen(memo, amount, f"LATE-{memo}"))
            assert late is not None and late.refund == amount, late  # whatever it was once
        self.deliver()
        self.check()
        self.store.read_now(lambda: holds.when_all_ended(self.ward.book))

    # -- instead of laying out and signing -------------------------------------------------

    @staticmethod
    def _lay_out(pdf: bytes, *_: object, **__: object) -> Any:
        return _Laid(pdf[:64], 1)

    async def _sign(self, laid: Sequence[object], *_: object) -> tuple[Signed, ...]:
        if self._fails:
            raise TimestampUnavailable("no time stamp")
        return (Signed(b"%PDF-signed", "B-B"),) * len(laid)

    def _some_memo(self, again: bool) -> tuple[str, int]:
        """The code of this visit, or with `again` one that any visit had, in turn."""
        visit = self.visit
        if visit is not None and visit.memo and not again:
            return visit.memo, sum(visit.fees)

        def one() -> tuple[str, int]:
            rows = list(PaymentRow.select().order_by(PaymentRow.offered_at)) if again else []
            row = rows[-1 - self._references * 7 % len(rows)] if rows else None
            return ("", 0) if row is None else (row.memo, row.amount)

        return self.store.read_now(one)


class _Laid(msgspec.Struct):
    pdf: bytes
    pages: int
