"""Folders in memory that belong to one process: what lies there never touches a disk.

Each is named after the process that made it, so that the next start finds and wipes what a killed
one left.  (A swap file would be a disk: the kiosk has none, `MemorySwapMax=0` in its unit.)
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from daemon.documents.errors import ReaderMissing

PLACE = Path("/dev/shm")

_PREFIX = "ward-kiosk-"


def made(purpose: str, place: Path = PLACE) -> Path:
    """A new folder that only this account may open.  Raises ReaderMissing (not in memory)."""
    if not in_memory(place):
        raise ReaderMissing(f"{place} is not a memory file system")
    prefix = f"{_PREFIX}{purpose}-"
    for left in place.glob(f"{prefix}*"):
        owner = left.name.removeprefix(prefix).partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            wiped(left)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=place))


def wiped(folder: Path) -> None:
    """Removes the folder with all it holds; memory that is freed is not read again by anyone."""
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)


def in_memory(place: Path) -> bool:
    """Does this folder lie on tmpfs or ramfs?"""
    kind, best = "", -1
    real = os.path.realpath(place)
    for row in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, point, name, *_ = row.split(" ")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:
            kind, best = name, len(point)
    return kind in ("tmpfs", "ramfs")
