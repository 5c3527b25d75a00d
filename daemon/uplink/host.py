"""Figures of the machine itself, from /proc and /sys."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from daemon.uplink.payloads import Host

_THERMAL = Path("/sys/class/thermal/thermal_zone0/temp")
_MEMORY = Path("/proc/meminfo")


def measure(folder: Path) -> Host:
    """The figures now; `folder` is on the disk that matters.  Never raises."""
    return Host(
        cpu_c=_temperature(),
        disk_pct=_disk(folder),
        mem_pct=_memory(),
        uptime_s=int(time.clock_gettime(time.CLOCK_BOOTTIME)),
    )


def _temperature() -> int | None:
    try:
        return round(int(_THERMAL.read_text()) / 1000)
    except (OSError, ValueError):
        return None


def _disk(folder: Path) -> int | None:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return round(100 * usage.used / usage.total) if usage.total else None


def _memory() -> int | None:
    try:
        lines = dict(line.split(":", 1) for line in _MEMORY.read_text().splitlines())
        total, free = (int(lines[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    except (OSError, ValueError, KeyError):
        return None
    return round(100 * (total - free) / total)
