"""`payment`: cash and exemptions of an officer beside the kiosk, and what is owed back."""

from __future__ import annotations

import time
from collections.abc import Sequence

from daemon.console.commands.base import Asking, Command, Result, chosen, nothing, options, whole
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import table, wrapped
from daemon.console.report import clock
from daemon.console.rows import FeeRow, OwedRow, SettledRow

USAGE = "payment show | counter CODE RECEIPT | exempt CODE DECISION | refunds"
COUNTER = "payment counter CODE RECEIPT"
EXEMPT = "payment exempt CODE DECISION [--ground NAME]"
REFUNDED = "payment refunded REFERENCE AMOUNT VOUCHER"


def _payment(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("show", "counter", "exempt", "refunds", "refunded"), USAGE)
    match verb:
        case "counter":
            code, receipt = _plain(rest, COUNTER, 2)
            return _said(link.talk("payment.counter", SettledRow, code=code, receipt=receipt))
        case "exempt":
            plain, given = options(rest, EXEMPT, {"--ground": ""}, 2)
            code, decision = _plain(plain, EXEMPT, 2)
            args = {"code": code, "exemption": given["--ground"], "decision": decision}
            return _said(link.talk("payment.exempt", SettledRow, **args))
        case "refunded":
            reference, amount, voucher = _plain(rest, REFUNDED, 3)
            owed = whole(amount, "AMOUNT")
            link.ask("payment.refunded", bool, reference=reference, amount=owed, voucher=voucher)
            return Result({"refunded": owed}, [f"{owed} went back for {reference}."])
    nothing(rest, f"payment {verb}")
    return _refunds(link) if verb == "refunds" else _show(link)


def _plain(words: Sequence[str], usage: str, count: int) -> list[str]:
    if len(words) != count:
        raise ConsoleError(Code.USAGE, usage)
    return list(words)


def _show(link: Asking) -> Result:
    row: FeeRow = link.ask("payment", FeeRow)
    lines = [f"{row.code}  {row.amount} VND" if row.code else "No payment code is shown now."]
    for name, text in row.exemptions.items():
        lines += wrapped(f"{name}: {text}", 2)
    return Result(row, lines)


def _said(row: SettledRow) -> Result:
    if row.refund:
        text = f"{row.code}: {row.verdict}. {row.refund} VND have to go back."
        return Result(row, wrapped(text), Code.FAILED)
    return Result(row, [f"{row.code}: {row.verdict}, {row.amount} VND. The visitor goes on."])


def _refunds(link: Asking) -> Result:
    rows: tuple[OwedRow, ...] = link.ask("payment.refunds", tuple[OwedRow, ...])
    if not rows:
        return Result(rows, ["Nothing is owed back."])
    now = time.time()
    cells = [
        (row.reference, row.code or "-", row.verdict, f"{row.refund} {row.currency}",
         clock(row.at, now))
        for row in rows
    ]  # fmt: skip
    return Result(
        rows, table(("REFERENCE", "CODE", "ENDED", "OWED", "SEEN"), cells, (26, 12, 10, 16))
    )


COMMANDS = (
    Command("payment", USAGE, "cash, exemptions, what is owed back", "view", _payment, REFUNDED),
)
