"""The document camera above the bed: its port, and the daemon's end of the camera process."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Callable
from typing import Protocol

from daemon.frames import Frames
from daemon.link import Link, LinkError, Pong
from drivers import camera_messages as msg
from drivers.camera_messages import CameraConfig
from drivers.errors import CameraError
from drivers.health import Emit, Health, HealthKeeper

__all__ = ["Camera", "CameraConfig", "ChildCamera"]


class Camera(Protocol):
    """What the shell asks of a camera.  Frames run into `frames_fd` while the preview is on."""

    frames_fd: int
    """Descriptor of a `daemon.frames` buffer of `config.preview_size`."""

    async def preview(self, on: bool) -> None:
        """Starts or stops the live view.  Never fails; a lost camera catches up when back.

        A stopped one leaves no frame: the next visitor must not see the last paper.
        """
        ...

    async def capture(self) -> bytes:
        """A still at full size as JPEG.  Raises CameraError after at most a few seconds."""
        ...

    def health(self) -> Health: ...


class ChildCamera:
    """The camera in its own process, whoever supervises it.

    The supervisor starts `python -m drivers.camera_process --fd N` and calls `up(link)` when the
    process runs, `message(…)` for each message it sends (Pong too) and `down(reason)` when it
    has died or was killed.  The process may come and go at any moment: the preview and a capture
    under way are asked again of the next one.
    """

    COMMAND = ("-m", "drivers.camera_process")
    INCOMING = msg.FromCamera

    def __init__(self, config: CameraConfig, emit: Emit) -> None:
        self.config = config
        width, height = config.preview_size
        self.frames_fd = Frames.create(width, height)
        self._keeper = HealthKeeper("camera", "camera", emit)
        self._link: Link[msg.FromCamera] | None = None
        self._came_up = asyncio.Event()
        self._preview = False
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._up_hooks: list[Callable[[], None]] = []

    # -- the port --------------------------------------------------------------------------

    async def preview(self, on: bool) -> None:
        self._preview = on
        self._send(msg.Preview(on))
        if not on:
            # Here too, since the process may be away; a frame it still writes, it wipes itself.
            frames = Frames(self.frames_fd, writable=True)
            frames.wipe()
            frames.close()

    async def capture(self) -> bytes:
        loop = asyncio.get_running_loop()
        # A killed process is back within 3 s and needs its time for the still after that.
        deadline = loop.time() + self.config.capture_timeout + 4.0
        while True:
            within = min(self.config.capture_timeout, deadline - loop.time())
            try:
                async with asyncio.timeout(max(0.0, deadline - loop.time())):
                    await self._came_up.wait()
                return await self._ask_still(within)
            except _ProcessLostError:
                if loop.time() >= deadline:
                    raise CameraError("lost", "the camera process died") from None
            except TimeoutError:
                raise CameraError("lost", "the camera process does not answer") from None

    def health(self) -> Health:
        return self._keeper.health

    def close(self) -> None:
        """Gives the frame buffer free."""
        os.close(self.frames_fd)

    # -- for the supervisor ----------------------------------------------------------------

    def up(self, link: Link[msg.FromCamera]) -> None:
        """A process runs and can be talked to."""
        self._link = link
        self._send(msg.Setup(self.config), [self.frames_fd])
        if self._preview:
            self._send(msg.Preview(True))
        for hook in self._up_hooks:
            hook()
        self._came_up.set()

    def down(self, reason: str = "lost") -> None:
        """The process is gone (`lost`) or was killed because it did not answer (`hung`)."""
        self._link = None
        self._came_up.clear()
        self._keeper.lost(reason)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_ProcessLostError())
        self._waiting.clear()

    def message(self, message: msg.FromCamera, fds: list[int]) -> None:
        """Takes one message; closes its descriptors."""
        try:
            self._take(message, fds)
        finally:
            for fd in fds:
                os.close(fd)

    # -- for a simulated world -------------------------------------------------------------

    def when_up(self, hook: Callable[[], None]) -> None:
        """Calls `hook` each time a process has come up, after its set-up."""
        self._up_hooks.append(hook)

    def simulate(
        self, message: msg.SimLay | msg.SimLift | msg.SimFault, fds: list[int] | None = None
    ) -> None:
        """Passes a command to the simulated sensor; a real one ignores it."""
        self._send(message, fds or [])

    # -- inside ----------------------------------------------------------------------------

    def _send(self, message: object, fds: list[int] | None = None) -> None:
        """A link that breaks here is noticed by its supervisor: nothing to do."""
        if self._link is not None:
            try:
                self._link.send(message, fds or [])
            except LinkError:
                return

    async def _ask_still(self, within: float) -> bytes:
        n = next(self._numbers)
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[n] = future
        self._send(msg.TakeStill(n, within))
        try:
            # A little longer than the process itself waits, for the JPEG and the way back.
            async with asyncio.timeout(within + 1.5):
                return await future
        finally:
            self._waiting.pop(n, None)

    def _take(self, message: msg.FromCamera, fds: list[int]) -> None:
        match message:
            case msg.Ready(model):
                self._keeper.ok(model=model)
            case msg.Still(n, width, height, sharpness):
                jpeg = _contents(fds[0]) if fds else b""
                self._keeper.note(stills=self._stills() + 1, still=f"{width}×{height}")
                self._keeper.note(still_sharpness=sharpness)
                self._answer(n, jpeg)
            case msg.StillFailed(n, reason):
                self._answer(n, CameraError(reason))
            case msg.CameraReport(state, reason, fps, brightness, sharpness, frames, reopened):
                figures: dict[str, int | float | str] = {
                    "fps": fps,
                    "brightness": brightness,
                    "sharpness": sharpness,
                    "frames": frames,
                    "reopened": reopened,
                }
                if state == "ok":
                    self._keeper.ok(**figures)
                else:
                    self._keeper.lost(reason, **figures)
            case Pong():
                pass

    def _stills(self) -> int:
        return int(self._keeper.health.figures.get("stills", 0))

    def _answer(self, n: int, answer: bytes | CameraError) -> None:
        future = self._waiting.get(n)
        if future is None or future.done():
            return
        if isinstance(answer, CameraError):
            future.set_exception(answer)
        else:
            future.set_result(answer)


class _ProcessLostError(Exception):
    """The process died while a still was awaited."""


def _contents(fd: int) -> bytes:
    size = os.fstat(fd).st_size
    return os.pread(fd, size, 0)
