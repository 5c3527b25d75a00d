"""The daemon's end of the document worker.

The supervisor starts `python -m daemon.documents.worker --fd N` and calls `up`, `down` and
`message`.  The worker may die at any moment: what it was asked is asked once more of the next one,
and a request that kills two workers is given up with `WorkerLost`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from daemon.documents import messages as msg
from daemon.documents.errors import REMOTE, DocumentsError, WorkerLate, WorkerLost
from daemon.documents.messages import Examination, Outlined, Reading
from daemon.link import Link, LinkError, Pong

log = logging.getLogger(__name__)

PATIENCE = {"Outline": 3.0, "Examine": 20.0, "Read": 40.0, "Assemble": 60.0}
"""Seconds until an answer, a restart of the worker included."""


@dataclass(eq=False)
class _Request:
    message: msg.Outline | msg.Examine | msg.Read | msg.Assemble
    data: bytes | None
    """Sent in a fresh memory file each time; None = the descriptor `fd` is sent instead."""
    fd: int
    answer: asyncio.Future[tuple[msg.Seen | msg.Done, bytes]]
    tries: int = 0


class DocumentsClient:
    """Requests to the worker; every method may raise DocumentsError (`error.reason`)."""

    COMMAND: tuple[str, ...] = ("-m", "daemon.documents.worker")
    INCOMING = msg.FromWorker

    def __init__(self, view_mm: float = 0.0, taught: str = "") -> None:
        """`view_mm`: width of the bed that the camera sees, 0 = not calibrated; `taught`: file."""
        if taught:
            self.COMMAND = (*self.COMMAND, "--taught", taught)
        self.ready: msg.Ready | None = None
        """What the running worker reported of itself."""
        self._view_mm = view_mm
        self._link: Link[msg.FromWorker] | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Request] = {}
        self._outline: asyncio.Future[Outlined] | None = None

    # -- requests --------------------------------------------------------------------------

    async def outline(self, frames_fd: int) -> Outlined:
        """What the newest preview frame shows.  A call while one is pending shares its answer."""
        if self._outline is None or self._outline.done():
            self._outline = asyncio.ensure_future(self._ask_outline(frames_fd))
            # Who asked may have stopped looking meanwhile: then a failure is nobody's.
            self._outline.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(self._outline)

    async def examine(self, photo: bytes, earlier: Sequence[bytes] = ()) -> Examination:
        """Page, quality, kind, codes and fingerprint of a photograph (JPEG, PNG or WebP)."""
        message = msg.Examine(next(self._numbers), tuple(earlier), self._view_mm)
        return msgspec.msgpack.decode(await self._ask(message, photo), type=Examination)

    async def read(self, page_jpeg: bytes, kind: str = "") -> Reading:
        """The text of a rectified page, and the fields of its kind where one is given."""
        data = await self._ask(msg.Read(next(self._numbers), kind), page_jpeg)
        return msgspec.msgpack.decode(data, type=Reading)

    async def assemble(
        self,
        pages: Sequence[tuple[bytes, Reading]],
        title: str,
        papers: Mapping[int, str] | None = None,
    ) -> bytes:
        """A PDF/A-2b with these pages (JPEG and its text) in this order.

        `papers`: index of a paper's first page → its name, for the bookmarks.
        """
        sheets = tuple(msg.Sheet(jpeg, reading) for jpeg, reading in pages)
        job = msg.Job(title, sheets, dict(papers or {}))
        data = await asyncio.to_thread(msgspec.msgpack.encode, job)
        return await self._ask(msg.Assemble(next(self._numbers)), data)

    # -- for the supervisor ----------------------------------------------------------------

    def up(self, link: Link[msg.FromWorker]) -> None:
        """A process runs; whatever is pending is asked of it."""
        self._link = link
        for request in list(self._waiting.values()):
            self._send(request)

    def down(self, reason: str) -> None:
        """The process is gone (`lost`) or was killed because it hung (`hung`)."""
        self._link = None
        self.ready = None
        for n, request in list(self._waiting.items()):
            if request.tries >= 2:
                del self._waiting[n]
                if not request.answer.done():
                    request.answer.set_exception(WorkerLost(reason))

    def message(self, message: msg.FromWorker, fds: list[int]) -> None:
        """Takes one message; closes its descriptors."""
        try:
            match message:
                case msg.Ready():
                    self.ready = message
                    self._tell(message)
                case msg.Seen(n) | msg.Done(n):
                    self._answer(n, (message, msg.contents(fds[0]) if fds else b""))
                case msg.Failed(n, code, detail):
                    self._answer(n, REMOTE.get(code, DocumentsError)(detail, code))
                case Pong():
                    pass
        finally:
            for fd in fds:
                os.close(fd)

    # -- inside ----------------------------------------------------------------------------

    async def _ask_outline(self, frames_fd: int) -> Outlined:
        seen, _ = await self._wait(_Request(
            msg.Outline(next(self._numbers)), None, frames_fd, _future()
        ))  # fmt: skip
        assert isinstance(seen, msg.Seen)
        return seen.outlined

    async def _ask(self, message: msg.Examine | msg.Read | msg.Assemble, data: bytes) -> bytes:
        _, result = await self._wait(_Request(message, data, -1, _future()))
        return result

    async def _wait(self, request: _Request) -> tuple[msg.Seen | msg.Done, bytes]:
        n = request.message.n
        self._waiting[n] = request
        self._send(request)
        try:
            async with asyncio.timeout(PATIENCE[type(request.message).__name__]):
                return await request.answer
        except TimeoutError:
            raise WorkerLate(type(request.message).__name__) from None
        finally:
            self._waiting.pop(n, None)

    def _send(self, request: _Request) -> None:
        """A link that breaks here is noticed by the supervisor, and the request is sent again."""
        if self._link is None:
            return
        fd = request.fd if request.data is None else msg.enclosed(request.data)
        try:
            self._link.send(request.message, [fd])
            request.tries += 1
        except LinkError as error:
            log.warning("documents: %s", error)
        finally:
            if request.data is not None:
                os.close(fd)

    def _answer(self, n: int, answer: tuple[msg.Seen | msg.Done, bytes] | DocumentsError) -> None:
        request = self._waiting.get(n)
        if request is None or request.answer.done():
            return
        if isinstance(answer, DocumentsError):
            request.answer.set_exception(answer)
        else:
            request.answer.set_result(answer)

    def _tell(self, ready: msg.Ready) -> None:
        if ready.missing:
            log.warning("documents: sandbox without %s", "; ".join(ready.missing))
        if ready.model_error:
            log.error("documents: no recognition of kinds: %s", ready.model_error)
        if ready.zones_error:
            log.error("documents: no machine-readable zones: %s", ready.zones_error)
        if not ready.reader:
            log.error("documents: no OCR: Tesseract with the language vie is not installed")


def _future() -> asyncio.Future[tuple[msg.Seen | msg.Done, bytes]]:
    return asyncio.get_running_loop().create_future()
