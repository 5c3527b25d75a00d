"""`status` when the daemon is dead: what the system's journal still says."""

from __future__ import annotations

import shutil
import subprocess

from daemon.console.commands import Result
from daemon.console.inside import Code
from daemon.console.paper import printable, wrapped
from daemon.console.report import RULE

UNIT = "kioskd.service"
_WAIT = 2.0
STILL = (
    "What can still be done here:",
    "  app start             ask systemd to start it (group kiosk-tech)",
    "  logs                  the system's journal, also of the time before",
    "  shell --reason WHY    a login shell (group kiosk-admin); it is written down",
    "Citizens see the last picture or a dark screen: put a sign on the kiosk.",
)


def status(why: str) -> Result:
    """The last lines of the daemon's unit, if this machine has a journal."""
    said = _journal()
    lines = ["WARD KIOSK  DOWN", *wrapped(f"! {why}."), RULE]
    if said:
        lines += ["Last lines of its journal:", *(line for text in said for line in wrapped(text))]
    else:
        lines.append("Its journal cannot be read here.")
    lines += [RULE, *STILL]
    return Result({"running": False, "why": why, "journal": said}, lines, Code.FAILED)


def _journal() -> list[str]:
    program = shutil.which("journalctl")
    if program is None:
        return []
    try:
        done = subprocess.run(
            [program, "--unit", UNIT, "--lines", "8", "--output", "cat", "--no-pager", "--quiet"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_WAIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    text = done.stdout.decode("utf-8", "replace")
    return [printable(line) for line in text.splitlines() if line.strip()]
