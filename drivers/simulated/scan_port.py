"""The other end of a serial scanner's cable: a pseudo terminal under a name that stays."""

from __future__ import annotations

import contextlib
import os
import tty
from pathlib import Path

__all__ = ["ScanPort"]


class ScanPort:
    """A serial scanner; `device` keeps its name while the terminal behind it changes."""

    def __init__(self, device: Path) -> None:
        self.device = device
        self._ends: tuple[int, int] | None = None

    def plug(self) -> None:
        """A new terminal, under the same name.  Does nothing while plugged in."""
        if self._ends is not None:
            return
        ours, theirs = os.openpty()
        tty.setraw(theirs)
        os.set_blocking(ours, False)
        self._ends = ours, theirs
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(theirs))

    def unplug(self) -> None:
        """The line breaks at once; what nobody has read is lost."""
        if self._ends is not None:
            for end in self._ends:
                os.close(end)
            self._ends = None
        self.device.unlink(missing_ok=True)

    def send(self, data: bytes) -> None:
        """Bytes as the scanner sends them.  Nothing comes out of an unplugged one."""
        if self._ends is not None:
            with contextlib.suppress(BlockingIOError):  # nobody reads: the line's buffer is full
                os.write(self._ends[0], data)

    def scan(self, text: str) -> None:
        """Holds a code under the scanner."""
        self.send(text.encode() + b"\r")
