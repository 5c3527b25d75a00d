"""The camera's own process over a stand-in: `python -m tests.drivers.standin.camera_child --fd N
--sensor webcam|libcamera FOLDER`.

What is wrong with the sensor stands in the file FOLDER/fault; a webcam's device is FOLDER/video0.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from daemon.link import Link
from drivers import camera_messages as msg
from drivers.camera_backend import Backend
from drivers.camera_process import CameraProcess

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True)
    parser.add_argument("--sensor", choices=["webcam", "libcamera"], required=True)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    make, breaks = (_webcam if options.sensor == "webcam" else _libcamera)(options.folder)
    threading.Thread(target=_follow, args=(options.folder / "fault", breaks), daemon=True).start()
    return CameraProcess(Link.from_fd(options.fd, msg.ToCamera), make).run()


def _follow(file: Path, breaks: Callable[[str], None]) -> None:
    """Until the process ends: what the file says is wrong."""
    while True:
        breaks(file.read_text())
        time.sleep(0.005)


Made = tuple[Callable[[msg.CameraConfig], Backend], Callable[[str], None]]


def _webcam(folder: Path) -> Made:
    from drivers.camera_v4l2 import WebcamSensor
    from tests.drivers.standin.webcam import Webcam

    webcam = Webcam(folder / "video0", plugged=False)

    def breaks(fault: str) -> None:
        webcam.fault = fault  # type: ignore[assignment]

    return lambda config: WebcamSensor(config, webcam.opened), breaks


def _libcamera(folder: Path) -> Made:
    sys.path.insert(0, str(HERE))
    import libcamera
    import picamera2.picamera2 as module
    from picamera2.allocators import LibcameraAllocator

    from drivers.camera_picamera2 import PicameraSensor

    module.DmaAllocator = lambda: LibcameraAllocator(None)
    stage: Any = libcamera.stage
    stage.scene[:] = 200
    stage.fault = (folder / "fault").read_text()
    return PicameraSensor, lambda fault: setattr(stage, "fault", fault)


if __name__ == "__main__":
    sys.exit(main())
