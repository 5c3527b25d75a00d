"""The officer's commands: confirm, void, cancel, lock, pages, retain.

Each writes through the same transactions as the kiosk, and may run while it serves visitors.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from daemon.register import (
    bound,
    export,
    officer,
    period,
    retention,
    template,
    yearend,
)
from daemon.register.settings import RegisterSettings
from daemon.store import Store

DATABASE = Path("/var/lib/ward-kiosk/kiosk.db")
"""Where the daemon keeps it by default (`paths.state`)."""

FORMS = ("pdf", "csv", "xlsx")


def opened(path: Path) -> Store:
    """The database, which must be there."""
    if not path.is_file():
        raise FileNotFoundError(f"{path}: no database there")
    return Store.open(path)


def add(commands: Any) -> None:
    """Add the officer's commands to the parser's."""
    one = _command(commands, "confirm", _confirm, "paper was signed and sealed at the counter")
    _entry(one)
    two = _command(commands, "void", _void, "paper that will not be signed: the number is voided")
    _entry(two)
    two.add_argument("--reason", required=True, help="the note that stands in the register")
    three = _command(commands, "cancel", _cancel, "a valid copy is cancelled by a decision")
    _entry(three)
    three.add_argument("--decision", required=True, metavar="NUMBER")
    three.add_argument("--date", required=True, type=dt.date.fromisoformat, metavar="YYYY-MM-DD")
    four = _command(commands, "lock", _lock, "lock a register at the end of its year")
    four.add_argument("--year", required=True, type=int)
    four.add_argument("--sign", default="", help="which register, where there are several")
    four.add_argument("--by", required=True, metavar="NAME", help="who confirms the count")
    four.add_argument("--title", required=True)
    five = _command(commands, "pages", _pages, "the register of a month or a year, to be bound")
    five.add_argument("--period", required=True, type=period.month, metavar="YYYY-MM|YYYY")
    five.add_argument("--sign", default="", help="which register, where there are several")
    five.add_argument("--authority", default="", metavar="NAME", help="as it stands on the cover")
    five.add_argument("--output", required=True, type=Path, metavar="FILE.pdf|.csv|.xlsx")
    five.add_argument("--fonts", default=RegisterSettings().fonts, help="folder of the Noto fonts")
    names(five)
    six = _command(commands, "retain", _retain, "erase what need not be kept any longer")
    six.add_argument("--days", type=int, default=RegisterSettings().keep_days)


def names(parser: argparse.ArgumentParser) -> None:
    """The options that fill in the requesters' names, on the ward's own machine."""
    parser.add_argument("--ward-certificate", type=Path, metavar="PEM")
    parser.add_argument("--ward-key", type=Path, metavar="PEM", help="opens the sealed names")
    parser.add_argument(
        "--received", type=Path, metavar="FOLDER", help="sealed names that the ward got (*.cms)"
    )


def known_names(options: argparse.Namespace) -> export.Names | None:
    """Inside a read transaction."""
    if not options.ward_key:
        return None
    return export.Names(options.ward_certificate, options.ward_key, options.received)


# -- what each does ----------------------------------------------------------------------------


def _confirm(options: argparse.Namespace) -> int:
    def work(store: Store) -> str:
        entry = officer.find(options.number, options.volume)
        officer.confirm(store.outbox, entry, _now())
        return f"{entry.label} ({entry.volume}): {entry.note}"

    return _write(options, work)


def _void(options: argparse.Namespace) -> int:
    def work(store: Store) -> str:
        entry = officer.find(options.number, options.volume)
        officer.void_reserved(store.outbox, entry, options.reason, _now())
        return f"{entry.label} ({entry.volume}): voided, {entry.note}"

    return _write(options, work)


def _cancel(options: argparse.Namespace) -> int:
    def work(store: Store) -> str:
        entry = officer.find(options.number, options.volume)
        officer.cancel(store.outbox, entry, options.decision, options.date, _now())
        return f"{entry.label} ({entry.volume}): {entry.note}"

    return _write(options, work)


def _lock(options: argparse.Namespace) -> int:
    def work(store: Store) -> str:
        authority, sign = period.one_series(options.sign)
        made = yearend.lock(
            store.outbox, authority, sign, options.year, options.by, options.title, _now()
        )
        return (
            f"{made.sign} {made.year} locked on {made.locked_on}: last number {made.last}, "
            f"{made.valid} valid, {made.voided} voided, {made.copies} copies, {made.fee} đồng"
        )

    return _write(options, work)


def _retain(options: argparse.Namespace) -> int:
    def work(store: Store) -> str:
        done = retention.erase(_now(), options.days)
        return f"{done.requests} requests and {done.payments} payment codes emptied"

    return _write(options, work)


def _pages(options: argparse.Namespace) -> int:
    from daemon.register import spreadsheet  # only here a workbook is made

    form = options.output.suffix[1:].lower()
    if form not in FORMS:
        raise ValueError(f"--output: a file that ends in {', '.join(FORMS)} is right")
    first, last = options.period
    store = opened(options.database)
    try:
        found = store.read_now(lambda: period.read(options.sign, first, last, known_names(options)))
    finally:
        store.close_now()
    if form == "csv":
        options.output.write_text(spreadsheet.table(found), encoding="utf-8", newline="")
    elif form == "xlsx":
        options.output.write_bytes(spreadsheet.workbook(found))
    else:
        fonts = template.load("").fonts
        name = options.authority or found.authority
        options.output.write_bytes(bound.pdf(found, name, fonts, options.fonts))
    _told(options, f"{options.output}: {len(found.lines)} lines, {found.copies} copies")
    return 0


# -- parts -------------------------------------------------------------------------------------


def _write(options: argparse.Namespace, work: Callable[[Store], str]) -> int:
    store = opened(options.database)
    try:
        said = store.write_now(lambda: work(store))
    finally:
        store.close_now()
    _told(options, said)
    return 0


def _told(options: argparse.Namespace, said: str) -> None:
    if options.json:
        said = msgspec.json.encode({"done": options.command, "text": said}).decode()
    sys.stdout.write(f"{said}\n")


def _now() -> float:
    return dt.datetime.now(dt.UTC).timestamp()


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], told: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=told)
    made.add_argument("--database", type=Path, default=DATABASE, help=f"default {DATABASE}")
    made.add_argument("--json", action="store_true")
    made.set_defaults(run=run)
    return made


def _entry(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", metavar="NUMBER", help="as printed: 0042")
    parser.add_argument("volume", metavar="VOLUME", help="as printed: 01/2026-SCT/BS")
