"""The commands of `kioskctl`: grammar, help, and what each asks the daemon."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec

from daemon.console import report
from daemon.console.client import DaemonDown
from daemon.console.inside import Code, ConsoleError, Fault, PartRow, Setting, Status
from daemon.console.wire import Role


class Asking(Protocol):
    """What a command needs of the connection."""

    def ask(self, verb: str, kind: type[Any], **args: str | int | float | bool) -> Any: ...


class Result(msgspec.Struct, frozen=True):
    """What a command found: data for machines, lines for people."""

    data: Any
    lines: list[str]
    code: Code = Code.OK


class Command(msgspec.Struct, frozen=True):
    """One command."""

    name: str
    usage: str
    help: str
    role: Role
    run: Callable[[Asking, Sequence[str]], Result]


def _status(link: Asking, words: Sequence[str]) -> Result:
    _none(words, "status")
    now: Status = link.ask("status", Status)
    return Result(now, report.status(now))


def _alarms(link: Asking, words: Sequence[str]) -> Result:
    _none(words, "alarms")
    now: Status = link.ask("status", Status)
    wrong = [part for part in (*now.devices, *now.services) if part.state in ("lost", "warn")]
    return Result(wrong, report.alarms(now) or ["No alarm."])


def _devices(link: Asking, words: Sequence[str]) -> Result:
    rows: tuple[PartRow, ...] = link.ask("devices", tuple[PartRow, ...])
    at = time.time()
    if not words:
        return Result(rows, report.devices(rows, at))
    if one_of(words[0], ("show",)) != "show" or len(words) != 2:
        raise ConsoleError(Code.USAGE, "devices [show NAME]")
    wanted = words[1].replace("-", "_")
    named = [row for row in rows if row.name == wanted] or [
        row for row in rows if row.name.startswith(wanted)
    ]
    if len(named) != 1:
        known = ", ".join(row.name for row in rows) or "none"
        raise ConsoleError(Code.ABSENT, f"no device {words[1]!r}; there are: {known}")
    return Result(named[0], report.device(named[0], at))


def _errors(link: Asking, words: Sequence[str]) -> Result:
    _none(words, "errors")
    rows: tuple[Fault, ...] = link.ask("faults", tuple[Fault, ...])
    return Result(rows, report.faults(rows, time.time()))


def _config(link: Asking, words: Sequence[str]) -> Result:
    if not words or one_of(words[0], ("show", "diff")) is None or len(words) > 2:
        raise ConsoleError(Code.USAGE, "config show [SECTION] | config diff")
    rows: tuple[Setting, ...] = link.ask("settings", tuple[Setting, ...])
    if one_of(words[0], ("show", "diff")) == "diff":
        rows = tuple(row for row in rows if not row.default)
        return Result(rows, report.settings(rows) if rows else ["All keys have their defaults."])
    if len(words) == 2:
        rows = tuple(row for row in rows if row.key == words[1] or _under(row.key, words[1]))
        if not rows:
            raise ConsoleError(Code.FAILED, f"no key or section {words[1]!r}")
    return Result(rows, report.settings(rows))


def _maintenance(link: Asking, words: Sequence[str]) -> Result:
    left = list(words)
    verb = one_of(left.pop(0), ("on", "off")) if left else None
    options = {"--for": "2h", "--reason": ""}
    while left:
        name = left.pop(0)
        if name not in options or not left:
            verb = None
            break
        options[name] = left.pop(0)
    if verb is None:
        raise ConsoleError(
            Code.USAGE, "maintenance on [--for 2h] [--reason TEXT] | maintenance off"
        )
    when = link.ask(
        "maintenance",
        str,
        on=verb == "on",
        reason=options["--reason"],
        seconds=duration(options["--for"]),
    )
    words_for = {"now": "now", "when_free": "as soon as nobody is being served"}
    text = f"Maintenance {verb}: {words_for.get(when, when)}."
    if verb == "on":
        text += f" Ends by itself after {options['--for']}."
    return Result({"maintenance": verb, "when": when}, [text])


def _version(link: Asking, words: Sequence[str]) -> Result:
    _none(words, "version")
    now: Status = link.ask("status", Status)
    return Result(
        {"kiosk": now.kiosk, "version": now.version}, [f"{now.kiosk} runs Ward Kiosk {now.version}"]
    )


COMMANDS: tuple[Command, ...] = (
    Command("status", "status [--watch]", "one screen about the whole kiosk", "view", _status),
    Command("devices", "devices [show NAME]", "devices and their health", "view", _devices),
    Command("alarms", "alarms", "what needs somebody, worst first", "view", _alarms),
    Command("errors", "errors", "what broke since the start", "view", _errors),
    Command(
        "config",
        "config show [SECTION] | config diff",
        "configuration; diff = what differs from the defaults",
        "view",
        _config,
    ),
    Command(
        "maintenance",
        "maintenance on [--for 2h] [--reason TEXT] | off",
        "takes the kiosk out of service when free",
        "tech",
        _maintenance,
    ),
    Command("version", "version", "which kiosk, which software", "view", _version),
)


def find(word: str) -> Command:
    """The command of this name or unique beginning.  Raises ConsoleError."""
    named = [command for command in COMMANDS if command.name == word] or [
        command for command in COMMANDS if command.name.startswith(word)
    ]
    if len(named) == 1:
        return named[0]
    if named:
        both = ", ".join(command.name for command in named)
        raise ConsoleError(Code.USAGE, f"{word!r} can be {both}")
    raise ConsoleError(Code.USAGE, f"no command {word!r}; try help")


def run(link: Asking, words: Sequence[str]) -> Result:
    """Runs one command.  Raises ConsoleError."""
    return find(words[0]).run(link, words[1:])


def one_of(word: str, choices: Sequence[str]) -> str | None:
    """The choice that begins so, if there is exactly one."""
    named = [choice for choice in choices if choice.startswith(word)]
    return named[0] if word and len(named) == 1 else None


def duration(text: str) -> float:
    """Seconds of `90s`, `30m`, `2h`.  Raises ConsoleError."""
    found = re.fullmatch(r"(\d{1,5})([smh])", text)
    if found is None:
        raise ConsoleError(Code.USAGE, f"{text!r} is no duration; 30m or 2h is right")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600}[found[2]]


def _none(words: Sequence[str], usage: str) -> None:
    if words:
        raise ConsoleError(Code.USAGE, f"{usage}: nothing comes after it, read {words[0]!r}")


def _under(key: str, section: str) -> bool:
    return key.startswith(section + ".")


__all__ = ["COMMANDS", "Asking", "Command", "DaemonDown", "Result", "find", "run"]
