"""A USB camera (UVC) through OpenCV's V4L2: the second kind of document camera.

One configuration is opened once: the full picture, from which the live view is made smaller, so
that a still is what the live view showed.  A thread of its own takes each frame from the kernel,
since OpenCV's wait knows no end but its own (whole seconds); what is not asked for is not decoded.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from drivers.camera_backend import BackendError, Picture
from drivers.camera_messages import CameraConfig

__all__ = ["Capture", "WebcamSensor"]

SELECT_SECONDS = 1
"""Seconds that OpenCV waits for one frame (its default of ten would outlive every patience)."""

_MANUAL_EXPOSURE = 1
"""V4L2_EXPOSURE_MANUAL."""


class Capture(Protocol):
    """What of `cv2.VideoCapture` is used."""

    def isOpened(self) -> bool: ...  # noqa: N802 (OpenCV's name)
    def set(self, what: int, value: float) -> bool: ...
    def grab(self) -> bool: ...
    def retrieve(self) -> tuple[bool, Any]: ...
    def release(self) -> None: ...


class WebcamSensor:
    """The port `drivers.camera_backend.Backend`."""

    def __init__(
        self, config: CameraConfig, capture: Callable[[str], Capture] | None = None
    ) -> None:
        self._config = config
        self._capture = capture or _video
        self._reader: _Reader | None = None
        self._old: _Reader | None = None
        """A reader that was told to end and may still hold the device."""

    def open(self) -> str:
        path = Path(self._config.device)
        if not path.exists():
            raise BackendError("unplugged", self._config.device)
        if not os.access(path, os.R_OK | os.W_OK):
            raise BackendError("not_allowed", self._config.device)
        if self._old is not None and not self._old.ended(self._config.open_timeout):
            raise BackendError("stall", "the last capture does not end")
        self._old = None
        camera = self._capture(str(path))
        if not camera.isOpened():
            camera.release()
            # OpenCV tells no reason: another program streams from it, or it is no camera.
            raise BackendError("busy", self._config.device)
        self._configure(camera)
        self._reader = _Reader(camera)
        return _name(path)

    def start(self) -> None:
        self._running().forget()

    def stop(self) -> None:
        """The kernel's queue goes on being emptied: what waits in it would be old at the start."""

    def frame(self, wait: float) -> Picture:
        size = (self._config.preview_width, self._config.preview_height)
        return _fitted(self.still(wait), size)

    def still(self, wait: float) -> Picture:
        picture = self._running().newer(wait)
        if picture is None:
            gone = not Path(self._config.device).exists()
            raise BackendError("unplugged" if gone else "stall", f"no frame in {wait} s")
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)

    def close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.end()
            self._old = reader

    # -- inside ----------------------------------------------------------------------------

    def _running(self) -> _Reader:
        if self._reader is None:
            raise BackendError("unplugged", "not open")
        return self._reader

    def _configure(self, camera: Capture) -> None:
        """What the camera does not know it leaves out; the size it gives may be another."""
        config = self._config
        # First the format: raw frames of full size do not fit through USB 2.
        camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        camera.set(cv2.CAP_PROP_FRAME_WIDTH, config.still_width)
        camera.set(cv2.CAP_PROP_FRAME_HEIGHT, config.still_height)
        camera.set(cv2.CAP_PROP_FPS, config.fps)
        if config.exposure_us is not None:
            camera.set(cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL_EXPOSURE)
            camera.set(cv2.CAP_PROP_EXPOSURE, round(config.exposure_us / 100))
        if config.lens_position is not None:
            camera.set(cv2.CAP_PROP_AUTOFOCUS, 0)
            camera.set(cv2.CAP_PROP_FOCUS, config.lens_position)


class _Reader:
    """Takes frames until it is told to end; then it gives the device free by itself."""

    def __init__(self, camera: Capture) -> None:
        self._camera = camera
        self._changed = threading.Condition()
        self._wanted = False
        self._picture: Any = None
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="webcam", daemon=True)
        self._thread.start()

    def forget(self) -> None:
        with self._changed:
            self._picture = None

    def newer(self, wait: float) -> Any:
        """The next frame that arrives, BGR; None where none came within `wait` seconds."""
        with self._changed:
            self._picture, self._wanted = None, True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._picture is not None, wait)
            picture, self._picture, self._wanted = self._picture, None, False
            return picture

    def end(self) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()

    def ended(self, within: float) -> bool:
        self._thread.join(within)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._ending:
                self._one()
        finally:
            with contextlib.suppress(cv2.error):
                self._camera.release()

    def _one(self) -> None:
        try:
            came = self._camera.grab()
            wanted = self._wanted
            good, picture = self._camera.retrieve() if came and wanted else (False, None)
        except cv2.error:  # a frame that is no JPEG, as after a bad contact
            came = good = False
        if good and _is_picture(picture):
            with self._changed:
                if self._wanted:
                    self._picture = picture
                    self._changed.notify_all()
        elif not came:
            # A device that went fails at once, again and again: not faster than frames come.
            with self._changed:
                self._changed.wait_for(lambda: self._ending, 0.05)


def _video(path: str) -> Capture:
    # Read when the capture is made; OpenCV knows no other way to set it.
    os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] = str(SELECT_SECONDS)
    return cv2.VideoCapture(path, cv2.CAP_V4L2)


def _name(path: Path) -> str:
    """The camera's name as the kernel has it."""
    with contextlib.suppress(OSError):
        return Path("/sys/class/video4linux", path.resolve().name, "name").read_text().strip()
    return "webcam"


def _is_picture(picture: Any) -> bool:
    return isinstance(picture, np.ndarray) and picture.ndim == 3 and picture.size > 0


def _fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """The whole picture in `size` (width, height), black where the shapes differ."""
    width, height = size
    scale = min(width / picture.shape[1], height / picture.shape[0])
    small = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    inner = cv2.resize(picture, small, interpolation=cv2.INTER_AREA)
    if small == size:
        return np.asarray(inner, np.uint8)
    left, top = (width - small[0]) // 2, (height - small[1]) // 2
    right, bottom = width - small[0] - left, height - small[1] - top
    return np.asarray(
        cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_CONSTANT), np.uint8
    )
