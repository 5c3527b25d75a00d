"""A stand-in for libcamera's Python binding: the real picamera2 runs on it without a camera.

Only what picamera2 touches is here.  `stage` is what a test changes: what the sensor sees and what
is wrong with it.
"""

# ruff: noqa: N802 (names are libcamera's)
from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections import deque
from enum import Enum, IntEnum
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np

from . import controls, properties
from .controls import ControlId, ControlInfo, ControlType

__all__ = ["ControlId", "ControlInfo", "ControlType", "controls", "properties"]

sys.modules[__name__ + "._libcamera"] = sys.modules[__name__]
_libcamera = sys.modules[__name__]

SENSOR = (1456, 1088)
PAD = 64
"""Bytes that lines are padded to."""


class Stage:
    """What is in front of the sensor, and what is broken."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.scene = np.full((48, 64, 3), 128, np.uint8)
        self.fault = ""
        self.model = "imx296"
        self.started_with: dict[str, Any] = {}
        self.frames = 0
        self.free = True


stage = Stage()


class Size:
    def __init__(self, width: int = 0, height: int = 0) -> None:
        self.width, self.height = width, height


class Rectangle(Size):
    def __init__(self, x: int, y: int, width: int, height: int) -> None:
        super().__init__(width, height)
        self.x, self.y = x, y


class Transform:
    def __init__(self, other: Any = None, hflip: int = 0, vflip: int = 0, transpose: int = 0):
        source = other or SimpleNamespace(hflip=hflip, vflip=vflip, transpose=transpose)
        self.hflip, self.vflip = bool(source.hflip), bool(source.vflip)
        self.transpose = bool(source.transpose)

    def __str__(self) -> str:
        return f"{self.hflip} {self.vflip} {self.transpose}"


class Orientation(Enum):
    Rotate0 = 1
    Rotate0Mirror = 2
    Rotate180 = 3
    Rotate180Mirror = 4
    Rotate90Mirror = 5
    Rotate270 = 6
    Rotate270Mirror = 7
    Rotate90 = 8


class ColorSpace:
    YcbcrEncoding = Enum("YcbcrEncoding", ["Null", "Rec601", "Rec709"])
    Range = Enum("Range", ["Full", "Limited"])

    def __init__(self, other: Any = None, name: str = "raw") -> None:
        self.primaries = other.primaries if other else name
        self.transferFunction = other.transferFunction if other else name
        self.ycbcrEncoding = other.ycbcrEncoding if other else self.YcbcrEncoding.Rec601
        self.range = other.range if other else self.Range.Full

    def __str__(self) -> str:
        return str(self.primaries)

    @classmethod
    def Sycc(cls) -> ColorSpace:
        return cls(name="sycc")

    @classmethod
    def Smpte170m(cls) -> ColorSpace:
        return cls(name="smpte170m")

    @classmethod
    def Rec709(cls) -> ColorSpace:
        return cls(name="rec709")

    @classmethod
    def Raw(cls) -> ColorSpace:
        return cls(name="raw")


StreamRole = Enum("StreamRole", ["Raw", "StillCapture", "VideoRecording", "Viewfinder"])


class PixelFormat:
    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


class SensorConfiguration:
    bit_depth = 0
    output_size: Any = None


class StreamFormats:
    pixel_formats = (PixelFormat("SBGGR10_CSI2P"),)

    def sizes(self, pixel_format: PixelFormat) -> list[Size]:
        return [Size(728, 544), Size(*SENSOR)]


class Stream:
    configuration: Any = None


class StreamConfiguration:
    def __init__(self) -> None:
        self.size, self.pixel_format = Size(*SENSOR), PixelFormat("BGR888")
        self.buffer_count, self.stride, self.frame_size = 1, 0, 0
        self.color_space: Any = None
        self.formats, self.stream = StreamFormats(), Stream()


class CameraConfiguration:
    Status = Enum("Status", ["Valid", "Adjusted", "Invalid"])

    def __init__(self, roles: list[Any]) -> None:
        self._streams = [StreamConfiguration() for _ in roles]
        self.orientation: Any = Orientation.Rotate0
        self.sensor_config: Any = None

    def at(self, index: int) -> StreamConfiguration:
        return self._streams[index]

    def __iter__(self) -> Any:
        return iter(self._streams)

    def validate(self) -> Any:
        for stream in self._streams:
            lines, per_pixel = stream.size.height, 3
            if str(stream.pixel_format) == "YUV420":
                lines, per_pixel = lines * 3 // 2, 1
            stream.stride = -(-stream.size.width * per_pixel // PAD) * PAD
            stream.frame_size = stream.stride * lines
        return self.Status.Valid


class FrameMetadata:
    Status = Enum("Status", ["Success", "Error", "Cancelled"])

    def __init__(self, size: int) -> None:
        self.status: Any = self.Status.Success
        self.planes = [SimpleNamespace(bytes_used=size)]


class FrameBuffer:
    class Plane:
        fd, offset, length = -1, 0, 0

    def __init__(self, size: int) -> None:
        plane = self.Plane()
        plane.fd, plane.length = os.memfd_create("standin"), size
        os.ftruncate(plane.fd, size)
        self.planes, self.metadata = [plane], FrameMetadata(size)

    def __del__(self) -> None:
        os.close(self.planes[0].fd)


class FrameBufferAllocator:
    def __init__(self, camera: Any) -> None:
        self._buffers: dict[Stream, list[FrameBuffer]] = {}

    def allocate(self, stream: Any) -> int:
        config = stream.configuration
        self._buffers[stream] = [FrameBuffer(config.frame_size) for _ in range(config.buffer_count)]
        return len(self._buffers[stream])

    def buffers(self, stream: Any) -> list[FrameBuffer]:
        return self._buffers[stream]


class Request:
    Status = Enum("Status", ["Pending", "Complete", "Cancelled"])

    def __init__(self, cookie: int) -> None:
        self.cookie = cookie
        self.buffers: dict[Any, FrameBuffer] = {}
        self.metadata: dict[ControlId, Any] = {}
        self.status: Any = self.Status.Pending

    def add_buffer(self, stream: Any, buffer: FrameBuffer) -> None:
        self.buffers[stream] = buffer

    def set_control(self, control: ControlId, value: Any) -> None:
        stage.started_with[control.name] = value

    def reuse(self) -> None:
        self.status = self.Status.Pending


class Camera:
    """One sensor; a thread fills queued requests at the pace asked for."""

    id = "/base/standin/imx296@1a"

    def __init__(self, manager: CameraManager) -> None:
        self._manager = manager
        self._queue: deque[Request] = deque()
        self._running = threading.Event()
        self._thread: threading.Thread | None = None
        self._config: Any = None
        self._last: dict[Any, bytes] = {}
        self._random = np.random.default_rng(1)
        self.properties = {
            properties.Model: stage.model,
            properties.ColorFilterArrangement: 0,
        }
        self.controls = {
            controls.FrameDurationLimits: ControlInfo(1000, 10**9, 33333),
            controls.ExposureTime: ControlInfo(10, 10**6, 1000),
            controls.LensPosition: ControlInfo(0.0, 32.0, 1.0),
            controls.AfMode: ControlInfo(0, 2, 0),
            controls.NoiseReductionMode: ControlInfo(0, 4, 0),
        }

    def acquire(self) -> None:
        if not stage.free:
            raise RuntimeError("Device or resource busy")
        stage.free = False

    def release(self) -> None:
        stage.free = True

    def generate_configuration(self, roles: list[Any]) -> CameraConfiguration:
        return CameraConfiguration(roles)

    def configure(self, config: CameraConfiguration) -> int:
        self._config = config
        for stream in config:
            stream.stream.configuration = stream
        return 0

    def create_request(self, cookie: int) -> Request:
        return Request(cookie)

    def queue_request(self, request: Request) -> None:
        self._queue.append(request)

    def start(self, wanted: dict[ControlId, Any]) -> None:
        if stage.fault == "unplugged":
            raise RuntimeError("Failed to start camera: No such device")
        stage.started_with = {control.name: value for control, value in wanted.items()}
        period = stage.started_with.get("FrameDurationLimits", (33333,))[0] / 1e6
        self._running.set()
        self._thread = threading.Thread(target=self._run, args=(period,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._running.clear()
        if self._thread is not None:
            self._thread.join()
        while self._queue:
            request = self._queue.popleft()
            request.status = Request.Status.Cancelled
            self._manager.done(request)

    def _run(self, period: float) -> None:
        due = time.monotonic()
        while self._running.is_set():
            due += period
            time.sleep(max(0.0, due - time.monotonic()))
            if stage.fault in ("stall", "unplugged") or not self._queue:
                continue
            request = self._queue.popleft()
            for stream, buffer in request.buffers.items():
                os.pwrite(buffer.planes[0].fd, self._drawn(stream), 0)
            stage.frames += 1
            stamp = 1 if stage.fault == "clock" else time.monotonic_ns()
            request.metadata = {controls.SensorTimestamp: stamp, controls.ExposureTime: 1000}
            request.status = Request.Status.Complete
            self._manager.done(request)

    def _drawn(self, stream: Any) -> bytes:
        if stage.fault == "frozen" and stream in self._last:
            return self._last[stream]
        config = stream.configuration
        width, height = config.size.width, config.size.height
        scene = np.zeros_like(stage.scene) if stage.fault == "black" else stage.scene
        picture = cv2.resize(scene, (width, height), interpolation=cv2.INTER_NEAREST)
        noise = self._random.integers(0, 3, (height, width, 1), np.uint8)
        picture = cv2.add(picture, np.repeat(noise, 3, axis=2))
        if str(config.pixel_format) == "YUV420":
            padded = np.zeros((height, config.stride, 3), np.uint8)
            padded[:, :width] = picture
            lines = cv2.cvtColor(padded, cv2.COLOR_RGB2YUV_I420)
        else:
            lines = np.zeros((height, config.stride), np.uint8)
            lines[:, : width * 3] = picture.reshape(height, width * 3)
        self._last[stream] = lines.tobytes()
        return self._last[stream]


class CameraManager:
    """All cameras, and the requests that are done."""

    def __init__(self) -> None:
        self.event_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._ready: deque[Request] = deque()
        self.cameras = [] if stage.fault == "unplugged" else [Camera(self)]

    @classmethod
    def singleton(cls) -> CameraManager:
        return cls()

    def __del__(self) -> None:
        os.close(self.event_fd)

    def done(self, request: Request) -> None:
        self._ready.append(request)
        os.eventfd_write(self.event_fd, 1)

    def get_ready_requests(self) -> list[Request]:
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self.event_fd)
        ready = []
        while self._ready:
            ready.append(self._ready.popleft())
        return ready


class NoiseReductionModeEnum(IntEnum):
    Off = 0
    Fast = 1
    HighQuality = 2
    Minimal = 3


controls.draft = SimpleNamespace(NoiseReductionModeEnum=NoiseReductionModeEnum)
