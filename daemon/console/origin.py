"""Where the technician sits: through SSH, on a serial line, or at the machine itself."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

_SERIAL = re.compile(r"/dev/(tty(?:S|AMA|USB|ACM|GS|O)\d+)")


def origin(environment: Mapping[str, str]) -> str:
    """`ssh ADDRESS`, `serial ttyS0` or `local`.

    Told by this program, hence by its user: the daemon cannot look into other accounts' processes.
    Who it is, is what the kernel vouches for.
    """
    address = environment.get("SSH_CONNECTION", "").partition(" ")[0]
    if address:
        return f"ssh {address}"
    line = serial_line()
    return f"serial {line}" if line else "local"


def serial_line() -> str:
    """Name of the serial line that standard input is; empty where it is none."""
    try:
        found = _SERIAL.fullmatch(os.ttyname(sys.stdin.fileno()))
    except (OSError, ValueError):
        return ""
    return found[1] if found is not None else ""
