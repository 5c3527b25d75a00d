"""One contract for all backends of the camera process: the simulated sensor, the real picamera2
over a stand-in for libcamera, and a webcam over a stand-in for OpenCV's capture.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from daemon.link import Link, pair
from daemon.machine.events import DeviceBack, DeviceLost
from drivers.camera import ChildCamera
from drivers.camera_backend import Backend, BackendError
from drivers.camera_messages import CameraConfig, FromCamera, ToCamera
from drivers.camera_process import CameraProcess
from drivers.camera_v4l2 import WebcamSensor
from drivers.simulated.camera import SimulatedSensor
from tests.drivers.recorder import Recorder, turned
from tests.drivers.standin.webcam import Webcam

STANDIN = Path(__file__).parent / "standin"
CONFIG = CameraConfig(
    still_width=1456, still_height=1088, preview_width=360, preview_height=270, fps=50
)

needs_picamera2 = pytest.mark.skipif(
    importlib.util.find_spec("libcamera") is not None,
    reason="a real libcamera is installed, which the stand-in would hide",
)


class Bench:
    """A backend and a way to break its sensor."""

    def __init__(
        self, make: Callable[[CameraConfig], Backend], breaks: Callable[[Backend, str], None]
    ) -> None:
        self.make = make
        self._breaks = breaks
        self.backend = make(CONFIG)

    def fault(self, name: str) -> None:
        self._breaks(self.backend, name)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The stand-in is importable, and picamera2 takes plain memory for its buffers."""
    monkeypatch.syspath_prepend(str(STANDIN))
    import libcamera
    import picamera2.picamera2 as module
    from picamera2.allocators import LibcameraAllocator

    monkeypatch.setattr(module, "DmaAllocator", lambda: LibcameraAllocator(None))
    libcamera.stage.reset()
    module.Picamera2._cm.reset()
    return libcamera.stage


def _break_simulated(backend: Backend, fault: str) -> None:
    assert isinstance(backend, SimulatedSensor)
    backend.break_down(fault)  # type: ignore[arg-type]


def _webcam_bench(webcam: Webcam) -> Bench:
    def breaks(_: Backend, fault: str) -> None:
        if fault == "unplugged":
            webcam.unplug()
        else:
            webcam.plug()
            webcam.fault = fault  # type: ignore[assignment]

    def make(config: CameraConfig) -> Backend:
        return WebcamSensor(replace(config, device=str(webcam.device)), webcam.opened)

    return Bench(make, breaks)


