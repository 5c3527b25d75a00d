"""The document worker: `python -m daemon.documents.worker --fd N`.

Three threads: one receives and answers Ping, one does what a visitor waits for (outline, examine),
one what runs beside it (read, assemble).  When a request has taken longer than `STUCK` the
receiving thread falls silent on purpose, and the supervisor kills the process.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from daemon.documents import allocator, sandbox, text_engine
from daemon.documents import messages as msg
from daemon.documents.errors import DocumentsError, ReadingFailed
from daemon.link import Link, LinkError, Ping, Pong

USER = "kiosk-documents"

STUCK = {"Outline": 4.0, "Examine": 12.0, "Read": 38.0, "Assemble": 45.0}
"""Seconds after which a request is taken for stuck."""

Handler = Callable[[msg.ToWorker, list[int]], None]


class Lane:
    """A thread that works off requests one by one, and tells whether it is stuck."""

    def __init__(self, name: str, handle: Handler) -> None:
        self._queue: queue.SimpleQueue[tuple[msg.ToWorker, list[int]]] = queue.SimpleQueue()
        self._handle = handle
        self._deadline = float("inf")
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def put(self, message: msg.ToWorker, fds: list[int]) -> None:
        self._queue.put((message, fds))

    def stuck(self) -> bool:
        return time.monotonic() > self._deadline

    def _run(self) -> None:
        while True:
            message, fds = self._queue.get()
            self._deadline = time.monotonic() + STUCK[type(message).__name__]
            try:
                self._handle(message, fds)
            except LinkError:
                os._exit(0)  # the daemon is gone
            except BaseException as error:
                # Out of memory, a bug: the process is not to be trusted any more.  The daemon
                # asks again, and names it if that fails too.  The message may hold a citizen's
                # data, so only the type and the place are told.
                place = error.__traceback__
                while place is not None and place.tb_next is not None:
                    place = place.tb_next
                where = (
                    f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
                    if place
                    else ""
                )
                sys.stderr.write(
                    f"documents: {type(message).__name__}: {type(error).__name__} {where}\n"
                )
                sys.stderr.flush()
                os._exit(70)
            finally:
                for fd in fds:
                    os.close(fd)
            del message
            allocator.tidy()
            self._deadline = float("inf")


class Worker:
    """The process after it was set up."""

    def __init__(self, link: Link[msg.ToWorker], tools: Tools) -> None:
        self._link = link
        self._tools = tools
        self._sending = threading.Lock()

    def run(self, ready: msg.Ready) -> None:
        """Until the daemon closes the link."""
        self._send(ready)
        front = Lane("front", self._handle)
        back = Lane("back", self._handle)
        while True:
            message, fds = self._link.receive()
            match message:
                case Ping(n):
                    if not (front.stuck() or back.stuck()):
                        self._send(Pong(n))
                case msg.Outline() | msg.Examine():
                    front.put(message, fds)
                case msg.Read() | msg.Assemble():
                    back.put(message, fds)

    def _send(self, message: object, fds: tuple[int, ...] = ()) -> None:
        with self._sending:
            self._link.send(message, fds)

    def _handle(self, message: msg.ToWorker, fds: list[int]) -> None:
        with contextlib.suppress(OSError, ValueError):
            sandbox.allow_cpu()
        tools = self._tools
        try:
            match message:
                case msg.Outline(n):
                    self._send(msg.Seen(n, tools.outline(fds[0])))
                case msg.Examine(n, earlier, view_mm):
                    found = tools.examine(msg.contents(fds[0]), earlier, view_mm)
                    self._result(n, msgspec.msgpack.encode(found))
                case msg.Read(n, kind):
                    self._result(n, msgspec.msgpack.encode(tools.read(msg.contents(fds[0]), kind)))
                case msg.Assemble(n):
                    self._result(n, tools.assemble(msg.contents(fds[0])))
        except DocumentsError as error:
            if isinstance(error, ReadingFailed) and not tools.engine.alive():
                raise SystemExit(70) from None
            self._send(msg.Failed(getattr(message, "n", 0), error.reason, str(error)))

    def _result(self, n: int, data: bytes) -> None:
        fd = msg.enclosed(data)
        try:
            self._send(msg.Done(n), (fd,))
        finally:
            os.close(fd)


class Tools:
    """Models and libraries, loaded; imported late, so that an engine's helper stays small."""

    def __init__(
        self, engine: text_engine.TextEngine, models: Path | None = None, taught: Path | None = None
    ) -> None:
        import cv2

        from daemon.catalogue import kinds
        from daemon.documents.classify import MODELS, Classifier
        from daemon.documents.errors import ModelError
        from daemon.documents.headline import Judge
        from daemon.documents.mrz_glyphs import Glyphs
        from daemon.documents.outline import Watcher

        cv2.setNumThreads(1)
        self.engine = engine
        self._watcher = Watcher()
        self._kinds = kinds.load()
        self._sizes = {k.id: k.size_mm for k in self._kinds.values() if k.size_mm is not None}
        self._judge = Judge(self._kinds, engine)
        self.model_error = self.zones_error = ""
        self._classifier: Classifier | None = None
        self._glyphs: Glyphs | None = None
        try:
            self._classifier = Classifier.open(models or MODELS, frozenset(self._kinds), taught)
        except ModelError as error:
            self.model_error = str(error)
        try:
            self._glyphs = Glyphs.open(MODELS)
        except ModelError as error:
            self.zones_error = str(error)

    @property
    def model(self) -> str:
        return (self._classifier.described.version or "unnamed") if self._classifier else ""

    def outline(self, fd: int) -> msg.Outlined:
        """What the newest frame of a buffer shows."""
        from daemon.frames import Frames

        frames = Frames(fd, writable=False)
        try:
            frame = frames.newest()
        finally:
            frames.close()
        return msg.Outlined("empty") if frame is None else self._watcher.look(frame)

    def examine(self, data: bytes, earlier: tuple[bytes, ...], view_mm: float) -> msg.Examination:
        from daemon.documents import pipeline

        found = pipeline.examine(
            data, self._classifier, earlier, view_mm, self._sizes, self._judge, self._glyphs
        )
        if not self.engine.alive():
            raise ReadingFailed("its process ended")
        return found

    def read(self, page_jpeg: bytes, kind: str) -> msg.Reading:
        from daemon.documents import pipeline

        known = self._kinds.get(kind)
        return pipeline.read(page_jpeg, self.engine, known, self._glyphs)

    def assemble(self, data: bytes) -> bytes:
        from daemon.documents import pdf

        job = msgspec.msgpack.decode(data, type=msg.Job)
        pages = [(sheet.jpeg, sheet.reading) for sheet in job.sheets]
        return pdf.assemble(pages, job.title, job.papers)


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m daemon.documents.worker", description=__doc__)
    parser.add_argument("--fd", type=int, required=True, help="descriptor of the link's socket")
    parser.add_argument("--user", default=USER, help="account to become when started as root")
    parser.add_argument("--models", type=Path, help="folder of kinds.tflite and kinds.json")
    parser.add_argument("--taught", type=Path, help="file of the kinds taught here")
    parser.add_argument(
        "--engine", choices=text_engine.NAMES, default=text_engine.DEFAULT, help="reads the text"
    )
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the daemon ends this process, not a terminal
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_THREAD_LIMIT"):
        os.environ[name] = "1"
    allocator.frugal()
    engine = text_engine.start(options.engine, lambda: _shut_in_helper(options.fd, options.user))
    tesseract = engine.version()
    tools = Tools(engine, options.models, options.taught)
    shut = sandbox.shut_in(options.user, programs=False)
    link: Link[msg.ToWorker] = Link.from_fd(options.fd, msg.ToWorker)
    ready = msg.Ready(
        shut.force, shut.missing, tools.model, tools.model_error, tesseract, tools.zones_error
    )
    try:
        Worker(link, tools).run(ready)
    except LinkError as error:
        if not error.closed:
            raise
    return 0


def _shut_in_helper(link_fd: int, user: str) -> None:
    os.close(link_fd)
    sandbox.shut_in(user, programs=True)


if __name__ == "__main__":
    status = main()
    # Daemon threads may sit in native code: nothing to wait for, nothing to save.
    os._exit(status)
