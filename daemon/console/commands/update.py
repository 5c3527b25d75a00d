"""`update`: the two slots of the system, a new version into the other one, and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from daemon.console.commands.base import Asking, Command, Result, chosen, nothing, options
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import table, wrapped
from daemon.console.rows import BundleInfo, UpdateRow

USAGE = "update status | check FILE | install FILE | fetch ADDRESS | confirm | rollback"
FETCH = "update fetch ADDRESS [--no-wait]"
_VERBS = ("status", "check", "install", "fetch", "confirm", "rollback")


def _update(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, _VERBS, USAGE)
    if verb == "fetch":
        return _fetch(link, rest)
    if verb in ("check", "install"):
        if len(rest) != 1:
            raise ConsoleError(Code.USAGE, f"update {verb} FILE")
        path = str(Path(rest[0]).absolute())
        if verb == "check":
            info: BundleInfo = link.ask("update.check", BundleInfo, path=path)
            return Result(info, [f"{_said(info)}: signature good, for this machine."])
        info = link.talk("update.install", BundleInfo, path=path)
        return Result(
            info,
            [
                f"{_said(info)} is installed beside the running one.",
                "reboot changes over to it; `update confirm` then keeps it.",
            ],
        )
    nothing(rest, f"update {verb}")
    if verb == "rollback":
        row: UpdateRow = link.talk("update.rollback", UpdateRow)
        return Result(row, [*_slots(row), "reboot changes over."])
    row = link.ask("update.confirm" if verb == "confirm" else "update", UpdateRow)
    return Result(row, _slots(row))


def _fetch(link: Asking, words: Sequence[str]) -> Result:
    rest, given = options(words, FETCH, {"--no-wait": False}, most=1)
    if len(rest) != 1:
        raise ConsoleError(Code.USAGE, FETCH)
    where = link.talk("update.fetch", str, where=rest[0], wait=not given["--no-wait"])
    return Result({"update": where}, wrapped(f"Asked for: {where}. logs -u kiosk-update tells."))


def _said(info: BundleInfo) -> str:
    return f"version {info.version} ({info.size / 1e6:.0f} MB)"


def _slots(row: UpdateRow) -> list[str]:
    lines = table(
        ("SLOT", "STATE", "BOOT", "NEXT", "VERSION", "INSTALLED"),
        [
            (
                slot.name,
                slot.state,
                slot.boot_status or "-",
                "next" if slot.name == row.primary else "",
                slot.version or "-",
                slot.installed or "-",
            )
            for slot in row.slots
        ],
        (16, 9, 5, 5, 20),
    )
    return [f"system       {row.compatible or '?'}, started from {row.booted or '?'}", *lines]


COMMANDS = (
    Command("update", USAGE, "two slots; install and rollback want an admin", "view", _update),
)
