"""What the camera process asks of a sensor: the seam between its loop and picamera2 or a twin."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""height × width × 3, RGB."""


class BackendError(Exception):
    """The sensor did not deliver: `stall` (nothing came in time), `unplugged`, `no_library`,
    `not_allowed`, `busy` (another program has it, or it is no camera).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class Backend(Protocol):
    """One sensor with one configuration.  Calls come from one thread, except `open`."""

    def open(self) -> str:
        """Opens and configures; returns the model's name.  Raises BackendError."""
        ...

    def start(self) -> None:
        """Frames begin to run.  Raises BackendError."""
        ...

    def stop(self) -> None:
        """Frames stop; cheap to start again."""
        ...

    def frame(self, wait: float) -> Picture:
        """The next preview picture, waiting at most `wait` seconds.  Raises BackendError."""
        ...

    def still(self, wait: float) -> Picture:
        """The next picture at full size, waiting at most `wait` seconds.  Raises BackendError."""
        ...

    def close(self) -> None:
        """Gives the device free; never raises."""
        ...
