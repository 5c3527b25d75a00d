"""What one can say to the desk on its own machine: who is there, issue, revoke, audit."""

from __future__ import annotations

import argparse
import datetime as dt
import getpass
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from daemon.desk import control
from daemon.desk.authority import write
from daemon.desk.config import DeskConfig
from daemon.desk.desk import Desk
from daemon.desk.issue import Issued, issue_kiosk, issue_officer
from daemon.desk.people import Term

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,30}")


class CommandError(Exception):
    """The text says what was read and what would be right."""

    def __init__(self, text: str, code: int = 2) -> None:
        super().__init__(text)
        self.code = code


def add_words(words: Any) -> None:
    """The grammar."""
    words.add_parser("status", help="who is connected, how many requests wait")
    words.add_parser("people", help="certificates: whose, until when, revoked")
    words.add_parser("audit", help="is the desk's audit log whole; its last lines")
    issue = words.add_parser("issue", help="a certificate for an officer's browser or a kiosk")
    issue.add_argument("role", choices=("certifier", "kiosk"))
    issue.add_argument("name", help="short name of the officer, or the kiosk's id")
    issue.add_argument("--out", type=Path, required=True, help="folder for the files")
    issue.add_argument("--full-name", default="", help="as in the statement")
    issue.add_argument("--title", action="append", default=[], help="a line of the title; 1 to 3")
    issue.add_argument("--decision", default="", help="number of the writing that authorises")
    issue.add_argument("--from", dest="first", type=dt.date.fromisoformat, default=None)
    issue.add_argument("--to", dest="last", type=dt.date.fromisoformat, default=None)
    revoke = words.add_parser("revoke", help="every certificate of a name, at once")
    revoke.add_argument("name")


def status(config: DeskConfig, options: argparse.Namespace) -> int:
    """`status`."""
    try:
        found = control.ask(config.runtime)
    except (OSError, msgspec.MsgspecError) as error:
        raise CommandError(f"the desk does not run here: {error}", 1) from None
    return _said(
        options,
        found,
        [
            f"Officers: {', '.join(found.officers) or 'nobody'}; {found.may_decide} may decide.",
            f"Requests: {found.waiting} waiting, {found.held} being looked at.",
            f"Decisions: {found.decided}, median {found.median_s:g} s of an officer.",
            *(
                f"{one.name}  {'connected' if one.online else 'no line'}  {one.doing}"
                for one in found.kiosks
            ),
        ],
    )


def people(config: DeskConfig, options: argparse.Namespace) -> int:
    """`people`; PINs are not shown, not even as they are kept."""
    rows = [
        {
            "name": one.name,
            "role": one.role,
            "serial": one.serial,
            "until": one.until.isoformat(timespec="seconds"),
            "revoked": one.revoked.isoformat(timespec="seconds") if one.revoked else "",
            "full_name": one.term.full_name if one.term else "",
            "title": list(one.term.title) if one.term else [],
            "valid_from": one.term.valid_from.isoformat() if one.term else "",
            "valid_to": one.term.valid_to.isoformat() if one.term else "",
        }
        for one in Desk(config).people.all()
    ]
    lines = [
        f"{row['name']}  {row['role']}  {row['full_name']}  until {str(row['until'])[:10]}  "
        f"{'REVOKED' if row['revoked'] else ''}".rstrip()
        for row in rows
    ]
    return _said(options, rows, lines or ["No certificate was issued."])


def audit(config: DeskConfig, options: argparse.Namespace) -> int:
    """`audit`."""
    try:
        entries = Desk(config).chain.entries()
    except ValueError as error:
        _said(options, {"good": False, "wrong": str(error)}, [f"The log is BROKEN: {error}"])
        return 1
    lines = [
        f"{one.n}  {one.at}  {one.who}  {one.what}  {one.kiosk} {one.reason}".rstrip()
        for one in entries[-20:]
    ]
    good = {"good": True, "entries": len(entries), "last": entries[-20:]}
    return _said(options, good, [f"The log is whole: {len(entries)} entries.", *lines])


def issue(config: DeskConfig, options: argparse.Namespace) -> int:
    """`issue`."""
    if not NAME.fullmatch(options.name):
        raise CommandError(f"name: read {options.name!r}, small letters, digits and - are right")
    if not options.out.is_dir():
        raise CommandError(f"--out: {options.out} is no folder")
    desk = Desk(config)
    desk.files()
    if options.role == "kiosk":
        made = issue_kiosk(desk, options.name, by=_me())
        keep = {f"{options.name}.pem": made.certificate, f"{options.name}.key": made.key}
        keep["desk-ca.pem"] = desk.authority.certificate_file.read_bytes()
    else:
        made = issue_officer(desk, options.name, _term(options), by=_me())
        keep = {f"{options.name}.p12": made.p12}
    for name, data in keep.items():
        write(options.out / name, data)
    return _said(options, _told(made, list(keep)), _lines(made, list(keep)))


def revoke(config: DeskConfig, options: argparse.Namespace) -> int:
    """`revoke`; the server reads it at the next question."""
    desk = Desk(config)
    count = desk.people.revoke(options.name)
    if not count:
        raise CommandError(f"{options.name}: no certificate of this name holds", 1)
    desk.chain.add(_me(), "revoke", reason=options.name)
    return _said(options, {"revoked": count}, [f"{count} certificates of {options.name} revoked."])


def _term(options: argparse.Namespace) -> Term:
    if not options.full_name or not 1 <= len(options.title) <= 3:
        raise CommandError("--full-name and one to three --title are needed for a certifier")
    usual = Term("", ())
    first, last = options.first or usual.valid_from, options.last or usual.valid_to
    if last < first:
        raise CommandError(f"--to: read {last}, a day not before {first} is right")
    return Term(options.full_name, tuple(options.title), options.decision, first, last)


def _told(made: Issued, files: list[str]) -> dict[str, Any]:
    told: dict[str, Any] = {"name": made.person.name, "serial": made.person.serial, "files": files}
    return told | ({"passphrase": made.passphrase, "pin": made.pin} if made.p12 else {})


def _lines(made: Issued, files: list[str]) -> list[str]:
    lines = [f"Written: {', '.join(files)}; holds until {made.person.until:%Y-%m-%d}."]
    if made.p12:
        lines += [
            f"Passphrase of the file: {made.passphrase}",
            f"PIN at the desk: {made.pin}",
            "Both are shown only now.",
        ]
    return lines


def _me() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _said(options: argparse.Namespace, data: Any, lines: list[str]) -> int:
    text = msgspec.json.encode(data).decode() if options.json else "\n".join(lines)
    sys.stdout.write(text + "\n")
    return 0


WORDS: dict[str, Callable[[DeskConfig, argparse.Namespace], int]] = {
    "status": status,
    "people": people,
    "audit": audit,
    "issue": issue,
    "revoke": revoke,
}
