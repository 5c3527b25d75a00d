"""A small supervisor of the camera process, for tools and tests that run without the daemon.

The daemon supervises its three children in one place of its own; this one keeps the same rules: a
process that died, or owes a Pong for `ANSWER_WITHIN` seconds, is killed and started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys

from daemon.link import Link, LinkError, Ping, Pong, pair
from drivers.camera import ChildCamera
from drivers.camera_messages import FromCamera

ANSWER_WITHIN = 1.5
PING_EVERY = 0.5
RESTART_AFTER = 0.2


class CameraSupervisor:
    """Runs the process of `camera` from `start` until `stop`."""

    def __init__(self, camera: ChildCamera) -> None:
        self._camera = camera
        self._task: asyncio.Task[None] | None = None
        self.pid = 0
        """Of the process that runs now; 0 between two."""
        self.starts = 0

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _run(self) -> None:
        while True:
            reason = await self._one_life()
            self._camera.down(reason)
            await asyncio.sleep(RESTART_AFTER)

    async def _one_life(self) -> str:
        ours, theirs = pair()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *ChildCamera.COMMAND,
            "--fd",
            str(theirs.fileno()),
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        theirs.close()
        link: Link[FromCamera] = Link(ours, FromCamera)
        ours.setblocking(False)
        self.pid = process.pid
        self.starts += 1
        talk = asyncio.create_task(self._talk(link))
        died = asyncio.create_task(process.wait())
        try:
            await asyncio.wait((talk, died), return_when=asyncio.FIRST_COMPLETED)
            return talk.result() if talk.done() else "lost"
        finally:
            talk.cancel()
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await asyncio.gather(talk, died, return_exceptions=True)
            link.close()
            self.pid = 0

    async def _talk(self, link: Link[FromCamera]) -> str:
        """Until the process is `lost` or `hung`."""
        # Sent at once; an interpreter with its libraries needs a second or two to its first Pong.
        patience = ANSWER_WITHIN * 6
        sent = 0
        self._camera.up(link)
        answered = sent_at = asyncio.get_running_loop().time()
        while True:
            now = asyncio.get_running_loop().time()
            if now - answered > patience:
                return "hung"
            if sent == 0 or now - sent_at >= PING_EVERY:
                sent, sent_at = sent + 1, now
                with contextlib.suppress(LinkError):
                    link.send(Ping(sent))
            try:
                async with asyncio.timeout(PING_EVERY):
                    message, fds = await link.receive_soon()
            except TimeoutError:
                continue
            except LinkError:
                return "lost"
            if isinstance(message, Pong):
                patience, answered = ANSWER_WITHIN, asyncio.get_running_loop().time()
            self._camera.message(message, fds)
