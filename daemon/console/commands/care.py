"""`selftest`, `bundle`, `update`, `app restart`, `reboot`, `poweroff`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from daemon.console.commands.base import Asking, Command, Result, chosen, nothing, options
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import plain, wrapped
from daemon.console.rows import BundleRow, CheckRow

BUNDLE = "bundle [--out FILE]"
UPDATE = "update ADDRESS [--no-wait]"
_POWER = " [--reason WHY] [--no-wait]"


def _selftest(link: Asking, words: Sequence[str]) -> Result:
    nothing(words, "selftest")
    rows: tuple[CheckRow, ...] = link.talk("selftest", tuple[CheckRow, ...])
    counts = {name: sum(row.outcome == name for row in rows) for name in ("PASS", "WARN", "FAIL")}
    text = ", ".join(f"{count} {name}" for name, count in counts.items())
    return Result(rows, [text], Code.FAILED if counts["FAIL"] else Code.OK)


def _bundle(link: Asking, words: Sequence[str]) -> Result:
    _, given = options(words, BUNDLE, {"--out": ""})
    place = Path(given["--out"] or "kiosk-bundle.tar.xz")
    if place.exists() or not place.parent.is_dir():
        raise ConsoleError(Code.USAGE, f"--out {place}: a new file in a folder that exists")
    row: BundleRow = link.talk("bundle", BundleRow, keep=place)
    return Result(row, wrapped(f"sha256 {row.sha256}"))


def _app(link: Asking, words: Sequence[str]) -> Result:
    _, rest = chosen(words, ("restart",), "app restart" + _POWER)
    return _power("restart", "app restart")(link, rest)


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


def _update(link: Asking, words: Sequence[str]) -> Result:
    plain_words, given = options(words, UPDATE, {"--no-wait": False}, most=1)
    if len(plain_words) != 1:
        raise ConsoleError(Code.USAGE, UPDATE)
    where = link.talk("update", str, where=plain_words[0], wait=not given["--no-wait"])
    return Result({"update": where}, wrapped(f"Asked for: {where}. logs -u kiosk-update tells."))


COMMANDS = (
    Command("selftest", "selftest", "the checks of the start again", "tech", _selftest),
    Command("bundle", BUNDLE, "an archive for support: no citizen, no secret", "tech", _bundle),
    Command("update", UPDATE, "a bundle is fetched and tried", "admin", _update),
    Command("app", "app restart" + _POWER, "the daemon starts anew, when free", "tech", _app),
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
