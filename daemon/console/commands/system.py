"""What works without the daemon: starting it again through systemd."""

from __future__ import annotations

import shutil
import subprocess

from daemon.console.commands.base import Result
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import printable

UNIT = "kioskd.service"
START_WITHIN = 90.0


def start() -> Result:
    """`app start`: systemd is asked; a rule of the system lets the group kiosk-tech do so.

    Raises ConsoleError.
    """
    program = shutil.which("systemctl")
    if program is None:
        raise ConsoleError(Code.ABSENT, "this machine has no systemctl: start kioskd by hand")
    try:
        done = subprocess.run(
            [program, "--no-ask-password", "start", UNIT],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ConsoleError(
            Code.TIMED_OUT, f"kioskd did not start within {START_WITHIN:.0f} s; see logs"
        ) from None
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if line.strip()), "systemd refused")
        raise ConsoleError(Code.FAILED, printable(said.strip())[:200])
    return Result({"started": UNIT}, ["kioskd is started. status shows how it is."])
