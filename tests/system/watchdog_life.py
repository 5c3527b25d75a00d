"""What a daemon does to its watchdogs, inside the virtual machine: `watchdog_life.py FOLDER`.

In its first life it hangs, and systemd is to end it; in its second it goes on, and then stops the
kernel itself, so that only the hardware's watchdog is left.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from drivers.watchdog import Watchdog

WATCHDOG = Path("/sys/class/watchdog/watchdog0")


def main() -> None:
    folder = Path(sys.argv[1])
    lives = folder / "lives"
    number = len(lives.read_text().split()) + 1 if lives.exists() else 1
    watchdog = Watchdog()
    watchdog.ready()
    with lives.open("a") as file:
        file.write(f"{number}\n")
    if number == 1:
        time.sleep(3600)
    until = time.monotonic() + watchdog.period * 1.5
    while time.monotonic() < until:
        watchdog.alive()
        time.sleep(watchdog.period / 4)
    told = {
        name: (WATCHDOG / name).read_text().strip() for name in ("identity", "state", "timeout")
    }
    (folder / "watchdog").write_text(repr(told))
    os.sync()
    Path("/proc/sysrq-trigger").write_text("c")


if __name__ == "__main__":
    main()
