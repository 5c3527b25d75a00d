"""`selftest`, `bundle`, `app restart`, `reboot`, `poweroff`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from daemon.console.commands import system
from daemon.console.commands.base import Asking, Command, Result, chosen, new_file, nothing, options
from daemon.console.inside import Code
from daemon.console.paper import plain, wrapped
from daemon.console.rows import BundleRow, CheckRow

BUNDLE = "bundle [--out FILE]"
PARTS = ("screen", "camera", "documents")
APP = "app restart [screen|camera|documents] [--reason WHY] [--no-wait] | app start"
_POWER = " [--reason WHY] [--no-wait]"


def _selftest(link: Asking, words: Sequence[str]) -> Result:
    nothing(words, "selftest")
    rows: tuple[CheckRow, ...] = link.talk("selftest", tuple[CheckRow, ...])
    counts = {name: sum(row.outcome == name for row in rows) for name in ("PASS", "WARN", "FAIL")}
    text = ", ".join(f"{count} {name}" for name, count in counts.items())
    lines = [text] if not counts["FAIL"] else [text, "alarms says what to do about each."]
    return Result(rows, lines, Code.FAILED if counts["FAIL"] else Code.OK)


def _bundle(link: Asking, words: Sequence[str]) -> Result:
    _, given = options(words, BUNDLE, {"--out": ""})
    place = new_file(given["--out"]) if given["--out"] else Path()
    row: BundleRow = link.talk("bundle", BundleRow, keep=place)
    sealed = (
        "Sealed: only the holder of the support key can read it."
        if row.sealed
        else "NOT sealed: console.support_certificate is empty."
    )
    return Result(row, [sealed, *wrapped(f"sha256 {row.sha256}")])


def _app(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("restart", "start"), APP)
    if verb == "start":
        nothing(rest, "app start")
        return system.start()
    if not rest or rest[0].startswith("-"):
        return _power("restart", "app restart")(link, rest)
    part, left = chosen(rest, PARTS, APP)
    _, given = options(left, APP, {"--no-wait": False})
    starts = link.talk("part.restart", int, part=part, wait=not given["--no-wait"])
    return Result({"part": part, "starts": starts}, [f"{part} runs again (start {starts})."])


def _power(
    what: Literal["restart", "reboot", "poweroff"], usage: str
) -> Callable[[Asking, Sequence[str]], Result]:
    def run(link: Asking, words: Sequence[str]) -> Result:
        known: dict[str, str | bool] = {"--reason": "none-given", "--no-wait": False}
        _, given = options(words, usage + _POWER, known)
        reason = "-".join(plain(given["--reason"]).split())
        link.talk("power", str, what=what, reason=reason, wait=not given["--no-wait"])
        return Result({"power": what, "reason": reason}, [f"{usage}: now."])

    return run


def _factory(link: Asking, words: Sequence[str]) -> Result:
    nothing(words, "factory-reset")
    state = link.talk("factory.reset", str)
    if state == "first":
        lines = [
            "Nothing is erased yet: within 10 minutes another admin, with an account of",
            "their own, gives the same command.",
        ]
    else:
        lines = ["The kiosk starts anew and erases. Take the signing token out and give it back."]
    return Result({"state": state}, lines)


COMMANDS = (
    Command("selftest", "selftest", "the checks of the start again", "tech", _selftest),
    Command("bundle", BUNDLE, "an archive for support: no citizen, no secret", "tech", _bundle),
    Command("app", APP, "the daemon, or one part of it, starts anew when free", "tech", _app),
    Command(
        "factory-reset",
        "factory-reset",
        "gives the kiosk back: two admins; the register stays",
        "admin",
        _factory,
    ),
    Command(
        "reboot",
        "reboot" + _POWER,
        "the machine starts anew, when free",
        "tech",
        _power("reboot", "reboot"),
    ),
    Command(
        "poweroff",
        "poweroff" + _POWER,
        "the machine goes off, when free",
        "tech",
        _power("poweroff", "poweroff"),
    ),
)
