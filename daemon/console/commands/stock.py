"""`counters` and `consumables`."""

from __future__ import annotations

import time
from collections.abc import Sequence

from daemon.console.commands.base import Asking, Command, Result, chosen, options, whole
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import table
from daemon.console.report import clock
from daemon.console.rows import SUPPLIES, Counter, SupplyLevel

COUNTERS = "counters [--reset trip]"
CONSUMABLES = "consumables [refill NAME COUNT]"


def _counters(link: Asking, words: Sequence[str]) -> Result:
    _, given = options(words, COUNTERS, {"--reset": ""})
    if given["--reset"]:
        if given["--reset"] != "trip":
            raise ConsoleError(Code.USAGE, "only trip counters can be reset: --reset trip")
        count = link.ask("reset", int, what="trip")
        return Result({"reset": "trip"}, [f"{count} trip counters begin anew. Life goes on."])
    rows: tuple[Counter, ...] = link.ask("counters", tuple[Counter, ...])
    lines = table(
        ("COUNTER", "      TRIP", "      LIFE", ""),
        [(row.name, f"{row.trip:10}", f"{row.life:10}", "") for row in rows],
        (40, 10, 10),
    )
    return Result(rows, lines)


def _consumables(link: Asking, words: Sequence[str]) -> Result:
    if words:
        _, rest = chosen(words, ("refill",), CONSUMABLES)
        if len(rest) != 2:
            raise ConsoleError(Code.USAGE, CONSUMABLES)
        name, _ = chosen(rest[:1], tuple(SUPPLIES), "refill " + "|".join(SUPPLIES) + " COUNT")
        level: SupplyLevel = link.ask(
            "refill", SupplyLevel, name=name, count=whole(rest[1], "consumables refill")
        )
        said = f"{SUPPLIES[level.name][2]}: {level.left} {level.unit}s from now on."  # type: ignore[index]
        return Result(level, [said])
    levels: tuple[SupplyLevel, ...] = link.ask("consumables", tuple[SupplyLevel, ...])
    now = time.time()
    lines = table(
        ("CONSUMABLE", "LEFT", "OF", "PRINTER", "A DAY", "EMPTY IN", "REFILLED"),
        [_row(level, now) for level in levels],
        (12, 8, 8, 9, 7, 10),
    )
    if any(level.at is None for level in levels):
        lines += ["", "Never refilled = not counted. Say what is in the tray now, for example:"]
        lines += ["consumables refill paper 500"]
    return Result(levels, lines)


def _row(level: SupplyLevel, now: float) -> tuple[str, ...]:
    def known(value: int | None) -> str:
        return "-" if value is None else str(value)

    return (
        level.name,
        known(level.left),
        known(level.filled),
        level.told or "-",
        f"{level.a_day:.0f}" if level.a_day else "-",
        "-" if level.days is None else f"{level.days:.0f} days",
        "never" if level.at is None else f"{clock(level.at, now)} {level.who}",
    )


COMMANDS = (
    Command("counters", COUNTERS, "life totals, and those of this trip", "view", _counters),
    Command(
        "consumables",
        CONSUMABLES,
        "what is left, when it will be empty; NAME: " + " ".join(SUPPLIES),
        "view",
        _consumables,
        "refill " + " ".join(SUPPLIES),
    ),
)
