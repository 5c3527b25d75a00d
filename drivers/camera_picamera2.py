"""The Raspberry Pi's camera through picamera2: the backend of the camera process on a kiosk.

One configuration is opened once and kept: the full picture (`main`) and the live view (`lores`)
come from the same frames, since mode switches leak contiguous memory (picamera2#1125, #887) and
autofocus cycles may never end (picamera2#670).
"""

from __future__ import annotations

import contextlib
import logging
from typing import Any

import cv2
import numpy as np

from drivers.camera_backend import BackendError, Picture
from drivers.camera_messages import CameraConfig

log = logging.getLogger(__name__)

BUFFERS = 3
"""Frames in flight: fewer drop frames, more cost 37 MB of contiguous memory each."""

_MANUAL = 0
"""AfMode of libcamera's controls."""


class PicameraSensor:
    """The port `drivers.camera_backend.Backend`."""

    def __init__(self, config: CameraConfig) -> None:
        self._config = config
        self._camera: Any = None
        self._newest = -1
        """SensorTimestamp of the newest frame: one that does not rise is no new frame."""

    def open(self) -> str:
        try:
            from picamera2 import Picamera2
        except ImportError as error:
            raise BackendError("no_library", str(error.name)) from None
        cameras = Picamera2.global_camera_info()
        if len(cameras) <= self._config.camera_index:
            # Cameras are looked for when the manager is made: the next attempt needs a new one.
            Picamera2._cm.reset()
            raise BackendError("unplugged", f"{len(cameras)} cameras found")
        try:
            camera = Picamera2(self._config.camera_index)
        except (RuntimeError, IndexError) as error:
            raise BackendError("stall", type(error).__name__) from None
        self._camera = camera
        try:
            camera.configure(self._configuration(camera))
        except RuntimeError as error:
            self.close()
            raise BackendError("stall", type(error).__name__) from None
        return str(camera.camera_properties.get("Model", "unknown"))

    def start(self) -> None:
        self._newest = -1
        try:
            self._camera.start()
        except (RuntimeError, OSError) as error:
            raise BackendError("unplugged", type(error).__name__) from None

    def stop(self) -> None:
        self._camera.cancel_all_and_flush()
        self._camera.stop()

    def frame(self, wait: float) -> Picture:
        yuv = self._array("lores", wait)
        width, height = self._camera.camera_configuration()["lores"]["size"]
        # The lines are padded to the hardware's stride: turned into colours whole, then cut.
        picture = cv2.cvtColor(yuv, cv2.COLOR_YUV2RGB_I420)[:, :width]
        size = (self._config.preview_width, self._config.preview_height)
        if (width, height) != size:
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(picture, np.uint8)

    def still(self, wait: float) -> Picture:
        return self._array("main", wait)

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is None:
            return
        try:
            camera.cancel_all_and_flush()
            camera.close()
        except Exception as error:
            # A broken pipeline fails in many ways; what it leaks goes with the process.
            log.warning("camera does not close: %s", type(error).__name__)

    # -- inside ----------------------------------------------------------------------------

    def _configuration(self, camera: Any) -> Any:
        config = self._config
        duration = round(1_000_000 / config.fps)
        wanted: dict[str, Any] = {"FrameDurationLimits": (duration, duration)}
        if config.exposure_us is not None:
            wanted["ExposureTime"] = config.exposure_us
        if config.lens_position is not None:
            wanted |= {"AfMode": _MANUAL, "LensPosition": config.lens_position}
        known = camera.camera_controls
        return camera.create_still_configuration(
            # BGR888 of the kernel's naming has red in its first byte.
            main={"size": (config.still_width, config.still_height), "format": "BGR888"},
            lores={"size": (config.preview_width, config.preview_height), "format": "YUV420"},
            raw=None,
            buffer_count=BUFFERS,
            queue=False,
            controls={name: value for name, value in wanted.items() if name in known},
        )

    def _array(self, stream: str, wait: float) -> Picture:
        request = self._request(wait)
        try:
            stamp = int(request.get_metadata().get("SensorTimestamp", self._newest + 1))
            if stamp <= self._newest:
                raise BackendError("stall", "the sensor's time stands still")
            self._newest = stamp
            return np.asarray(request.make_array(stream), np.uint8)
        finally:
            request.release()

    def _request(self, wait: float) -> Any:
        from picamera2 import CancelledError

        job = self._camera.capture_request(wait=False)
        try:
            return job.get_result(timeout=wait)
        except TimeoutError:
            # The job would take the next frame later and never give its buffer back.
            self._camera.cancel_all_and_flush()
        with contextlib.suppress(TimeoutError, CancelledError):
            return job.get_result(timeout=0.02)  # it came at the last moment
        raise BackendError("stall", f"no frame in {wait} s")