@pytest.fixture(params=["simulated", "v4l2", pytest.param("picamera2", marks=needs_picamera2)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "simulated":
        bench = Bench(SimulatedSensor, _break_simulated)
    elif request.param == "v4l2":
        bench = _webcam_bench(Webcam(tmp_path / "video0"))
    else:
        stage = request.getfixturevalue("stage")
        from drivers.camera_picamera2 import PicameraSensor

        bench = Bench(PicameraSensor, lambda backend, fault: setattr(stage, "fault", fault))
    yield bench
    bench.fault("")
    bench.backend.close()


def test_frames_and_stills_run(bench: Bench) -> None:
    assert bench.backend.open() in ("simulated", "imx296", "webcam")
    bench.backend.start()
    frames = [bench.backend.frame(1.0) for _ in range(3)]
    assert {frame.shape for frame in frames} == {(270, 360, 3)}
    assert all(frame.dtype == np.uint8 and frame.flags.c_contiguous for frame in frames)
    assert not np.array_equal(frames[0], frames[1]), "a living sensor is never still"
    assert bench.backend.still(1.0).shape == (1088, 1456, 3)


def test_what_was_handed_out_does_not_change(bench: Bench) -> None:
    bench.backend.open()
    bench.backend.start()
    still = bench.backend.still(1.0)
    copy = still.copy()
    for _ in range(8):
        bench.backend.frame(1.0)
    assert np.array_equal(still, copy)


def test_stopped_and_started_again(bench: Bench) -> None:
    bench.backend.open()
    for _ in range(5):
        bench.backend.start()
        bench.backend.frame(1.0)
        bench.backend.stop()


def test_a_stalled_sensor_costs_no_more_than_the_wait(bench: Bench) -> None:
    bench.backend.open()
    bench.backend.start()
    bench.backend.frame(1.0)
    bench.fault("stall")
    begun = time.monotonic()
    with pytest.raises(BackendError) as failed:
        for _ in range(3):  # a frame may be under way
            bench.backend.frame(0.2)
    assert failed.value.reason == "stall"
    assert time.monotonic() - begun < 2.0


def test_a_sensor_that_stalls_again_and_again_still_delivers_after_it(bench: Bench) -> None:
    """No buffer may be lost to a capture that was given up: there are only three."""
    bench.backend.open()
    bench.backend.start()
    for _ in range(6):
        bench.fault("stall")
        with pytest.raises(BackendError):
            for _ in range(3):
                bench.backend.frame(0.05)
        bench.fault("")
        bench.backend.frame(1.0)


def test_closed_and_opened_again_after_a_stall(bench: Bench) -> None:
    bench.backend.open()
    bench.backend.start()
    bench.fault("stall")
    with pytest.raises(BackendError):
        for _ in range(3):
            bench.backend.frame(0.05)
    bench.backend.close()
    bench.fault("")
    bench.backend.open()
    bench.backend.start()
    bench.backend.frame(1.0)


def test_no_camera(bench: Bench) -> None:
    bench.fault("unplugged")
    if hasattr(bench.backend, "_camera"):
        from picamera2 import Picamera2

        Picamera2._cm.reset()
    with pytest.raises(BackendError) as failed:
        bench.backend.open()
    assert failed.value.reason == "unplugged"
    bench.fault("")
    bench.backend = _second_look(bench)
    bench.backend.start()
    bench.backend.frame(1.0)


def _second_look(bench: Bench) -> Backend:
    """The first look after it was put back may still be at the old list of cameras."""
    try:
        bench.backend.open()
    except BackendError:
        bench.backend.open()
    return bench.backend


def test_closing_twice_or_unopened_is_nothing(bench: Bench) -> None:
    bench.backend.close()
    bench.backend.open()
    bench.backend.close()
    bench.backend.close()


def test_opening_and_closing_leaves_nothing(bench: Bench) -> None:
    def once() -> None:
        bench.backend.open()
        bench.backend.start()
        bench.backend.frame(1.0)
        bench.backend.close()

    once()
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        once()
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


# -- picamera2 alone ----------------------------------------------------------------------


async def test_without_its_library_the_process_stays_and_says_so(
    monkeypatch: pytest.MonkeyPatch, told: Recorder
) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    camera = ChildCamera(replace(CONFIG, backend="picamera2"), told.emit)
    ours, theirs = pair()
    process = CameraProcess(Link(theirs, ToCamera))
    running = asyncio.get_running_loop().run_in_executor(None, process.run)
    link: Link[FromCamera] = Link(ours, FromCamera)
    camera.up(link)
    message, fds = await link.receive_soon()
    camera.message(message, fds)
    assert told.events == [DeviceLost("camera", "no_library")]
    link.close()
    assert await running == 0
    theirs.close()
    camera.close()


@needs_picamera2
def test_red_is_red(stage: Any) -> None:
    from drivers.camera_picamera2 import PicameraSensor

    stage.scene[:] = (200, 40, 30)
    sensor = PicameraSensor(CONFIG)
    sensor.open()
    sensor.start()
    try:
        for picture in (sensor.frame(1.0), sensor.still(1.0)):
            assert picture.mean(axis=(0, 1)) == pytest.approx((201, 41, 31), abs=4)
    finally:
        sensor.close()


@needs_picamera2
async def test_the_whole_process_on_it(stage: Any, told: Recorder) -> None:
    """The camera process's own loop: live view, still, a stall and the way back."""
    from drivers.camera_picamera2 import PicameraSensor

    stage.scene[:] = 200
    camera = ChildCamera(replace(CONFIG, backend="picamera2"), told.emit)
    ours, theirs = pair()
    process = CameraProcess(Link(theirs, ToCamera), PicameraSensor)
    running = asyncio.get_running_loop().run_in_executor(None, process.run)
    link: Link[FromCamera] = Link(ours, FromCamera)

    async def listen() -> None:
        while True:
            camera.message(*await link.receive_soon())

    listening = asyncio.create_task(listen())
    try:
        camera.up(link)
        await camera.preview(True)
        await turned(lambda: camera.health().state == "ok", within=10)
        assert camera.health().figures["model"] == "imx296"
        assert len(await camera.capture()) > 10_000
        stage.fault = "stall"
        await told.event(DeviceLost("camera", "stall"))
        stage.fault = ""
        await told.event(DeviceBack("camera"), within=10)
        assert int(camera.health().figures["reopened"]) >= 1
        await camera.capture()
    finally:
        listening.cancel()
        link.close()
        assert await running == 0
        theirs.close()
        camera.close()


@needs_picamera2
def test_settings_reach_the_sensor(stage: Any) -> None:
    from drivers.camera_picamera2 import PicameraSensor

    sensor = PicameraSensor(replace(CONFIG, exposure_us=8000, lens_position=3.5))
    sensor.open()
    sensor.start()
    sensor.close()
    wanted = {
        "FrameDurationLimits": (20000, 20000),
        "ExposureTime": 8000,
        "ExposureTimeMode": 1,
        "AfMode": 0,
        "LensPosition": 3.5,
    }
    assert {name: stage.started_with[name] for name in wanted} == wanted


@needs_picamera2
def test_a_camera_that_another_program_holds(stage: Any) -> None:
    from drivers.camera_picamera2 import PicameraSensor

    stage.free = False
    with pytest.raises(BackendError) as failed:
        PicameraSensor(CONFIG).open()
    assert failed.value.reason == "stall"


@needs_picamera2
def test_frames_whose_time_stands_still_are_no_frames(stage: Any) -> None:
    from drivers.camera_picamera2 import PicameraSensor

    sensor = PicameraSensor(CONFIG)
    sensor.open()
    sensor.start()
    try:
        sensor.frame(1.0)
        stage.fault = "clock"
        with pytest.raises(BackendError, match="time stands still"):
            for _ in range(4):
                sensor.frame(1.0)
    finally:
        sensor.close()


@needs_picamera2
def test_a_sensor_that_does_not_start(stage: Any) -> None:
    from drivers.camera_picamera2 import PicameraSensor

    sensor = PicameraSensor(CONFIG)
    sensor.open()
    stage.fault = "unplugged"
    with pytest.raises(BackendError) as failed:
        sensor.start()
    assert failed.value.reason == "unplugged"
    sensor.close()


@needs_picamera2
def test_it_is_configured_once(stage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Live view and still come from one mode: nothing switches between them."""
    from picamera2 import Picamera2

    from drivers.camera_picamera2 import PicameraSensor

    configured: list[object] = []
    original = Picamera2.configure

    def configure(camera: Any, config: Any) -> None:
        configured.append(config)
        original(camera, config)

    monkeypatch.setattr(Picamera2, "configure", configure)
    sensor = PicameraSensor(CONFIG)
    sensor.open()
    for _ in range(3):
        sensor.start()
        sensor.frame(1.0)
        sensor.still(1.0)
        sensor.stop()
    sensor.close()
    assert len(configured) == 1
