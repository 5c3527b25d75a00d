"""`logs`: the system's journal where it can be read, else the daemon's own last lines."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from daemon.console.commands.base import Asking, Command, Result, duration, options, whole
from daemon.console.inside import Code, ConsoleError
from daemon.console.origin import serial_line
from daemon.console.pace import Pace
from daemon.console.paper import plain, printable, utf8, wrapped

USAGE = "logs [-f] [--since 1h] [--unit x] [--grep x] [--lines 100] [--slow]"
UNIT = "kioskd.service"


def _logs(link: Asking, words: Sequence[str]) -> Result:
    known: dict[str, str | bool] = {
        "-f": False,
        "--since": "",
        "--unit": "",
        "--grep": "",
        "--lines": "100",
        "--slow": False,
        "--own": False,
    }
    _, given = options(words, USAGE, known)
    since = duration(given["--since"]) if given["--since"] else 0.0
    lines = whole(given["--lines"], "--lines")
    if lines > 2000:
        raise ConsoleError(Code.USAGE, "--lines: 2000 at most")
    pace = Pace(1.0 if given["-f"] and (given["--slow"] or serial_line()) else 0.0)
    if not given["--own"] and readable():
        return _journal(given, since, lines, pace)
    try:
        sent = link.talk(
            "logs",
            int,
            pace=pace,
            follow=given["-f"],
            since=time.time() - since if since else 0.0,
            unit=given["--unit"],
            grep=given["--grep"],
            last=lines,
        )
    except ConsoleError as error:
        if given["-f"] and str(error) == "stopped":
            return Result({"lines": None}, [])
        raise
    return Result({"lines": sent}, [] if sent else ["Nothing was logged that fits."])


def readable() -> bool:
    """Has this system a journal with the daemon in it that this user may read?"""
    program = shutil.which("journalctl")
    if program is None:
        return False
    try:
        done = subprocess.run(
            [program, "--unit", UNIT, "--lines", "1", "--output", "cat", "--quiet", "--no-pager"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


def _journal(given: dict[str, Any], since: float, lines: int, pace: Pace) -> Result:
    unit = given["--unit"] or UNIT
    arguments = ["--unit", unit, "--output", "short-iso", "--quiet", "--no-pager"]
    arguments += ["--lines", str(lines)]
    if since:
        arguments += ["--since", f"-{since:.0f}s"]
    if given["--grep"]:
        arguments += ["--grep", given["--grep"]]
    if given["-f"]:
        arguments.append("--follow")
    count = 0
    with subprocess.Popen(
        ["journalctl", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        clean = printable if utf8() else plain
        try:
            for line in process.stdout:
                if not pace.may():
                    continue
                note = pace.taken()
                for one in [*([note] if note else []), *wrapped(clean(line.rstrip("\n")))]:
                    print(one, flush=True)  # noqa: T201
                count += 1
        except KeyboardInterrupt:
            process.terminate()
    sys.stdout.flush()
    return Result({"lines": count}, [] if count else ["Nothing was logged that fits."])


COMMANDS = (Command("logs", USAGE, "the log; -f follows, Ctrl-C ends", "view", _logs),)
