"""`payment`: an officer's cash and exemptions, on the record and in the audit log."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from daemon.console.inside import Code
from daemon.machine import effects as fx
from daemon.machine.events import AnyEvent, PaymentSeen
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.test_console_commands import kioskctl
from tests.console.test_console_terminal import environment
from tests.register.made import DEGREE, FONT, Request

FEE = 2000

if not Path(FONT).is_file():
    pytest.skip("fonts-noto-core is not installed", allow_module_level=True)


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    tariff = tmp_path_factory.mktemp("tariff") / "tariff.toml"
    own = Path(__file__).parents[2] / "daemon" / "payment" / "tariff.toml"
    ground = '[exemption.ho_ngheo]\nname_vi = "Hộ nghèo"\nname_en = "Poor"\nlegal_basis = "NQ 1"\n'
    tariff.write_text(own.read_text(encoding="utf-8") + ground, encoding="utf-8")
    with kiosk_running(payment={"tariff": str(tariff)}) as running:
        yield running


def offered(kiosk: Running) -> tuple[str, list[AnyEvent]]:
    """A visitor stands at the payment screen: the code, and what his screen is told."""
    money, register = kiosk.app.money, kiosk.app.register
    told: list[AnyEvent] = []
    assert money is not None and register is not None
    kiosk.serve()
    visit = money._visits.now
    visit.authorisation = kiosk.wait(Request(DEGREE).accepted(register))
    visit.fees = (FEE,)
    kiosk.wait(money.offer(fx.OfferPayment(FEE), told.append))
    return money.memo, told


def say(kiosk: Running, answer: str, *words: str) -> str:
    """What is said on a terminal, with one answer to its question."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "daemon.console.kioskctl", "--socket", str(kiosk.socket), *words],
        env=environment("vt100"),
        encoding="utf-8",
        timeout=60,
    )
    child.expect(r"\[y/n\]")
    asked = str(child.before)
    child.sendline(answer)
    child.expect(pexpect.EOF)
    return asked + str(child.before)


def test_cash_with_the_number_of_the_receipt(kiosk: Running) -> None:
    memo, told = offered(kiosk)
    try:
        shown = kioskctl(kiosk.socket, "payment", "show").stdout
        assert memo in shown and "2000 VND" in shown and "ho_ngheo" in shown
        assert "nothing was changed" in say(kiosk, "n", "payment", "counter", memo, "BL-7")
        assert not [one for one in told if isinstance(one, PaymentSeen)]
        done = say(kiosk, "y", "payment", "counter", memo, "BL-7")
        assert "2000 VND taken in cash" in done and "The visitor goes on" in done
        assert PaymentSeen("exact") in told
        again = say(kiosk, "y", "payment", "counter", memo, "BL-7")
        assert "given before" in again
    finally:
        kiosk.leave()
    rows = json.loads(kioskctl(kiosk.socket, "audit", "tail", "--json").stdout)
    (entry, *_) = [row for row in rows if row["command"] == "payment.counter"][1:]
    assert entry["args"] == {"code": memo, "receipt": "BL-7"} and entry["result"] == "ok"


def test_an_exemption_by_its_code_and_decision(kiosk: Running) -> None:
    memo, told = offered(kiosk)
    try:
        words = ("payment", "exempt", memo, "12/QĐ-UBND", "--ground")
        assert "one of the tariff is right" in say(kiosk, "y", *words, "made_up").replace(
            "\r\n", " "
        )
        assert "waived, 0 VND" in say(kiosk, "y", *words, "ho_ngheo")
        assert PaymentSeen("waived") in told
    finally:
        kiosk.leave()


def test_what_is_owed_is_listed_and_noted_as_paid_back(kiosk: Running) -> None:
    money = kiosk.app.money
    assert money is not None
    assert "Nothing is owed back" in kioskctl(kiosk.socket, "payment", "refunds").stdout
    kiosk.wait(money.notice("no code of ours", 5000, "FT-1"))
    shown = kioskctl(kiosk.socket, "payment", "refunds").stdout
    assert "FT-1" in shown and "5000 VND" in shown and "unknown" in shown
    too_much = kioskctl(kiosk.socket, "payment", "refunded", "FT-1", "6000", "PC-1")
    assert too_much.returncode == Code.FAILED and "is not owed" in too_much.stderr
    assert kioskctl(kiosk.socket, "payment", "refunded", "FT-1", "5000", "PC-1").returncode == 0
    assert "Nothing is owed back" in kioskctl(kiosk.socket, "payment", "refunds").stdout


@pytest.mark.parametrize(
    "words",
    [
        ["payment"],
        ["payment", "counter", "SYABCDEFGH"],
        ["payment", "exempt", "SYABCDEFGH"],
        ["payment", "refunded", "FT-1", "much", "PC-1"],
        ["payment", "show", "x"],
    ],
)
def test_wrong_words_are_usage(kiosk: Running, words: list[str]) -> None:
    assert kioskctl(kiosk.socket, *words).returncode == Code.USAGE


def test_a_code_that_is_not_ours_is_named(kiosk: Running) -> None:
    done = kioskctl(kiosk.socket, "payment", "counter", "SYABCDEFGH", "BL-8")
    assert done.returncode == Code.FAILED and "a payment code of this kiosk" in done.stderr
