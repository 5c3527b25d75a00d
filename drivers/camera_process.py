"""The camera's own process: `python -m drivers.camera_process --fd N`.

A capture blocked inside a camera library can only be killed (waveform80/picamera#242), so the
camera lives in a process that holds nothing and that the daemon may kill at any moment.  One
thread turns one loop: read messages, take a frame, watch it.  No call in the loop lasts longer
than `PATIENCE`, so a Pong that fails to come means that the sensor's driver is stuck.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable

import cv2
import numpy as np

from daemon.frames import Frames
from daemon.link import Link, LinkError, Ping, Pong
from drivers import camera_messages as msg
from drivers.camera_backend import Backend, BackendError, Picture
from drivers.camera_watch import FrameWatch

PATIENCE = 0.4
"""Longest wait for one frame, in seconds; the daemon expects an answer within 1.5 s."""

REOPENINGS = 3
"""After so many in a row without a good frame the process gives up: a fresh one gets back
memory and file descriptors that a broken pipeline may have leaked."""

PATIENT = frozenset({"unplugged", "no_library", "not_allowed"})
"""Reasons that a fresh process would not cure."""

GAVE_UP = 75
REPORT_EVERY = 1.0


def backend_for(config: msg.CameraConfig) -> Backend:
    """The sensor that the configuration names; its library is imported only here."""
    if config.backend == "picamera2":
        from drivers.camera_picamera2 import PicameraSensor

        return PicameraSensor(config)
    if config.backend == "v4l2":
        from drivers.camera_v4l2 import WebcamSensor

        return WebcamSensor(config)
    from drivers.simulated.camera import SimulatedSensor

    return SimulatedSensor(config)


class CameraProcess:
    """The loop.  `run` returns the exit status."""

    def __init__(
        self,
        link: Link[msg.ToCamera],
        make: Callable[[msg.CameraConfig], Backend] = backend_for,
    ) -> None:
        self._link = link
        self._make = make
        self._poll = select.poll()
        self._poll.register(link.fileno(), select.POLLIN)
        self._config = msg.CameraConfig()
        self._backend: Backend | None = None
        self._frames: Frames | None = None
        self._watch = FrameWatch(self._config.stuck_after, self._config.black_below)
        self._preview = False
        self._still: tuple[msg.TakeStill, float] | None = None
        self._streaming = False
        self._opening: _Opening | None = None
        self._open = False
        self._skip = 0
        self._failed = 0
        self._retry_at = 0.0
        self._check_at = 0.0
        self._checked = False
        self._told: tuple[str, str] = ("", "")
        self._tell_at = 0.0
        self._count = 0
        self._rate = 0.0
        self._rate_from = (0.0, 0)
        self._brightness = 0.0
        self._sharpness = 0.0
        self._reopened = 0

    def run(self) -> int:
        """Until the daemon closes the link (0) or the camera is beyond help (75)."""
        try:
            while True:
                self._read_messages()
                if self._backend is not None and not self._turn():
                    return GAVE_UP
        except LinkError as error:
            if error.closed:
                return 0
            raise
        finally:
            if self._backend is not None and self._open:
                self._backend.close()

    # -- messages --------------------------------------------------------------------------

    def _read_messages(self) -> None:
        busy = self._streaming or self._still is not None
        timeout = 0 if busy and self._open else 50
        while self._poll.poll(timeout):
            message, fds = self._link.receive()
            try:
                self._take(message, fds)
            finally:
                for fd in fds:
                    os.close(fd)
            timeout = 0

    def _take(self, message: msg.ToCamera, fds: list[int]) -> None:
        match message:
            case Ping(n):
                self._link.send(Pong(n))
            case msg.Setup(config):
                self._config = config
                self._frames = Frames(fds[0], writable=True)
                self._watch = FrameWatch(config.stuck_after, config.black_below)
                self._backend = self._make(config)
            case msg.Preview(on):
                self._preview = on
                if not on and self._frames is not None:
                    self._frames.wipe()
            case msg.TakeStill(_, within):
                self._still = (message, time.monotonic() + within)
            case _:
                self._simulate(message, fds)

    def _simulate(self, message: msg.ToCamera, fds: list[int]) -> None:
        from drivers.simulated.camera import SimulatedSensor

        if not isinstance(self._backend, SimulatedSensor):
            return
        match message:
            case msg.SimLay(how, angle, seed):
                with open(os.dup(fds[0]), "rb") as file:  # noqa: PTH123 (a descriptor)
                    file.seek(0)
                    self._backend.lay(file.read(), how, angle, seed)
            case msg.SimLift():
                self._backend.lift()
            case msg.SimFault(fault):
                self._backend.break_down(fault)

    # -- the camera ------------------------------------------------------------------------

    def _turn(self) -> bool:
        """One turn; False = give up."""
        now = time.monotonic()
        if self._still is not None and now > self._still[1]:
            self._fail_still(self._told[1] if self._told[0] == "lost" else "late")
        if not self._open:
            return self._open_soon(now)
        wanted = self._preview or self._still is not None or self._checking(now)
        try:
            if wanted != self._streaming:
                self._stream(wanted, now)
            if not self._streaming:
                return True
            self._one_frame()
        except BackendError as error:
            if error.reason == "unplugged":
                return self._reopen(error.reason)
        verdict = self._watch.verdict(time.monotonic())
        if verdict:
            return self._reopen(verdict)
        return True

    def _checking(self, now: float) -> bool:
        """Is it time to look whether an idle camera still lives?"""
        if now < self._check_at:
            return False
        if self._checked:
            self._checked = False
            self._check_at = now + self._config.idle_check
            return False
        return True

    def _stream(self, on: bool, now: float) -> None:
        assert self._backend is not None
        self._streaming = on
        if on:
            self._backend.start()
            self._skip = self._config.settle_frames
            self._watch.begin(now)
            self._rate_from = (now, self._count)
        else:
            self._backend.stop()

    def _one_frame(self) -> None:
        assert self._backend is not None and self._frames is not None
        if self._still is not None and self._skip == 0:
            asked = self._still[0]
            picture = _turned(self._backend.still(PATIENCE), self._config.rotation)
            self._watch.frame(time.monotonic(), _thin(picture))
            self._still = None
            self._send_still(asked, picture)
            return
        picture = _turned(self._backend.frame(PATIENCE), self._config.rotation)
        grey = _thin(picture)
        now = time.monotonic()
        self._watch.frame(now, grey)
        self._count += 1
        self._skip = max(0, self._skip - 1)
        if self._preview:
            self._frames.write(picture)
        if self._watch.good and self._skip == 0:
            self._failed = 0
            self._checked = True
            self._check_at = max(self._check_at, now)
        self._tell_health(now, grey)

    def _tell_health(self, now: float, grey: Picture) -> None:
        changed = self._told != ("ok", "")
        if self._skip or not self._watch.good or (now < self._tell_at and not changed):
            return
        if self._watch.verdict(now) or float(grey.mean()) < self._config.black_below:
            return
        since, count = self._rate_from
        if now - since > 0.2:
            self._rate = (self._count - count) / (now - since)
            self._rate_from = (now, self._count)
        self._brightness = float(grey.mean())
        self._sharpness = float(cv2.Laplacian(grey, cv2.CV_32F).var())
        self._tell("ok", "", now)

    def _tell(self, state: str, reason: str, now: float) -> None:
        self._told = (state, reason)
        self._tell_at = now + REPORT_EVERY
        self._link.send(
            msg.CameraReport(
                state="ok" if state == "ok" else "lost",
                reason=reason,
                fps=round(self._rate, 1),
                brightness=round(self._brightness, 1),
                sharpness=round(self._sharpness, 1),
                frames=self._count,
                reopened=self._reopened,
            )
        )

    def _send_still(self, asked: msg.TakeStill, picture: Picture) -> None:
        grey = _thin(picture)
        if float(grey.mean()) < self._config.black_below:
            self._link.send(msg.StillFailed(asked.n, "black"))
            return
        jpeg = _jpeg(picture, self._config.jpeg_quality)
        fd = os.memfd_create("still", os.MFD_CLOEXEC)
        try:
            with open(os.dup(fd), "wb") as file:  # noqa: PTH123 (a descriptor)
                file.write(jpeg)
            height, width = picture.shape[:2]
            sharp = float(cv2.Laplacian(grey, cv2.CV_32F).var())
            self._link.send(msg.Still(asked.n, width, height, round(sharp, 1)), [fd])
        finally:
            os.close(fd)

    def _fail_still(self, reason: str) -> None:
        if self._still is not None:
            self._link.send(msg.StillFailed(self._still[0].n, reason))
            self._still = None

    # -- opening and recovering ------------------------------------------------------------

    def _open_soon(self, now: float) -> bool:
        assert self._backend is not None
        if self._opening is None:
            if now < self._retry_at:
                return True
            self._opening = _Opening(self._backend, now + self._config.open_timeout)
        opened = self._opening.result(now)
        if opened is None:
            return True
        self._opening = None
        if isinstance(opened, BackendError):
            return opened.reason != "stall" and self._back_off(opened.reason)
        self._open = True
        self._link.send(msg.Ready(opened))
        return True

    def _reopen(self, reason: str) -> bool:
        """The camera is stuck: close and open it again."""
        assert self._backend is not None
        self._backend.close()
        self._open = self._streaming = False
        self._reopened += 1
        return self._back_off(reason)

    def _back_off(self, reason: str) -> bool:
        now = time.monotonic()
        if self._told != ("lost", reason):
            self._tell("lost", reason, now)
        self._failed += 1
        if reason not in PATIENT and self._failed > REOPENINGS:
            return False
        self._retry_at = now + min(0.5 * 2 ** (self._failed - 1), 2.0)
        return True


class _Opening:
    """Opens the backend in a thread, so that the loop goes on answering meanwhile."""

    def __init__(self, backend: Backend, deadline: float) -> None:
        self._backend = backend
        self._deadline = deadline
        self._result: str | BackendError | None = None
        threading.Thread(target=self._open, daemon=True, name="open").start()

    def _open(self) -> None:
        try:
            self._result = self._backend.open()
        except BackendError as error:
            self._result = error

    def result(self, now: float) -> str | BackendError | None:
        """The model, the failure, or None while it still opens."""
        if self._result is None and now > self._deadline:
            return BackendError("stall", "the camera does not open")
        return self._result


def _thin(picture: Picture) -> Picture:
    """A small grey picture: every n-th pixel, so that no new bytes can hide in an average."""
    step = max(1, picture.shape[1] // 480)
    return np.asarray(cv2.cvtColor(picture[::step, ::step], cv2.COLOR_RGB2GRAY), np.uint8)


def _turned(picture: Picture, rotation: int) -> Picture:
    codes = {
        90: cv2.ROTATE_90_CLOCKWISE,
        180: cv2.ROTATE_180,
        270: cv2.ROTATE_90_COUNTERCLOCKWISE,
    }
    return np.asarray(cv2.rotate(picture, codes[rotation]), np.uint8) if rotation else picture


def _jpeg(picture: Picture, quality: int) -> bytes:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise BackendError("error", "JPEG encoder")
    return data.tobytes()


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m drivers.camera_process", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="descriptor of the link's socket")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon ends this process, not a terminal
    cv2.setNumThreads(1)
    return CameraProcess(Link.from_fd(options.fd, msg.ToCamera)).run()


if __name__ == "__main__":
    sys.exit(main())
