"""`python -m daemon.register verify|audit|export|pages|…`: the doors for scripts and officers.

Exit codes: 0 good · 1 not good (not genuine, chain broken) · 2 wrong use or unreadable input.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import sys
import warnings
from pathlib import Path

import msgspec

from daemon.register import audit, certificates, export, lookup, proof_commands, verify
from daemon.register.commands import DATABASE, add, known_names, names, opened
from daemon.register.errors import RegisterError
from daemon.register.facts import Head
from daemon.register.report import Report
from daemon.store import StoreError

GOOD, BAD, USAGE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    options = _parser().parse_args(arguments)
    # pyHanko logs a traceback for each untrusted certificate; the report says it in one word
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pikepdf, on damaged files: the report says it
            return int(options.run(options))
    except (RegisterError, StoreError, OSError, ValueError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        if getattr(options, "json", False):
            _json({"error": getattr(error, "code", "") or type(error).__name__, "text": str(error)})
        return USAGE


def _verify(options: argparse.Namespace) -> int:
    roots = certificates.load_pem(options.root)
    report = verify.verify(options.file.read_bytes(), roots)
    if options.database:
        store = opened(options.database)
        try:
            report = store.read_now(lambda: lookup.compare(report))
        finally:
            store.close_now()
    if options.json:
        _json(report)
    else:
        print(_words(report))
    return GOOD if report.genuine else BAD


def _audit(options: argparse.Namespace) -> int:
    known = None
    if options.head:
        seq, _, digest = options.head.partition(":")
        if not seq.isdigit() or len(digest) != 64:
            print("audit: --head: SEQ:HASH is right, as `audit` prints it", file=sys.stderr)
            return USAGE
        known = Head(int(seq), digest)
    store = opened(options.database)
    try:
        found = store.read_now(lambda: audit.audit(known))
    finally:
        store.close_now()
    if options.json:
        _json({"good": found.good, **msgspec.to_builtins(found)})
    else:
        print(
            f"{found.entries} entries ({found.valid} valid, {found.reserved} reserved, "
            f"{found.voided} voided), {found.links} links, head {found.head.seq}:{found.head.hash}"
        )
        for finding in found.findings:
            print(f"{finding.code}: {finding.where}: {finding.detail}")
    return GOOD if found.good else BAD


def _export(options: argparse.Namespace) -> int:
    store = opened(options.database)

    def work() -> str:
        return export.table(options.first, options.last, known_names(options))

    try:
        text = store.read_now(work)
    finally:
        store.close_now()
    if options.output:
        options.output.write_text(text, encoding="utf-8", newline="")
    else:
        sys.stdout.write(text)
    return GOOD


def _json(value: object) -> None:
    print(msgspec.json.encode(value).decode())


def _words(report: Report) -> str:
    lines = [f"{'genuine' if report.genuine else 'NOT GENUINE'}"]
    if report.sample:
        lines[0] += " (SAMPLE: no legal value)"
    if report.problems:
        lines.append(f"problems: {', '.join(report.problems)}")
    if report.number:
        lines.append(
            f"number {report.number}, volume {report.volume}, {report.date}: {report.kind}, "
            f"{report.pages} pages, {report.copies} copies, authority {report.authority}"
        )
    if report.level:
        lines.append(f"signatures: PAdES {report.level}")
    if report.status:
        lines.append(f"register: {report.status} {report.note}".rstrip())
    lines += [
        f"{each.field}: {each.signer}, {each.signed_at}, "
        f"{'intact' if each.intact else 'broken'}, {'trusted' if each.trusted else 'not trusted'}"
        for each in report.signatures
    ]
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m daemon.register",
        description="Check certified copies and the register.",
        epilog="Exit codes: 0 good, 1 not genuine or broken, 2 wrong use or unreadable input.",
    )
    commands = parser.add_subparsers(dest="command", required=True)

    one = commands.add_parser("verify", help="is this certified copy genuine and unaltered?")
    one.add_argument("file", type=Path, metavar="FILE.pdf")
    one.add_argument(
        "--root", action="append", default=[], metavar="PEM",
        help="a root to trust (repeat); without one nothing is genuine",
    )  # fmt: skip
    one.add_argument("--database", type=Path, help="the register to look it up in as well")
    one.add_argument("--json", action="store_true")
    one.set_defaults(run=_verify)

    two = commands.add_parser("audit", help="does the register hold together?")
    two.add_argument("--database", type=Path, default=DATABASE, help=f"default {DATABASE}")
    two.add_argument("--head", metavar="SEQ:HASH", help="a head that was published earlier")
    two.add_argument("--json", action="store_true")
    two.set_defaults(run=_audit)

    three = commands.add_parser("export", help="the register as CSV")
    three.add_argument("--database", type=Path, default=DATABASE, help=f"default {DATABASE}")
    three.add_argument("--from", dest="first", type=dt.date.fromisoformat, default=dt.date.min)
    three.add_argument("--to", dest="last", type=dt.date.fromisoformat, default=dt.date.max)
    three.add_argument("--output", type=Path, metavar="FILE.csv")
    names(three)
    three.set_defaults(run=_export)
    proof_commands.add(commands, DATABASE)
    add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
