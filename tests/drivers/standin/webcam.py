"""A USB camera at the seam of OpenCV's capture: no module of the kernel makes one without root.

It behaves as `cv2.VideoCapture` does on V4L2: `grab` waits a second at most, fails at once after
an unplug, and a damaged JPEG raises.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

Fault = Literal["", "stall", "slow", "black", "frozen", "garbage", "half", "busy"]
SELECT = 1.0


class Webcam:
    """The camera; `plug` makes its device file, `opened` is given to the sensor."""

    def __init__(self, device: Path, interval: float = 0.02, plugged: bool = True) -> None:
        self.device = device
        self.interval = interval
        self.settings: dict[int, float] = {}
        self.open = 0
        """Captures that hold it now."""
        self.opened_ever = 0
        self._fault: Fault = ""
        self._changed = threading.Condition()
        self._random = np.random.default_rng(1)
        if plugged:
            self.plug()

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        if fault != self._fault:
            with self._changed:
                self._fault = fault
                self._changed.notify_all()

    def plug(self) -> None:
        self.device.touch()

    def unplug(self) -> None:
        with self._changed:
            self.device.unlink(missing_ok=True)
            self._changed.notify_all()

    def opened(self, path: str) -> _Opened:
        assert path == str(self.device)
        self.opened_ever += 1
        return _Opened(self)

    def wait(self) -> bool:
        """One turn of the sensor; False = no frame."""
        with self._changed:
            if self._fault == "stall":
                self._changed.wait_for(lambda: self._fault != "stall" or not self._there(), SELECT)
                return False
            self._changed.wait(0.3 if self._fault == "slow" else self.interval)
            return self._there()

    def _there(self) -> bool:
        return self.device.exists()

    def inode(self) -> int:
        """Of its device file; another one after a re-plug.  0 = unplugged."""
        try:
            return self.device.stat().st_ino
        except FileNotFoundError:
            return 0

    def picture(self) -> Any:
        height = round(self.settings.get(cv2.CAP_PROP_FRAME_HEIGHT, 480))
        width = round(self.settings.get(cv2.CAP_PROP_FRAME_WIDTH, 640))
        level = 0 if self._fault == "black" else 120
        picture = np.full((height, width, 3), level, np.uint8)
        picture[..., 2] += 40 * (level > 0)  # red, to OpenCV the last
        if self._fault not in ("frozen", "black"):
            picture += self._random.integers(0, 9, (height, 1, 1), np.uint8)
        return picture


class _Opened:
    """One `cv2.VideoCapture`."""

    def __init__(self, webcam: Webcam) -> None:
        self._webcam = webcam
        self._inode = webcam.inode()
        self._open = bool(self._inode) and webcam.fault != "busy"
        webcam.open += self._open

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self._open

    def set(self, what: int, value: float) -> bool:
        self._webcam.settings[what] = value
        return True

    def grab(self) -> bool:
        # What was open before a re-plug stays dead, as a kernel's file does (ENODEV).
        return self._webcam.wait() and self._webcam.inode() == self._inode

    def retrieve(self) -> tuple[bool, Any]:
        if self._webcam.fault == "garbage":
            raise cv2.error("Corrupt JPEG data")
        if self._webcam.fault == "half":
            return False, None
        return True, self._webcam.picture()

    def release(self) -> None:
        self._webcam.open -= self._open
        self._open = False
