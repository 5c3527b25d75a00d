"""The simulated sensor: the backend of the camera process where there is no camera."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

import cv2
import numpy as np

from drivers.camera_backend import BackendError, Picture
from drivers.camera_messages import CameraConfig, Laying, SimulatedFault
from drivers.simulated import scene

log = logging.getLogger(__name__)

SETTLES = 0.6
"""Seconds a paper still moves after it was laid."""

_TILE = 512
_LARGEST_PIXELS = 120_000_000
_MOVES = 0.02
"""How far the paper slides at first, as a part of the frame's width."""


class SimulatedSensor:
    """Renders desk scenes at the configured sizes; `break_down` breaks it."""

    def __init__(self, config: CameraConfig) -> None:
        self._config = config
        self._rng = np.random.default_rng(1)
        noise = self._rng.normal(0, 2.2, (_TILE * 2, _TILE * 2, 3))
        # Signed noise as two unsigned halves: saturating arithmetic on bytes is the cheapest.
        self._up = np.clip(noise, 0, 20).round().astype(np.uint8)
        self._down = np.clip(-noise, 0, 20).round().astype(np.uint8)
        self._empty: Picture | None = None
        self._still: Picture | None = None
        self._small: Picture | None = None
        self._laid_at = -SETTLES
        self._laying = 0
        """Counts what was laid and lifted: a scene that was drawn too late is dropped."""
        self._due = 0.0
        self._running = False
        self._frozen: Picture | None = None
        self._fault: SimulatedFault = ""

    # -- the port of the camera process ----------------------------------------------------

    def open(self) -> str:
        if self._fault == "unplugged":
            raise BackendError("unplugged", "no camera found")
        if self._empty is None:
            self._empty = scene.bed(self._config.still_width, self._config.still_height)
        if self._still is None:
            self._show(self._empty)
        return "simulated"

    def start(self) -> None:
        self._running = True
        self._due = time.monotonic()

    def stop(self) -> None:
        self._running = False

    def close(self) -> None:
        self._running = False

    def frame(self, wait: float) -> Picture:
        self._wait_for_next(wait)
        assert self._small is not None
        if self._fault == "frozen":
            if self._frozen is None:
                self._frozen = self._noisy(self._moved(self._small))
            return self._frozen
        self._frozen = None
        return self._exposed(self._moved(self._small))

    def still(self, wait: float) -> Picture:
        self._wait_for_next(wait)
        assert self._still is not None
        return self._exposed(self._moved(self._still))

    # -- what a world does to it -----------------------------------------------------------

    def lay(self, encoded: bytes, how: Laying, angle: float | None, seed: int) -> None:
        """A paper comes to lie on the bed.  `encoded`: JPEG, PNG, …; what is none is not laid.

        Drawing takes a second; the camera goes on showing the old scene meanwhile.
        """
        self._laying += 1
        arguments = (self._laying, encoded, how, angle, seed)
        threading.Thread(target=self._draw, args=arguments, name="scene", daemon=True).start()

    def lift(self) -> None:
        """The bed is empty again."""
        self._laying += 1
        if self._empty is not None:
            self._show(self._empty)
        self._laid_at = time.monotonic()

    def break_down(self, fault: SimulatedFault) -> None:
        """Gets this fault; empty = sound again.  `hang` stops the whole process at once."""
        self._fault = fault
        if fault == "hang":
            os.kill(os.getpid(), signal.SIGSTOP)

    # -- inside ----------------------------------------------------------------------------

    def _draw(
        self, laying: int, encoded: bytes, how: Laying, angle: float | None, seed: int
    ) -> None:
        try:
            picture = _decoded(encoded)
        except ValueError as error:
            log.warning("simulated bed: %s", error)
            return
        size = (self._config.still_width, self._config.still_height)
        drawn = scene.laid(picture, *size, how, angle, seed)
        if laying == self._laying:
            self._show(drawn)
            self._laid_at = time.monotonic()

    def _show(self, still: Picture) -> None:
        self._still = still
        size = (self._config.preview_width, self._config.preview_height)
        self._small = np.asarray(cv2.resize(still, size, interpolation=cv2.INTER_AREA), np.uint8)

    def _wait_for_next(self, wait: float) -> None:
        if self._fault == "unplugged":
            raise BackendError("unplugged", "the sensor is gone")
        if self._fault == "stall" or not self._running:
            time.sleep(wait)
            raise BackendError("stall", f"no frame in {wait} s")
        period = 0.6 if self._fault == "slow" else 1.0 / self._config.fps
        now = time.monotonic()
        if self._due - now > wait:
            time.sleep(wait)
            raise BackendError("stall", f"no frame in {wait} s")
        if self._due > now:
            time.sleep(self._due - now)
        self._due = max(self._due, now) + period

    def _exposed(self, picture: Picture) -> Picture:
        if self._fault == "black":
            return self._noisy(np.zeros_like(picture))
        if self._fault == "blur":
            picture = np.asarray(cv2.blur(picture, (_odd(picture.shape[1] / 120),) * 2), np.uint8)
        return self._noisy(picture)

    def _noisy(self, picture: Picture) -> Picture:
        """Adds sensor noise tile by tile, from another place of the noise field each time."""
        out = np.empty_like(picture)
        x, y = self._rng.integers(0, _TILE, 2)
        up, down = self._up[y : y + _TILE, x : x + _TILE], self._down[y : y + _TILE, x : x + _TILE]
        height, width = picture.shape[:2]
        for top in range(0, height, _TILE):
            for left in range(0, width, _TILE):
                part = np.s_[top : min(top + _TILE, height), left : min(left + _TILE, width)]
                rows, columns = out[part].shape[:2]
                added = cv2.add(picture[part], up[:rows, :columns])
                cv2.subtract(added, down[:rows, :columns], dst=added)
                out[part] = added
        return out

    def _moved(self, picture: Picture) -> Picture:
        """The scene slides a little, more and more slowly, while the paper settles."""
        age = (time.monotonic() - self._laid_at) / SETTLES
        if age >= 1:
            return picture
        shift = round(picture.shape[1] * _MOVES * (1 - age) ** 2)
        if not shift:
            return picture
        return np.ascontiguousarray(np.roll(picture, shift, axis=1))


def _decoded(encoded: bytes) -> Picture:
    try:
        bgr = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise ValueError(f"not a picture: {error.err}") from None
    if bgr is None:
        raise ValueError("not a picture")
    if bgr.shape[0] * bgr.shape[1] > _LARGEST_PIXELS:
        raise ValueError(f"picture of {bgr.shape[1]} × {bgr.shape[0]} pixels is too large")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _odd(size: float) -> int:
    return int(size) | 1
