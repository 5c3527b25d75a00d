"""The camera in its own process: whatever happens to it, it is back within three seconds."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

from daemon.frames import Frame, Frames
from daemon.machine.events import DeviceBack, DeviceLost
from drivers.camera import ChildCamera
from drivers.camera_messages import CameraConfig, SimulatedFault
from drivers.errors import CameraError
from drivers.simulated.world import World
from tests.drivers.conftest import QUICK
from tests.drivers.recorder import Recorder, turned
from tests.drivers.supervised import Supervised
from tests.patience import LOADED

BACK_WITHIN = 3.0
"""Seconds; what the design promises for a child that was killed or stopped."""


class Rig:
    """The world's camera with a running process."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.camera: ChildCamera = world.devices.camera
        self.supervisor = Supervised(self.camera)
        self.frames = Frames(self.camera.frames_fd, writable=False)

    async def frame(self) -> Frame:
        """A frame newer than now."""
        self.frames.newest()
        found: list[Frame] = []

        def look() -> bool:
            newest = self.frames.newest()
            if newest is not None:
                found.append(newest)
            return bool(found)

        await turned(look, within=BACK_WITHIN * LOADED)
        return found[0]

    async def shows(self, paper: bool) -> Frame:
        """Until the live view shows a white paper, or none."""
        async with asyncio.timeout(8):
            while (_white(frame := await self.frame()) > 0.1) != paper:
                pass
        return frame


@pytest.fixture
async def rig(world: World) -> AsyncIterator[Rig]:
    rig = Rig(world)
    await rig.supervisor.start()
    await rig.camera.preview(True)
    await turned(lambda: rig.camera.health().state == "ok", within=15)
    try:
        yield rig
    finally:
        rig.frames.close()
        await rig.supervisor.stop()


async def test_live_view_and_still(rig: Rig) -> None:
    config = QUICK.camera
    frame = await rig.frame()
    assert frame.shape == (config.preview_height, config.preview_width, 3)
    still = _decoded(await rig.camera.capture())
    assert still.shape == (config.still_height, config.still_width, 3)
    await turned(lambda: float(rig.camera.health().figures["fps"]) > 0)
    figures = rig.camera.health().figures
    assert figures["stills"] == 1
    assert figures["model"] == "simulated"
    assert float(figures["fps"]) <= config.fps * 1.5


async def test_what_lies_on_the_bed_is_seen(rig: Rig) -> None:
    await rig.shows(paper=False)
    rig.world.lay(_page(), angle=3)
    await rig.shows(paper=True)
    assert _white(_decoded(await rig.camera.capture())) > 0.1
    rig.world.lift()
    await rig.shows(paper=False)


async def test_no_frame_is_written_while_nobody_looks(rig: Rig) -> None:
    await rig.frame()
    await rig.camera.preview(False)
    await rig.camera.capture()  # answered after the message before it
    before = rig.frames.counter
    await rig.camera.capture()
    assert rig.frames.counter == before


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
async def test_killed_or_stopped_it_is_back_within_three_seconds(
    rig: Rig, told: Recorder, sign: signal.Signals
) -> None:
    rig.world.lay(_page(), angle=0)
    await rig.shows(paper=True)
    told.clear()
    pid, hit = rig.supervisor.pid, time.monotonic()
    os.kill(pid, sign)
    await told.event(DeviceLost("camera", "lost" if sign == signal.SIGKILL else "hung"))
    while await turned_to_new(rig, pid):
        pass
    await told.event(DeviceBack("camera"))
    await rig.frame()
    took = time.monotonic() - hit
    assert took < BACK_WITHIN * LOADED, f"{took:.2f} s"
    await rig.shows(paper=True)
    assert rig.camera.health().faults == 1


async def test_a_still_asked_for_when_it_dies_comes_from_the_next_process(rig: Rig) -> None:
    for _ in range(2):
        pid = rig.supervisor.pid
        os.kill(pid, signal.SIGSTOP)  # so that the answer cannot be on its way already
        still = asyncio.create_task(rig.camera.capture())
        await asyncio.sleep(0)
        os.kill(pid, signal.SIGKILL)
        assert _decoded(await still).shape[1] == QUICK.camera.still_width


