"""The live view of the bed for the certifier: small when many look, sharp for who has the request.

A thumbnail has so few pixels that nothing on a paper can be read: only whoever opened a request
sees its papers.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable

from PIL import Image

from daemon import desk_messages as msg
from daemon.frames import Frame, Frames

THUMB = (96, 72)
"""Pixels: over 4 mm of the bed each, where letters are 2 to 5 mm high."""
THUMB_EVERY = 1.0
"""Seconds between two thumbnails."""
QUALITY = 72
PATIENCE = 1.0
"""Seconds to wait until a picture was drawn at the desk; then the next one goes all the same."""
LOOK = 0.02
"""Seconds between two looks whether the camera has a new picture."""


def jpeg_of(frame: Frame, *, small: bool) -> bytes:
    """One picture for the line."""
    picture = Image.fromarray(frame)
    if small:
        picture = picture.resize(THUMB, Image.Resampling.BOX)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


class LiveView:
    """Sends pictures while somebody wants them."""

    def __init__(
        self,
        frames_fd: int,
        send: Callable[[msg.Frame], bool],
        camera: Callable[[bool], None],
        *,
        frames: float,
        budget: int,
    ) -> None:
        """`camera`: the live view is wanted although the screen shows none, or not any more."""
        self._fd = frames_fd
        self._send = send
        self._camera = camera
        self._every = 1.0 / frames
        self._budget = budget
        self._want = msg.Watch(False)
        self._task: asyncio.Task[None] | None = None
        self._drawn = asyncio.Event()

    def watch(self, want: msg.Watch) -> None:
        """What the desk wants to see now."""
        if want == self._want:
            return
        before, self._want = self._want, want
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if bool(want.id) != bool(before.id):
            self._camera(bool(want.id))
        if want.on:
            self._task = asyncio.create_task(self._run(want), name="live view")

    def seen(self) -> None:
        """The last picture was drawn."""
        self._drawn.set()

    async def _run(self, want: msg.Watch) -> None:
        loop = asyncio.get_running_loop()
        frames = Frames(self._fd, writable=False)
        empty = True
        try:
            while True:
                frame = frames.newest()
                if frame is None:
                    if not frames.counter and not empty and want.small:
                        # the camera stopped: the thumbnail of the last paper goes too
                        empty = self._send(msg.Frame(want.id, b""))
                    await asyncio.sleep(LOOK)
                    continue
                began, empty = loop.time(), False
                data = await asyncio.to_thread(jpeg_of, frame, small=want.small)
                self._drawn.clear()
                if not self._send(msg.Frame(want.id, data)):
                    return
                try:
                    async with asyncio.timeout(PATIENCE):
                        await self._drawn.wait()
                except TimeoutError:
                    pass
                pause = THUMB_EVERY if want.small else max(self._every, len(data) / self._budget)
                await asyncio.sleep(max(0.0, began + pause - loop.time()))
        finally:
            frames.close()
