"""Preview frames in shared memory: one writer (the camera), readers that may come and go.

A memory file descriptor holds a header and `SLOTS` frames of RGB24.  The writer fills the slot
after the newest one and then advances the counter, so a reader always finds a whole frame; a
reader that was overtaken while copying notices by the counter and takes the newer one.
Nothing is written to a disk, and the memory vanishes with the last process that maps it.
"""

from __future__ import annotations

import mmap
import os
import struct

import numpy as np
import numpy.typing as npt

SLOTS = 3
_HEADER = struct.Struct("<4sIIIQ")  # magic, width, height, slots, counter
_MAGIC = b"WKF1"
_COUNTER = struct.Struct("<Q")
_COUNTER_AT = _HEADER.size - _COUNTER.size

Frame = npt.NDArray[np.uint8]
"""height × width × 3, RGB."""


class Frames:
    """A mapped ring of frames; `create` in the daemon, `attach` in a child that got the fd."""

    def __init__(self, fd: int, writable: bool) -> None:
        size = os.fstat(fd).st_size
        access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
        self._map = mmap.mmap(fd, size, access=access)
        magic, self.width, self.height, slots, _ = _HEADER.unpack_from(self._map)
        if magic != _MAGIC or slots != SLOTS or size < _HEADER.size + slots * self.frame_bytes:
            raise ValueError("not a frame buffer")
        self._seen = 0

    @property
    def frame_bytes(self) -> int:
        return int(self.width) * int(self.height) * 3

    @staticmethod
    def create(width: int, height: int) -> int:
        """A new buffer for frames of this size; returns its descriptor."""
        fd = os.memfd_create("frames", os.MFD_CLOEXEC)
        os.ftruncate(fd, _HEADER.size + SLOTS * width * height * 3)
        os.pwrite(fd, _HEADER.pack(_MAGIC, width, height, SLOTS, 0), 0)
        return fd

    @property
    def counter(self) -> int:
        """How many frames were written so far."""
        return int(_COUNTER.unpack_from(self._map, _COUNTER_AT)[0])

    def write(self, frame: Frame) -> int:
        """Stores one frame of exactly the buffer's size; returns the new counter."""
        if frame.shape != (self.height, self.width, 3):
            raise ValueError(f"frame of {frame.shape}, buffer of {(self.height, self.width, 3)}")
        count = self.counter + 1
        start = _HEADER.size + (count % SLOTS) * self.frame_bytes
        self._map[start : start + self.frame_bytes] = frame.tobytes()
        _COUNTER.pack_into(self._map, _COUNTER_AT, count)
        return count

    def newest(self) -> Frame | None:
        """A copy of the newest frame, or None where there is none newer than the last one taken."""
        while True:
            count = self.counter
            if count == self._seen or count == 0:
                return None
            start = _HEADER.size + (count % SLOTS) * self.frame_bytes
            data = self._map[start : start + self.frame_bytes]
            if self.counter - count < SLOTS - 1:
                self._seen = count
                return np.frombuffer(data, np.uint8).reshape(self.height, self.width, 3)

    def wipe(self) -> None:
        """Overwrites every frame, and counts anew: no reader takes an old one for a new one."""
        _COUNTER.pack_into(self._map, _COUNTER_AT, 0)
        self._map[_HEADER.size :] = bytes(len(self._map) - _HEADER.size)

    def close(self) -> None:
        self._map.close()
