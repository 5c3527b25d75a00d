"""`config`: looked at, checked, changed; a change undoes itself unless it is confirmed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from daemon.console import report
from daemon.console.commands.base import Asking, Command, Result, chosen, nothing, options, whole
from daemon.console.inside import Code, ConsoleError, Setting
from daemon.console.paper import table, wrapped
from daemon.console.rows import Commit, MistakeRow, VersionRow

USAGE = (
    "config show [SECTION] | diff | check FILE | set KEY VALUE | commit [--confirm 10] | "
    "rollback N | history | export"
)
_VERBS = ("show", "diff", "check", "set", "commit", "rollback", "history", "export")


def _config(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, _VERBS, USAGE)
    return {
        "show": _show,
        "diff": _diff,
        "check": _check,
        "set": _set,
        "commit": _commit,
        "rollback": _rollback,
        "history": _history,
        "export": _export,
    }[verb](link, rest)


def _show(link: Asking, words: list[str]) -> Result:
    plain, _ = options(words, USAGE, {}, most=1)
    rows: tuple[Setting, ...] = link.ask("settings", tuple[Setting, ...])
    if plain:
        under = plain[0] + "."
        rows = tuple(row for row in rows if row.key == plain[0] or row.key.startswith(under))
        if not rows:
            raise ConsoleError(Code.FAILED, f"no key or section {plain[0]!r}")
    return Result(rows, report.settings(rows))


def _diff(link: Asking, words: list[str]) -> Result:
    nothing(words, "config diff")
    rows: tuple[Setting, ...] = link.ask("settings", tuple[Setting, ...])
    rows = tuple(row for row in rows if not row.default)
    return Result(rows, report.settings(rows) if rows else ["All keys have their defaults."])


def _check(link: Asking, words: list[str]) -> Result:
    plain, _ = options(words, USAGE, {}, most=1)
    if not plain:
        raise ConsoleError(Code.USAGE, "config check FILE")
    try:
        text = Path(plain[0]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConsoleError(Code.USAGE, f"{plain[0]}: {error}") from None
    wrong: tuple[MistakeRow, ...] = link.ask("config.check", tuple[MistakeRow, ...], text=text)
    if not wrong:
        return Result(wrong, [f"{plain[0]}: no mistake."])
    return Result(wrong, [line for one in wrong for line in wrapped(one.shown())], Code.FAILED)


def _set(link: Asking, words: list[str]) -> Result:
    if len(words) != 2:
        raise ConsoleError(Code.USAGE, "config set KEY VALUE (VALUE default: as in the file)")
    changes: dict[str, str] = link.ask("config.set", dict[str, str], key=words[0], value=words[1])
    return Result(changes, [*_candidate(changes), "config commit --confirm 10 applies it."])


def _candidate(changes: dict[str, str]) -> list[str]:
    return [f"* {key} = {value}" for key, value in changes.items()] or ["No change."]


def _commit(link: Asking, words: list[str]) -> Result:
    _, given = options(words, USAGE, {"--confirm": "0", "--no-wait": False})
    minutes = whole(given["--confirm"], "--confirm")
    if minutes > 60:
        raise ConsoleError(Code.USAGE, "--confirm: 60 minutes at most")
    row: Commit = link.talk(
        "config.commit", Commit, confirm=60.0 * minutes, wait=not given["--no-wait"]
    )
    if row.confirmed:
        return Result(row, [f"Version {row.n} is confirmed: it stays."])
    lines = [f"Version {row.n}: the kiosk restarts with it now."]
    if row.confirm:
        lines.append(f"Unless `config commit` confirms it within {minutes} minutes, it is undone.")
    return Result(row, lines)


def _rollback(link: Asking, words: list[str]) -> Result:
    if len(words) != 1:
        raise ConsoleError(Code.USAGE, "config rollback N (0 = the file alone)")
    changes: dict[str, str] = link.ask(
        "config.rollback", dict[str, str], n=whole(words[0], "config rollback")
    )
    return Result(changes, [*_candidate(changes), "config commit applies it."])


def _history(link: Asking, words: list[str]) -> Result:
    nothing(words, "config history")
    rows: tuple[VersionRow, ...] = link.ask("config.history", tuple[VersionRow, ...])
    if not rows:
        return Result(rows, ["Nothing was ever committed: the file alone holds."])
    now = time.time()
    lines = table(
        ("N", "STATE", "AT", "WHO", "KEYS"),
        [
            (str(row.n), row.state, report.clock(row.at, now), row.who, " ".join(row.keys))
            for row in rows
        ],
        (5, 9, 9, 12),
    )
    return Result(rows, lines)


def _export(link: Asking, words: list[str]) -> Result:
    nothing(words, "config export")
    text: str = link.ask("config.export", str)
    return Result({"toml": text}, text.splitlines())


COMMANDS = (
    Command("config", USAGE, "configuration; diff = other than the defaults", "view", _config),
)
