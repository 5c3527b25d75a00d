"""What is particular to a USB camera; the rest of its contract is test_drivers_camera_backends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from msgspec.structs import replace

from drivers.camera_backend import BackendError
from drivers.camera_messages import CameraConfig
from drivers.camera_process import backend_for
from drivers.camera_v4l2 import WebcamSensor
from tests.drivers.standin.webcam import Webcam

CONFIG = CameraConfig(
    backend="v4l2", still_width=1280, still_height=720, preview_width=320, preview_height=240
)


class Desk:
    def __init__(self, folder: Path) -> None:
        self.webcam = Webcam(folder / "video0")
        self.config = replace(CONFIG, device=str(self.webcam.device))
        self.sensor = WebcamSensor(self.config, self.webcam.opened)

    def started(self) -> WebcamSensor:
        self.sensor.open()
        self.sensor.start()
        return self.sensor


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.webcam.fault = ""
    desk.sensor.close()


def test_red_is_red(desk: Desk) -> None:
    mean = desk.started().still(1.0).mean(axis=(0, 1))
    assert mean[0] > mean[2] + 20


def test_the_whole_bed_is_seen_in_the_live_view(desk: Desk) -> None:
    """A sensor of another shape than the view: nothing of it is cut off or bent."""
    frame = desk.started().frame(1.0)
    assert frame.shape == (240, 320, 3)
    lit = np.flatnonzero(frame.mean(axis=(1, 2)) > 60)
    assert (lit[0], lit[-1]) == (30, 209), "16:9 in 4:3 leaves a black band above and below"


def test_settings_reach_the_camera(desk: Desk) -> None:
    desk.sensor = WebcamSensor(
        replace(desk.config, exposure_us=8000, lens_position=30.0), desk.webcam.opened
    )
    desk.started()
    wanted = {
        cv2.CAP_PROP_FRAME_WIDTH: 1280,
        cv2.CAP_PROP_FRAME_HEIGHT: 720,
        cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*"MJPG"),
        cv2.CAP_PROP_AUTO_EXPOSURE: 1,
        cv2.CAP_PROP_EXPOSURE: 80,
        cv2.CAP_PROP_AUTOFOCUS: 0,
        cv2.CAP_PROP_FOCUS: 30.0,
    }
    assert {key: desk.webcam.settings[key] for key in wanted} == wanted


@pytest.mark.parametrize("fault", ["garbage", "half"])
def test_a_damaged_frame_is_left_out(desk: Desk, fault: str) -> None:
    sensor = desk.started()
    sensor.frame(1.0)
    desk.webcam.fault = fault  # type: ignore[assignment]
    with pytest.raises(BackendError, match="stall"):
        for _ in range(2):  # one may have been good still
            sensor.frame(0.2)
    desk.webcam.fault = ""
    sensor.frame(1.0)


def test_pulled_out_while_frames_run(desk: Desk) -> None:
    sensor = desk.started()
    sensor.frame(1.0)
    desk.webcam.unplug()
    with pytest.raises(BackendError) as failed:
        for _ in range(2):
            sensor.frame(0.3)
    assert failed.value.reason == "unplugged"
    sensor.close()
    with pytest.raises(BackendError, match="unplugged"):
        sensor.open()
    desk.webcam.plug()
    desk.started().frame(1.0)
    assert desk.webcam.open == 1, "the old capture has given it free"


def test_held_by_another_program_or_forbidden(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.webcam.fault = "busy"
    with pytest.raises(BackendError) as busy:
        desk.sensor.open()
    assert busy.value.reason == "busy"
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(BackendError) as refused:
        desk.sensor.open()
    assert refused.value.reason == "not_allowed"


def test_a_wait_ends_in_time_whatever_the_kernel_does(desk: Desk) -> None:
    sensor = desk.started()
    sensor.frame(1.0)
    desk.webcam.fault = "stall"
    begun = time.monotonic()
    sensor.close()
    assert time.monotonic() - begun < 0.5, "closing does not wait for the capture"


def test_what_is_no_camera(tmp_path: Path) -> None:
    """The real OpenCV on a file: refused, and nothing hangs."""
    plain = tmp_path / "video0"
    plain.write_bytes(b"no camera")
    sensor = backend_for(replace(CONFIG, device=str(plain)))
    assert isinstance(sensor, WebcamSensor)
    with pytest.raises(BackendError) as failed:
        sensor.open()
    assert failed.value.reason == "busy"


def test_it_is_opened_once(desk: Desk) -> None:
    """Live view and still come from one mode: nothing switches between them."""
    desk.started()
    settings = dict(desk.webcam.settings)
    for _ in range(3):
        desk.sensor.start()
        desk.sensor.frame(1.0)
        desk.sensor.still(1.0)
        desk.sensor.stop()
    assert desk.webcam.opened_ever == 1
    assert desk.webcam.settings == settings
