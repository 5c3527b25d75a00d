"""What is looked at: status, devices, alarms, errors; and maintenance."""

from __future__ import annotations

import time
from collections.abc import Sequence

from daemon.console import report
from daemon.console.commands.base import Asking, Command, Result, chosen, duration, nothing, one_of
from daemon.console.inside import Code, ConsoleError, Fault, PartRow, Status
from daemon.console.rows import AlarmRow

ALARMS = "alarms [ack CODE]"


def _status(link: Asking, words: Sequence[str]) -> Result:
    nothing(words, "status")
    now: Status = link.ask("status", Status)
    return Result(now, report.status(now))


def _alarms(link: Asking, words: Sequence[str]) -> Result:
    if not words:
        rows: tuple[AlarmRow, ...] = link.ask("alarms", tuple[AlarmRow, ...])
        now: Status = link.ask("status", Status)
        lines = [*report.alarm_rows(rows, now.at), *report.not_offered(now)]
        return Result(rows, lines or ["No alarm."])
    _, rest = chosen(words, ("ack",), ALARMS)
    if len(rest) != 1:
        raise ConsoleError(Code.USAGE, ALARMS)
    rows = link.ask("alarms.ack", tuple[AlarmRow, ...], code=rest[0])
    return Result(rows, [f"{row.code}: seen. It stays until it is mended." for row in rows])


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
    nothing(words, "errors")
    rows: tuple[Fault, ...] = link.ask("faults", tuple[Fault, ...])
    return Result(rows, report.faults(rows, time.time()))


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
    nothing(words, "version")
    now: Status = link.ask("status", Status)
    return Result(
        {"kiosk": now.kiosk, "version": now.version}, [f"{now.kiosk} runs Ward Kiosk {now.version}"]
    )


COMMANDS: tuple[Command, ...] = (
    Command("status", "status [--watch]", "one screen about the whole kiosk", "view", _status),
    Command("devices", "devices [show NAME]", "devices and their health", "view", _devices),
    Command("alarms", ALARMS, "what needs somebody, worst first", "view", _alarms),
    Command("errors", "errors", "what broke since the start", "view", _errors),
    Command(
        "maintenance",
        "maintenance on [--for 2h] [--reason TEXT] | off",
        "takes the kiosk out of service when free",
        "tech",
        _maintenance,
    ),
    Command("version", "version", "which kiosk, which software", "view", _version),
)
