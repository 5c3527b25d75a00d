"""Whatever happens in whatever order: numbers, copies, money and chain stay right.

`./dev test --long` goes on until 10,000 copies were numbered, and until 100 were signed by a token.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from daemon.machine.events import BedChanged, DeviceBack, DeviceLost
from daemon.machine.values import Part
from daemon.register import certificates, envelope, verify
from daemon.register.demo_pki import DemoPki
from daemon.register.settings import RegisterSettings
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow
from tests.register import devices, visitor
from tests.register.anything import Kiosk
from tests.register.devices import TROUBLES
from tests.register.fast import FastPki

Numbers = Literal["own", "ward"]

PAYMENTS = ("exact", "exact", "exact", "counter", "exempt", "short", "over", "foreign")
VERDICTS = ("accepted", "accepted", "accepted", "refused", "counter", "relay")
TOKEN = ("", "", "fails", "hangs")
JUMPS = (0.1, 0.3, 9.0, 14.5, 40.0, -0.5)
PARTS: tuple[Part, ...] = ("page_printer", "numbers", "register", "payment", "tray", "bed")
BOOKS = ("SCT/BS", "SCTĐT/BS")
OFFICERS = ("confirm", "confirm", "void", "cancel", "lock")
WHEN = ("before", "after")

RAM = Path("/dev/shm")
"""A kill needs no disk: what was committed survives it in memory as well."""


def _place() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="anything-", dir=RAM if RAM.is_dir() else None)


@pytest.fixture
def place() -> Iterator[Path]:
    with _place() as folder:
        yield Path(folder)


def played(folder: Path, pki: FastPki, numbers: Numbers) -> Kiosk:
    """A kiosk whose signatures are played."""
    return Kiosk(folder, replace(pki.settings(), numbers=numbers), pki.keys)


class Anything(RuleBasedStateMachine):
    """Hypothesis chooses what happens next."""

    pki: FastPki

    def __init__(self) -> None:
        super().__init__()
        self.folder = _place()
        self.kiosk: Kiosk

    @initialize(numbers=st.sampled_from(("own", "ward")))
    def begin(self, numbers: Numbers) -> None:
        self.kiosk = played(Path(self.folder.name), self.pki, numbers)

    @rule(
        both=st.booleans(),
        copies=st.integers(1, 3),
        product=st.sampled_from(("digital", "paper")),
        steps=st.integers(6, 30),
    )
    def wants(self, both: bool, copies: int, product: str, steps: int) -> None:
        kiosk = self.kiosk
        kiosk.wanted, kiosk.copies, kiosk.product = devices.WANTED[both], copies, product
        for _ in range(steps):
            visitor.goes_on(kiosk)

    @rule(steps=st.integers(1, 4))
    def goes_on(self, steps: int) -> None:
        for _ in range(steps):
            visitor.goes_on(self.kiosk)

    @rule(which=st.integers(0, 99))
    def presses(self, which: int) -> None:
        presses(self.kiosk, which)

    @rule(which=st.integers(0, 9))
    def time_passes(self, which: int) -> None:
        time_passes(self.kiosk, which)

    @rule(verdict=st.sampled_from(VERDICTS))
    def decides(self, verdict: str) -> None:
        self.kiosk.decide(verdict)

    @rule(how=st.sampled_from(PAYMENTS), again=st.booleans(), meanwhile=st.integers(0, 200))
    def pays(self, how: str, again: bool, meanwhile: int) -> None:
        pays(self.kiosk, how, again, meanwhile)

    @rule(trouble=st.sampled_from(TOKEN))
    def token(self, trouble: str) -> None:
        self.kiosk.token_is(trouble)

    @rule(trouble=st.sampled_from(TROUBLES))
    def printer(self, trouble: str) -> None:
        self.kiosk.printer_is(trouble)

    @rule()
    def sheets(self) -> None:
        self.kiosk.take_sheets()

    @rule(occupied=st.booleans())
    def bed(self, occupied: bool) -> None:
        self.kiosk.happens(BedChanged(occupied))

    @rule(part=st.sampled_from(PARTS), lost=st.booleans())
    def device(self, part: Part, lost: bool) -> None:
        self.kiosk.happens(DeviceLost(part) if lost else DeviceBack(part))

    @rule(hours=st.sampled_from(JUMPS))
    def jump(self, hours: float) -> None:
        self.kiosk.jump(hours)

    @rule(points=st.integers(0, 12), when=st.sampled_from(WHEN))
    def fuse(self, points: int, when: str) -> None:
        self.kiosk.fuse.light(points, when)

    @rule(down=st.booleans(), loses=st.booleans())
    def network(self, down: bool, loses: bool) -> None:
        self.kiosk.network(down, loses)

    @rule(sign=st.sampled_from(BOOKS))
    def counter(self, sign: str) -> None:
        self.kiosk.counter(sign)

    @rule()
    def deliver(self) -> None:
        self.kiosk.deliver()

    @rule(what=st.sampled_from(OFFICERS), which=st.integers(0, 99))
    def officers(self, what: str, which: int) -> None:
        self.kiosk.officers(what, which)

    @invariant()
    def holds(self) -> None:
        if hasattr(self, "kiosk"):
            self.kiosk.check()

    def teardown(self) -> None:
        if hasattr(self, "kiosk"):
            try:
                self.kiosk.settle()
            finally:
                self.kiosk.close()
        self.folder.cleanup()


def presses(kiosk: Kiosk, which: int) -> None:
    """Any of the buttons that are there."""
    offered = visitor.buttons(kiosk)
    if offered:
        kiosk.happens(offered[which % len(offered)])


def time_passes(kiosk: Kiosk, which: int) -> None:
    """One of the running limits is reached."""
    timers = kiosk.shell.timers()
    if timers:
        kiosk.runs_off(timers[which % len(timers)])


def pays(kiosk: Kiosk, how: str, again: bool, meanwhile: int) -> None:
    """Money comes, perhaps while a button is pressed."""
    money = kiosk.pay(how, again)
    offered = visitor.buttons(kiosk)
    if money is None:
        return
    if meanwhile < len(offered):
        kiosk.meanwhile(offered[meanwhile], money)
    else:
        kiosk.do(money())


def test_whatever_happens(quick: FastPki) -> None:
    Anything.pki = quick
    run_state_machine_as_test(
        Anything,
        settings=effort(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def live(kiosk: Kiosk, dice: random.Random) -> None:
    """One more thing happens; most visits go well, as at a real kiosk."""
    choices: list[tuple[int, Callable[[], object]]] = [
        (40, lambda: comes(kiosk, dice, 60)),
        (20, lambda: comes(kiosk, dice, dice.randint(8, 24))),
        (30, lambda: visitor.goes_on(kiosk)),
        (15, lambda: presses(kiosk, dice.randint(0, 99))),
        (12, lambda: time_passes(kiosk, dice.randint(0, 9))),
        (6, lambda: kiosk.decide(dice.choice(VERDICTS))),
        (12, lambda: pays(kiosk, dice.choice(PAYMENTS), dice.random() < 0.4,
                          dice.randint(0, 30))),
        (5, lambda: kiosk.token_is(dice.choice(TOKEN))),
        (8, lambda: kiosk.printer_is(dice.choice(TROUBLES))),
        (4, kiosk.take_sheets),
        (3, lambda: kiosk.happens(BedChanged(dice.random() < 0.5))),
        (4, lambda: kiosk.happens(
            (DeviceLost if dice.random() < 0.3 else DeviceBack)(dice.choice(PARTS)))),
        (2, lambda: kiosk.jump(dice.choice((*JUMPS, 700.0)) if dice.random() < 0.2 else 0.05)),
        (20, lambda: kiosk.fuse.light(dice.randint(0, 60), dice.choice(WHEN))),
        (3, lambda: kiosk.network(dice.random() < 0.2, dice.random() < 0.3)),
        (3, lambda: kiosk.counter(dice.choice(BOOKS))),
        (4, kiosk.deliver),
        (6, lambda: kiosk.officers(dice.choice(OFFICERS), dice.randint(0, 9999))),
    ]  # fmt: skip
    weights = [weight for weight, _ in choices]
    dice.choices([act for _, act in choices], weights)[0]()


def comes(kiosk: Kiosk, dice: random.Random, steps: int) -> None:
    """Somebody comes and goes on for so many steps, or until he is done."""
    kiosk.wanted = devices.WANTED[dice.random() < 0.5]
    kiosk.copies, kiosk.product = dice.randint(1, 3), dice.choice(("digital", "paper"))
    for step in range(steps):
        if step and visitor.at_rest(kiosk):
            return
        visitor.goes_on(kiosk)


def until(kiosk: Kiosk, copies: int, seed: int, every: int = 200) -> int:
    """Live until so many numbers were used; returns how many they are."""
    dice, numbers, steps = random.Random(seed), 0, 0
    while numbers < copies:
        live(kiosk, dice)
        steps += 1
        if steps % every == 0:
            numbers = kiosk.store.read_now(lambda: EntryRow.select().count())
            kiosk.check()
    kiosk.settle()
    return numbers


@pytest.mark.parametrize("numbers", ["own", "ward"])
def test_a_day_at_a_busy_ward(quick: FastPki, place: Path, numbers: Numbers) -> None:
    kiosk = played(place, quick, numbers)
    assert until(kiosk, 60, seed=7, every=20) >= 60
    assert kiosk.killed > 3
    kiosk.close()


@pytest.mark.long
@pytest.mark.parametrize("numbers", ["own", "ward"])
def test_ten_thousand_copies(quick: FastPki, place: Path, numbers: Numbers) -> None:
    kiosk = played(place, quick, numbers)
    assert until(kiosk, 10_000, seed=2026) >= 10_000
    assert kiosk.killed > 500
    kiosk.close()


@pytest.mark.long
def test_a_hundred_copies_with_the_token(
    settings: RegisterSettings, pki: DemoPki, place: Path
) -> None:
    """Laid out, signed twice by a PKCS#11 token, and each file that was told of is genuine."""
    kiosk = Kiosk(place, settings, real=True)
    assert until(kiosk, 100, seed=100, every=25) >= 100
    assert kiosk.killed > 5
    told = kiosk.store.read_now(
        lambda: [bytes(fact.payload) for fact in Fact.select() if fact.kind == "sealed/copy"]
    )
    ward = Path(pki.ward_certificate), Path(pki.ward_key)
    roots = certificates.load_pem([pki.root])
    known = kiosk.store.read_now(lambda: {row.file_digest: row.status for row in EntryRow.select()})
    for place_, envelope_ in enumerate(told):
        copy = envelope.unseal(envelope_, *ward)
        assert isinstance(copy, envelope.Delivery)
        assert hashlib.sha256(copy.pdf).digest() in known
        if place_ % 10 == 0:
            assert verify.verify(copy.pdf, roots).genuine
    assert len(told) > 20
    kiosk.close()
