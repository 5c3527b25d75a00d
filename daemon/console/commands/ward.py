"""What concerns the ward: `mqtt`, `outbox`, `queue`, `sessions`; and the clock."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence

from daemon.broker import BrokerLine
from daemon.catalogue.calendar import VIETNAM
from daemon.console.commands.base import Asking, Command, Result, chosen, nothing, options
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import table, wrapped
from daemon.console.report import span
from daemon.console.rows import ClockRow, DayRow, LineRow, OutboxRow, TurnRow

MQTT = "mqtt show | mqtt again"
QUEUE = (
    "queue show | line | call COUNTER [NUMBER] | recall COUNTER | skip COUNTER"
    " | transfer NUMBER GROUP | reset"
)
TIME = "time show | time sync | time set YYYY-MM-DD HH:MM[:SS]"


def _mqtt(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("show", "again"), MQTT)
    nothing(rest, f"mqtt {verb}")
    if verb == "again":
        now: bool = link.ask("mqtt.again", bool)
        text = "The ward is told again." if now else "The ward is told again with the next line."
        return Result({"line": now}, [text])
    row: BrokerLine = link.ask("mqtt", BrokerLine)
    if not row.broker:
        return Result(row, ["No broker is configured; facts wait.", f"waiting      {row.waiting}"])
    lines = [
        f"broker       {row.broker}",
        f"line         {'up' if row.connected else 'DOWN: ' + (row.error or 'dialling')}",
        f"waiting      {row.waiting}",
        f"sent         {row.sent} since the start",
        "last ack     " + ("never" if row.last_ack_s is None else f"{row.last_ack_s:.1f} s ago"),
        "certificate  "
        + ("none" if row.certificate_days is None else f"{row.certificate_days} days left"),
    ]
    lines += [f"refused      {kind}: {why}" for kind, why in row.refused.items()]
    return Result(row, lines, Code.OK if row.connected else Code.FAILED)


def _outbox(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("show", "flush"), "outbox show | outbox flush")
    nothing(rest, f"outbox {verb}")
    if verb == "flush":
        left = link.talk("outbox.flush", int)
        text = "Nothing waits." if not left else f"{left} reports of visits wait for their delay."
        return Result({"waiting": left}, [text])
    rows: tuple[OutboxRow, ...] = link.ask("outbox", tuple[OutboxRow, ...])
    if not rows:
        return Result(rows, ["Nothing waits for the ward."])
    now = time.time()
    lines = table(
        ("KIND", "FACTS", "DELAYED", "OLDEST", "BYTES"),
        [
            (row.kind, str(row.count), str(row.delayed), _age(row.oldest, now), str(row.size))
            for row in rows
        ],
        (36, 7, 8, 12),
    )
    return Result(rows, lines)


def _age(moment: float | None, now: float) -> str:
    return "-" if moment is None or moment > now else span(now - moment)


def _time(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("show", "sync", "set"), TIME)
    if verb == "set":
        plain, given = options(rest, TIME, {"--no-wait": False}, most=2)
        if len(plain) != 2:
            raise ConsoleError(Code.USAGE, TIME)
        wait = not given["--no-wait"]
        return _clock(link.talk("time.set", ClockRow, at=" ".join(plain), wait=wait))
    nothing(rest, f"time {verb}")
    return _clock(
        link.ask("time", ClockRow) if verb == "show" else link.talk("time.sync", ClockRow)
    )


def _clock(row: ClockRow) -> Result:
    moment = dt.datetime.fromtimestamp(row.at, VIETNAM)
    lines = [
        f"clock        {moment:%d/%m/%Y %H:%M:%S} +07:00",
        "synchronised " + ("yes" if row.trusted else "NO: no certification until it is"),
        f"correcting   {row.offset_ms:+.3f} ms, at most {row.error_ms:.0f} ms wrong",
        f"frequency    {row.frequency_ppm:+.2f} ppm",
        "RTC          " + ("none" if row.rtc_s is None else f"{row.rtc_s:+.1f} s"),
    ]
    return Result(row, lines)


def _queue(link: Asking, words: Sequence[str]) -> Result:
    verbs = ("show", "line", "call", "recall", "skip", "transfer", "reset")
    verb, rest = chosen(words, verbs, QUEUE)
    if verb in ("call", "recall", "skip", "transfer"):
        return _turn(link, verb, rest)
    nothing(rest, f"queue {verb}")
    if verb == "line":
        return _line(link)
    if verb == "reset":
        count = link.talk("queue.reset", int)
        return Result({"forgotten": count}, [f"{count} numbers forgotten; the next one is 1."])
    rows: dict[str, int] = link.ask("queue", dict[str, int])
    lines = table(("GROUP", "GIVEN TODAY"), [(name, str(n)) for name, n in rows.items()], (40,))
    return Result(rows, lines)


def _turn(link: Asking, verb: str, words: Sequence[str]) -> Result:
    """`call COUNTER [NUMBER]`, `recall COUNTER`, `skip COUNTER`, `transfer NUMBER GROUP`."""
    least, most = {"call": (1, 2), "transfer": (2, 2)}.get(verb, (1, 1))
    if not least <= len(words) <= most or any(word.startswith("-") for word in words):
        raise ConsoleError(Code.USAGE, QUEUE)
    if verb == "transfer":
        given = {"number": words[0].upper(), "group": words[1]}
    else:
        given = {"counter": words[0], "number": words[1].upper() if words[1:] else ""}
    row: TurnRow = link.ask("queue.act", TurnRow, act=verb, **given)
    told = {
        "call": f"{row.number}, please come to counter {row.counter}.",
        "recall": f"{row.number}, once more: counter {row.counter}.",
        "skip": f"{row.number} did not come.",
        "transfer": f"{row.number} waits for {row.group} now.",
    }
    return Result(row, [told.get(row.act, row.act)])


def _line(link: Asking) -> Result:
    row: LineRow = link.ask("queue.line", LineRow)
    lines = [f"counter {counter}: {number}" for counter, number in sorted(row.serving.items())]
    for name, numbers in row.waiting.items():
        if numbers:
            lines += wrapped(f"{name}: {' '.join(numbers)}")
    return Result(row, lines or ["Nobody waits."])


def _sessions(link: Asking, words: Sequence[str]) -> Result:
    _, rest = chosen(words, ("stats",), "sessions stats")
    nothing(rest, "sessions stats")
    rows: tuple[DayRow, ...] = link.ask("sessions", tuple[DayRow, ...])
    lines = []
    for row in rows:
        counts = "  ".join(f"{name.removeprefix('outcome.')} {n}" for name, n in row.counts.items())
        lines += wrapped(f"{row.day}  {counts}")
    return Result(rows, lines or ["No visit has been counted yet."])


COMMANDS = (
    Command("mqtt", MQTT, "the line to the ward's broker", "view", _mqtt),
    Command("outbox", "outbox show | flush", "facts that wait for the ward", "view", _outbox),
    Command("time", TIME, "the clock: is it right, by how much not", "view", _time),
    Command("queue", QUEUE, "today's queue numbers, and the line at the counters", "view", _queue),
    Command("sessions", "sessions stats", "visits by day and outcome, no visit", "view", _sessions),
)