@pytest.mark.parametrize("fault", ["stall", "black", "frozen"])
async def test_a_stuck_sensor_is_noticed_and_recovers(
    rig: Rig, told: Recorder, fault: SimulatedFault
) -> None:
    told.clear()
    hit = time.monotonic()
    rig.world.camera_fault(fault)
    await told.event(DeviceLost("camera", fault))
    assert time.monotonic() - hit < 2.0 * LOADED
    rig.world.camera_fault("")
    await told.event(DeviceBack("camera"), within=10)
    assert _decoded(await rig.camera.capture()).any()


async def test_no_picture_is_taken_from_a_black_sensor(rig: Rig) -> None:
    rig.world.camera_fault("black")
    with pytest.raises(CameraError) as failed:
        await rig.camera.capture()
    assert failed.value.reason in ("black", "late", "lost", "stall")


async def test_a_sensor_that_stays_stuck_gets_a_fresh_process(rig: Rig) -> None:
    starts = rig.supervisor.starts
    rig.world.camera_fault("stall")
    await turned(lambda: rig.supervisor.starts > starts, within=20)
    await turned(lambda: rig.camera.health().state == "ok", within=10)


async def test_the_ribbon_comes_off_and_is_put_back(rig: Rig, told: Recorder) -> None:
    told.clear()
    rig.world.pull("camera")
    await told.event(DeviceLost("camera", "unplugged"))
    with pytest.raises(CameraError):
        await rig.camera.capture()
    os.kill(rig.supervisor.pid, signal.SIGKILL)
    await turned(lambda: rig.camera.health().reason == "lost")
    await turned(lambda: rig.camera.health().reason == "unplugged", within=10)
    rig.world.plug("camera")
    await turned(lambda: rig.camera.health().state == "ok", within=10)
    await rig.frame()


async def test_a_driver_blocked_in_the_kernel(rig: Rig, told: Recorder) -> None:
    told.clear()
    rig.world.hang("camera")
    await told.event(DeviceLost("camera", "hung"))
    await told.event(DeviceBack("camera"), within=10)


@pytest.mark.parametrize("data", [b"", b"\x00" * 1000, b"\x89PNG\r\n\x1a\n"])
async def test_what_is_no_picture_is_not_laid(rig: Rig, data: bytes) -> None:
    rig.world.lay(data)
    assert _white(_decoded(await rig.camera.capture())) < 0.1
    assert rig.supervisor.starts == 1


async def test_many_pulls_leave_no_descriptor(rig: Rig) -> None:
    await rig.camera.capture()
    before = _descriptors()
    for _ in range(5):
        await rig.camera.capture()
        rig.world.lay(_page())
        rig.world.lift()
    assert _descriptors() <= before


async def test_turned_pictures(told: Recorder) -> None:
    camera = ChildCamera(replace(QUICK.camera, rotation=90), told.emit)
    supervisor = Supervised(camera)
    await supervisor.start()
    try:
        still = _decoded(await camera.capture())
        assert still.shape[:2] == (QUICK.camera.still_width, QUICK.camera.still_height)
    finally:
        await supervisor.stop()
        camera.close()


async def test_without_a_process_a_still_fails_in_time(told: Recorder) -> None:
    camera = ChildCamera(CameraConfig(capture_timeout=0.1), told.emit)
    camera.config = replace(camera.config, capture_timeout=-3.9)  # 0.1 s in all
    with pytest.raises(CameraError, match="lost"):
        await camera.capture()
    camera.close()


async def turned_to_new(rig: Rig, old: int) -> bool:
    """Waits until another process than `old` runs; False = it does."""
    await turned(lambda: rig.supervisor.pid not in (0, old), within=BACK_WITHIN * LOADED)
    return False


def _page() -> bytes:
    page = np.full((1414, 1000, 3), 250, np.uint8)
    done, data = cv2.imencode(".png", page)
    assert done
    return data.tobytes()


def _decoded(jpeg: bytes) -> Frame:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _white(picture: Frame) -> float:
    """How much of the picture is as bright as paper."""
    return float((picture.min(axis=2) > 140).mean())


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
