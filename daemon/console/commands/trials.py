"""`test`: each device does something, and the technician says whether it was right."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from daemon.console.commands.base import (
    Asking,
    Command,
    Result,
    duration,
    new_file,
    nothing,
    one_of,
    options,
)
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import table
from daemon.console.report import clock
from daemon.console.rows import TRIALS, TrialRow

USAGE = "test " + "|".join((*TRIALS, "all")) + " [--no-wait] [--for 60s] [--picture FILE]"
_SHORT = "test DEVICE|all [--no-wait] [--for 60s] [--picture FILE]"
_SAID = {"passed": "pass", "failed": "FAIL", "skipped": "skip", "absent": "ABSENT"}


def _test(link: Asking, words: Sequence[str]) -> Result:
    known: dict[str, str | bool] = {
        "--no-wait": False,
        "--when-free": False,
        "--for": "60s",
        "--picture": "",
    }
    plain, given = options(words, USAGE, known, most=1)
    name = one_of(plain[0], (*TRIALS, "all")) if plain else None
    if name is None or (given["--picture"] and name != "camera"):
        raise ConsoleError(Code.USAGE, USAGE)
    if given["--no-wait"] and given["--when-free"]:
        raise ConsoleError(Code.USAGE, "--no-wait and --when-free exclude each other")
    seconds = duration(given["--for"])
    if not 1 <= seconds <= 600:
        raise ConsoleError(Code.USAGE, f"--for {given['--for']}: 1s to 10m is right")
    rows: tuple[TrialRow, ...] = link.talk(
        "test",
        tuple[TrialRow, ...],
        keep=(place := _place(given["--picture"])),
        picture=place is not None,
        device=name,
        wait=not given["--no-wait"],
        seconds=seconds,
    )
    lines = table(
        ("DEVICE", "RESULT", "REMARK"),
        [(row.device, _SAID[row.verdict], row.note) for row in rows],
        (16, 8),
    )
    verdicts = {row.verdict for row in rows}
    code = Code.OK
    if "failed" in verdicts:
        code = Code.FAILED
    elif "absent" in verdicts:
        code = Code.ABSENT
    return Result(rows, lines, code)


def _place(name: str) -> Path | None:
    """Where a picture goes; refused before anything begins where it cannot be written."""
    if not name:
        return None
    return new_file(name)


def _trials(link: Asking, words: Sequence[str]) -> Result:
    nothing(words, "trials")
    rows: tuple[TrialRow, ...] = link.ask("trials", tuple[TrialRow, ...])
    now = time.time()
    lines = table(
        ("DEVICE", "RESULT", "WHEN", "WHO", "REMARK"),
        [(row.device, _SAID[row.verdict], clock(row.at, now), row.who, row.note) for row in rows],
        (16, 8, 9, 12),
    )
    return Result(rows, lines if rows else ["No device has been tested yet."])


COMMANDS = (
    Command("test", _SHORT, "DEVICE: " + " ".join(TRIALS), "tech", _test, USAGE),
    Command("trials", "trials", "the last test of each device", "view", _trials),
)
