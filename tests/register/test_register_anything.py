"""Whatever happens in whatever order: numbers, copies, money and chain stay right.

`./dev test --long` goes on until 10,000 copies were numbered.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from daemon.machine.values import Product
from daemon.store.models.register import EntryRow
from tests.register.anything import Kiosk, Numbers
from tests.register.fast import FastPki

PRODUCTS: tuple[Product, ...] = ("digital", "paper")
PAYMENTS = ("exact", "exact", "exact", "counter", "exempt", "short", "over", "foreign")
VERDICTS = ("accepted", "accepted", "accepted", "refused", "counter", "relay")
JUMPS = (0.1, 0.3, 9.0, 14.5, 40.0, -0.5)


class Anything(RuleBasedStateMachine):
    """Hypothesis chooses what happens next."""

    pki: FastPki

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="anything-")
        self.kiosk: Kiosk

    @initialize(numbers=st.sampled_from(("own", "ward")))
    def begin(self, numbers: Numbers) -> None:
        self.kiosk = Kiosk(Path(self.folder.name), self.pki, numbers)

    @rule(
        both=st.booleans(),
        copies=st.integers(1, 3),
        product=st.sampled_from(PRODUCTS),
        verdict=st.sampled_from(VERDICTS),
    )
    def arrive(self, both: bool, copies: int, product: Product, verdict: str) -> None:
        self.kiosk.arrive(both, copies, product, verdict)
        self.kiosk.offer()

    @rule(how=st.sampled_from(PAYMENTS), again=st.booleans())
    def pay(self, how: str, again: bool) -> None:
        self.kiosk.pay(how, again)

    @precondition(lambda self: self.kiosk.visit is not None and self.kiosk.visit.paid)
    @rule(fails=st.sampled_from((False, False, False, True)))
    def seal(self, fails: bool) -> None:
        self.kiosk.seal(fails)

    @precondition(lambda self: self.kiosk.visit is not None and self.kiosk.visit.sealed)
    @rule()
    def hand_over(self) -> None:
        self.kiosk.hand_over()

    @rule(reason=st.sampled_from(("pay_at_counter", "paid_unseen", "no_printer")))
    def pass_on(self, reason: str) -> None:
        self.kiosk.pass_on(reason)

    @rule()
    def fail_for_good(self) -> None:
        self.kiosk.fail_for_good()

    @rule()
    def leave(self) -> None:
        self.kiosk.leave("cancelled")

    @rule(hours=st.sampled_from(JUMPS))
    def jump(self, hours: float) -> None:
        self.kiosk.jump(hours)

    @rule(writes=st.integers(0, 4), when=st.sampled_from(("before", "after")))
    def fuse(self, writes: int, when: str) -> None:
        self.kiosk.fuse(writes, when)

    @rule(down=st.booleans(), loses=st.booleans())
    def network(self, down: bool, loses: bool) -> None:
        self.kiosk.network(down, loses)

    @rule(sign=st.sampled_from(("SCT/BS", "SCTĐT/BS")))
    def counter(self, sign: str) -> None:
        self.kiosk.counter(sign)

    @rule()
    def deliver(self) -> None:
        self.kiosk.deliver()

    @rule(
        what=st.sampled_from(("confirm", "confirm", "void", "cancel", "lock")),
        which=st.integers(0, 99),
    )
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


def test_whatever_happens(quick: FastPki) -> None:
    Anything.pki = quick
    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def live(kiosk: Kiosk, dice: random.Random) -> None:
    """One more thing happens; most visits go well, as at a real kiosk."""
    choices: list[tuple[int, Callable[[], object]]] = [
        (40, lambda: well(kiosk, dice)),
        (8, lambda: kiosk.arrive(dice.random() < 0.5, dice.randint(1, 3),
                                 dice.choice(PRODUCTS), dice.choice(VERDICTS))),
        (8, kiosk.offer),
        (12, lambda: kiosk.pay(dice.choice(PAYMENTS), dice.random() < 0.3)),
        (8, lambda: kiosk.seal(dice.random() < 0.3)),
        (6, kiosk.hand_over),
        (2, lambda: kiosk.pass_on(dice.choice(("pay_at_counter", "paid_unseen", "no_printer")))),
        (2, kiosk.fail_for_good),
        (2, lambda: kiosk.leave("cancelled")),
        (2, lambda: kiosk.jump(dice.choice((*JUMPS, 700.0)) if dice.random() < 0.2 else 0.05)),
        (8, lambda: kiosk.fuse(dice.randint(0, 6), dice.choice(("before", "after")))),
        (3, lambda: kiosk.network(dice.random() < 0.2, dice.random() < 0.3)),
        (3, lambda: kiosk.counter(dice.choice(("SCT/BS", "SCTĐT/BS")))),
        (4, kiosk.deliver),
        (6, lambda: kiosk.officers(dice.choice(("confirm", "void", "cancel", "lock")),
                                   dice.randint(0, 9999))),
    ]  # fmt: skip
    weights = [weight for weight, _ in choices]
    dice.choices([act for _, act in choices], weights)[0]()


def well(kiosk: Kiosk, dice: random.Random) -> None:
    """A visit as it should be; the process may still die in it."""
    kiosk.arrive(dice.random() < 0.5, dice.randint(1, 3), dice.choice(PRODUCTS), "accepted")
    kiosk.offer()
    kiosk.pay("exact")
    kiosk.seal(False)
    kiosk.hand_over()
    kiosk.hand_over()


def until(kiosk: Kiosk, copies: int, seed: int) -> int:
    """Live until so many numbers were used; returns how many copies they are."""
    dice, numbers, steps = random.Random(seed), 0, 0
    while numbers < copies:
        live(kiosk, dice)
        steps += 1
        if steps % 200 == 0:
            numbers = kiosk.store.read_now(lambda: EntryRow.select().count())
            kiosk.check()
    kiosk.settle()
    return numbers


@pytest.mark.parametrize("numbers", ["own", "ward"])
def test_a_day_at_a_busy_ward(quick: FastPki, tmp_path: Path, numbers: Numbers) -> None:
    kiosk = Kiosk(tmp_path, quick, numbers)
    assert until(kiosk, 60, seed=7) >= 60
    assert kiosk.killed > 3
    kiosk.close()


@pytest.mark.long
@pytest.mark.parametrize("numbers", ["own", "ward"])
def test_ten_thousand_copies(quick: FastPki, tmp_path: Path, numbers: Numbers) -> None:
    kiosk = Kiosk(tmp_path, quick, numbers)
    assert until(kiosk, 10_000, seed=2026) >= 10_000
    assert kiosk.killed > 500
    kiosk.close()
