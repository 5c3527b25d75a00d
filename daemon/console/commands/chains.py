"""`audit` and `register`: the chains that nobody can change unseen."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence

from daemon.catalogue.calendar import VIETNAM
from daemon.console.commands.base import (
    Asking,
    Command,
    Result,
    chosen,
    new_file,
    options,
    whole,
)
from daemon.console.inside import Code
from daemon.console.paper import table, wrapped
from daemon.console.remedies import remedy
from daemon.console.report import clock
from daemon.console.rows import AuditRecord, AuditVerdict, CertificateRow, RegisterRow

REGISTER = "register verify | certificates | export [--year 2026] [--out FILE]"
AUDIT = "audit tail [--lines 20] | audit verify"


def _audit(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("tail", "verify"), AUDIT)
    if verb == "tail":
        _, given = options(rest, AUDIT, {"--lines": "20"})
        lines = whole(given["--lines"], "--lines")
        rows: tuple[AuditRecord, ...] = link.ask("audit.tail", tuple[AuditRecord, ...], lines=lines)
        return Result(rows, _tail(rows))
    options(rest, AUDIT, {})
    found: AuditVerdict = link.ask("audit.verify", AuditVerdict)
    if not found.good:
        return Result(found, ["The audit log is BROKEN: " + found.wrong], Code.FAILED)
    text = f"The audit log is whole: {found.entries} entries, {found.first} to {found.n}."
    return Result(found, [text, *wrapped(f"Head {found.n}: sha256:{found.hash}")])


def _tail(rows: Sequence[AuditRecord]) -> list[str]:
    now = time.time()
    return table(
        ("N", "AT", "WHO", "FROM", "RESULT", "COMMAND"),
        [
            (
                str(row.n),
                clock(row.at, now),
                row.who,
                row.origin or "?",
                row.result,
                " ".join([row.command, *(f"{name}={text}" for name, text in row.args.items())]),
            )
            for row in rows
        ],
        (6, 8, 10, 14, 8),
    )


def _register(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("verify", "export", "certificates"), REGISTER)
    if verb == "export":
        return _export(link, rest)
    options(rest, f"register {verb}", {})
    if verb == "certificates":
        return _certificates(link)
    found: RegisterRow = link.ask("register.verify", RegisterRow)
    text = f"{found.entries} entries ({found.valid} valid, {found.voided} voided), "
    lines = [f"{text}{found.links} links.", *wrapped(f"Head {found.head}")]
    if found.good:
        return Result(found, ["The register is whole: " + lines[0], *lines[1:]])
    bad = [line for finding in found.findings for line in wrapped(finding, 2)]
    return Result(found, ["The register is BROKEN: " + lines[0], *bad], Code.FAILED)


def _certificates(link: Asking) -> Result:
    rows: tuple[CertificateRow, ...] = link.ask("register.certificates", tuple[CertificateRow, ...])
    lines = table(
        ("WHOSE", "STATE", "DAYS", "FROM", "TO", "SERIAL"),
        [
            (
                row.role,
                row.state,
                str(row.days) if row.serial else "-",
                _day(row.begins) if row.serial else "-",
                _day(row.ends) if row.serial else "-",
                row.serial or "-",
            )
            for row in rows
        ],
        (10, 19, 6, 11, 11),
    )
    for state in dict.fromkeys(row.state for row in rows if row.state != "ok"):
        lines += wrapped(remedy("certificate", state, ""), 2)
    wrong = any(row.state != "ok" for row in rows)
    return Result(rows, lines, Code.FAILED if wrong else Code.OK)


def _day(moment: float) -> str:
    return f"{dt.datetime.fromtimestamp(moment, VIETNAM):%d/%m/%Y}"


def _export(link: Asking, words: Sequence[str]) -> Result:
    _, given = options(words, REGISTER, {"--out": "", "--year": ""})
    place = new_file(given["--out"] or "register.csv")
    year = whole(given["--year"], "--year") if given["--year"] else 0
    count: int = link.talk("register.export", int, keep=place, year=year)
    return Result(
        {"entries": count},
        [f"{count} entries; the requesters' names are in the ward's book only."],
    )


COMMANDS = (
    Command(
        "register",
        REGISTER,
        "is the register whole; its pages as CSV; how long the certificates hold",
        "view",
        _register,
    ),
    Command("audit", AUDIT, "every command that was given; is the log whole", "view", _audit),
)
