"""A kiosk to which anything happens: buttons, decisions, money, faults, clocks, being killed.

The machine, the shell, the hands, the register, the payments, the database and the ward's book are
the real ones; only camera, printer and token are played, and laying out is left out, so that
thousands of copies take minutes.  `check` says what must hold at any moment, `settle` what must
hold when everything has ended.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar, get_args
from unittest.mock import patch

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.hands import copies as copies_hand
from daemon.hands.certify import Certify
from daemon.hands.copies import Copies
from daemon.hands.money import Money
from daemon.hands.visit import Visit, Visits
from daemon.kiosk import Hands
from daemon.machine import effects as fx
from daemon.machine.events import AnyEvent, Decided, PowerReturned, TrayChanged
from daemon.machine.values import House, KindRule
from daemon.payment import tariff
from daemon.payment.payments import PaymentConfig, Payments
from daemon.register import form, officer, printout, yearend
from daemon.register.errors import RegisterError
from daemon.register.keys import Keys
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.register.signing import CopySigner
from daemon.store import Store
from daemon.store.models.payment import PaymentRow
from daemon.store.models.register import EntryRow
from daemon.uplink.gateway import GatewayConfig, GatewayDown
from daemon.uplink.gateway.messages import PaymentNotice
from daemon.uplink.gateway.pump import Pump
from tests.register import devices, holds
from tests.register.made import BIRTH, DEGREE, Clock
from tests.register.process import Fuse, Gates, Killed, Shell
from tests.register.ward_at_hand import WardAtHand

T = TypeVar("T")

START = dt.datetime(2026, 12, 28, 10, tzinfo=VIETNAM)
"""A few days before a new year: jumps go over it."""

HOUSE = House(
    kinds={kind: KindRule(kind) for kind, _ in (BIRTH, DEGREE)}, picks=(BIRTH[0], DEGREE[0])
)


class Silent:
    """Screen, reports and everything else that only tells."""

    def show(self, drawn: object) -> int:
        return 0

    def closed(self, effect: object) -> None: ...

    def consented(self, notice: str) -> None: ...


class Kiosk:
    """One kiosk: its disk, its devices, and the process that lives in it now."""

    shell: Shell
    money: Money

    def __init__(
        self,
        folder: Path,
        settings: RegisterSettings,
        keys: Keys | None = None,
        *,
        real: bool = False,
    ) -> None:
        """`real`: forms are laid out and signed; else a few bytes stand there."""
        self.numbers = settings.numbers
        self.clock = Clock(START)
        self.ward = WardAtHand()
        self.fuse, self.gates = Fuse(), Gates()
        self.token = devices.Token(self.gates)
        self.printer = devices.Printer(self.gates, self.fuse, self._whose)
        self.refused: Counter[str] = Counter()
        """What officers tried and could not do, and the line to the ward: code → times."""
        self.slips: Counter[str] = Counter()
        self.wanted = devices.WANTED[0]
        """What the present visitor brings."""
        self.copies, self.product = 1, "digital"
        self._folder = folder
        self._settings, self._keys = settings, keys
        self.loop = asyncio.new_event_loop()
        self._references = self._notices = 0
        self._setup: Any = None
        self._patched = ExitStack()
        self._patched.enter_context(patch.object(copies_hand, "TRY_AGAIN", 0.0))
        if not real:
            for target, name, new in (
                (form, "lay_out", lambda pdf, *_, **__: _Laid(pdf[:64], 1)),
                (printout, "printout", lambda pdf, *_: pdf),
                (CopySigner, "sign", lambda _, *rest: self.token.sign(*rest)),
            ):
                self._patched.enter_context(patch.object(target, name, new))
        self.do(self._begin())

    # -- the process -----------------------------------------------------------------------

    async def _begin(self) -> None:
        """What the start-up path does, in its order; may itself be killed."""
        self.store = Store.open(self._folder / "ward.db")
        self.fuse.dead = False
        self.fuse.guard(self.store)
        source = self.ward if self.numbers == "ward" else None
        self.register = Register(
            self._settings, self.store, clock=self.clock, keys=self._keys, source=source
        )
        if self._setup is not None:
            self.register._setup = self._setup  # keys and fonts stay open: only time is saved
        self._setup = self.register._setup
        silent: Any = Silent()
        self.visits = visits = Visits(self._folder / "vault", silent, lambda: None)
        self.payments = Payments(
            PaymentConfig(), self.store, lambda: self.clock().timestamp(), ("ho_ngheo",)
        )
        self.money = Money(self.payments, self.register, visits, tariff.load())
        self.papers: Any = devices.Papers(visits)
        self.desk = devices.Desk(self.gates)
        copies = Copies(
            self.register, self.papers, self.printer, visits, self._slip,  # type: ignore[arg-type]
            unserved=self.money.unserved,
        )  # fmt: skip
        visits.leaving = copies.left
        hands = Hands()
        for hand in (
            visits,
            self.papers,
            Certify(self.desk, self.register, visits),
            self.money,
            copies,
        ):
            hand.register(hands)
        for effect in get_args(fx.AnyEffect):
            if effect not in hands.handled:
                hands.on(effect, lambda *_: None)
        self.shell = Shell(HOUSE, hands, silent, lambda *_: None)
        self.shell.fuse, self.shell.gates = self.fuse, self.gates
        gateway: Any = self.ward
        self.pump = Pump(GatewayConfig(), gateway, self.store)
        await self.payments.recover()
        ended = await self.register.recover()
        if ended:
            self.shell.post(PowerReturned(next((one.code for one in ended if one.paid), "")))
        if self.printer.tray:
            self.shell.post(TrayChanged(True))
        await self.shell.quiet(self._ending)

    def _ending(self) -> set[asyncio.Task[None]]:
        return self.visits._ending

    async def _slip(self, name: str, values: dict[str, str]) -> None:
        self.slips[name] += 1

    def do(self, work: Awaitable[T]) -> T | None:
        """Do it and let everything come to rest; killed, the process starts again."""

        async def all_of_it() -> T:
            done = await work
            await self.shell.quiet(self._ending)
            return done

        try:
            return self.loop.run_until_complete(all_of_it())
        except Killed:
            if hasattr(self, "shell"):
                self.loop.run_until_complete(self.shell.kill(self._ending()))
            self.store.close_now()
            self.do(self._begin())
            return None

    @property
    def killed(self) -> int:
        return self.fuse.points.total()

    def close(self) -> None:
        self.loop.run_until_complete(self.shell.kill(self._ending()))
        self.loop.run_until_complete(self._setup.close())
        self.store.close_now()
        self.loop.close()
        self._patched.close()

    # -- what can happen -------------------------------------------------------------------

    def happens(self, *events: AnyEvent) -> None:
        """Events, each with all that follows."""

        async def all_of_it(event: AnyEvent) -> None:
            self.shell.post(event)

        for event in events:
            self.do(all_of_it(event))

    def meanwhile(self, event: AnyEvent, work: Callable[[], Awaitable[object]]) -> None:
        """Something begins, and before it has ended this event comes."""

        async def both() -> None:
            running = asyncio.ensure_future(work())
            self.shell.post(event)
            await running

        self.do(both())

    def runs_off(self, token: str) -> None:
        async def now() -> None:
            self.shell.runs_off(token)

        self.do(now())

    def decide(self, verdict: str) -> None:
        async def now() -> None:
            self.desk.answer(Decided(verdict, "altered"))  # type: ignore[arg-type]

        self.do(now())

    def token_is(self, trouble: str) -> None:
        async def now() -> None:
            self.token.set(trouble)

        self.do(now())

    def printer_is(self, trouble: str) -> None:
        async def now() -> None:
            self.printer.set(trouble)

        self.do(now())

    def take_sheets(self) -> None:
        if self.printer.tray:
            self.printer.tray = False
            self.happens(TrayChanged(False))

    def pay(self, how: str, again: bool = False) -> Callable[[], Awaitable[object]] | None:
        """Money, or an officer's word about it, for the code that is (or was) shown."""
        memo, total = self._some_memo(again)
        if not memo:
            return None
        self._references += 1
        self._notices += 1
        reference = f"T{self._references}"
        seq = self._notices
        match how:
            case "counter":
                notice = PaymentNotice(seq, "counter", reference, memo, total)
            case "exempt":
                notice = PaymentNotice(seq, "exempt", reference, memo, 0, exemption="ho_ngheo")
            case "foreign":
                notice = PaymentNotice(seq, "transfer", reference, memo, total, currency="USD")
            case _:
                amount = {"short": total - 1, "over": total + 1}.get(how, total)
                notice = PaymentNotice(seq, "transfer", reference, f"CK {memo}", amount)
        return lambda: self.money.from_ward(notice)

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

        self.do(all_of_it())

    def officers(self, what: str, which: int) -> None:
        """An officer confirms, voids or cancels one of the entries, or locks last year's book."""
        now = self.clock()

        def work() -> None:
            there = EntryRow.select().count()
            year = now.astimezone(VIETNAM).year - 1
            if what == "lock":
                sign = ("SCT/BS", "SCTĐT/BS")[which % 2]
                yearend.lock(self.store.outbox, "demo", sign, year, "A", "B", now.timestamp())
            elif there:
                entry = EntryRow.select().order_by(EntryRow.id).offset(which % there).get()
                outbox = self.store.outbox
                if what == "confirm":
                    officer.confirm(outbox, entry, now.timestamp())
                elif what == "void":
                    officer.void_reserved(outbox, entry, "rách", now.timestamp())
                else:
                    officer.cancel(outbox, entry, "1/QĐ", now.date(), now.timestamp())

        async def asked() -> None:
            try:
                await self.store.write(work)
            except RegisterError as error:
                self.refused[error.code] += 1

        self.do(asked())

    # -- what must hold --------------------------------------------------------------------

    def check(self) -> None:
        """At any moment."""
        assert not self.shell.faults, self.shell.faults
        self.store.read_now(lambda: holds.at_any_moment(self.numbers))
        self.store.read_now(lambda: holds.sheets(self.printer.sheets))

    def settle(self) -> None:
        """The power goes and comes; from here all goes well: the books of both sides agree."""
        self.fuse.out()
        self.ward.down = self.ward.loses_answers = False
        self.token.trouble = self.printer.trouble = ""
        self.clock.now = max(self.clock(), START) + dt.timedelta(days=3)

        async def power() -> None:
            raise Killed

        self.do(power())
        for memo, amount in self.store.read_now(
            lambda: [(row.memo, row.amount) for row in PaymentRow.select()]
        ):
            late = self.do(self.payments.seen(memo, amount, f"LATE-{memo}"))
            assert late is not None and late.refund == amount, late  # whatever it was once
        self.deliver()
        self.check()
        self.store.read_now(lambda: holds.when_all_ended(self.ward.book))

    # -- parts -----------------------------------------------------------------------------

    def _whose(self) -> str:
        sealed = self._visit().sealed
        assert sealed is not None
        return sealed.id

    def _visit(self) -> Visit:
        return self.visits.now

    def _some_memo(self, again: bool) -> tuple[str, int]:
        """The code that is shown, or with `again` one that any visit had, in turn."""
        if self.money.memo and not again:
            return self.money.memo, self.money.amount

        def one() -> tuple[str, int]:
            there = PaymentRow.select().count() if again else 0
            if not there:
                return "", 0
            back = self._references * 7 % there
            row = PaymentRow.select().order_by(PaymentRow.offered_at.desc()).offset(back).get()
            return row.memo, row.amount

        return self.store.read_now(one)


class _Laid(msgspec.Struct):
    pdf: bytes
    pages: int
