"""Retained topics as registers of the ward's kiosks: each writes its own, and reads all others'.

A write counts when the broker has acknowledged it; a read asks the broker anew, by a subscription
with a number of its own, and is complete when every other kiosk's register has come under this
number.  What is read was therefore on the broker after the read began.  A write and the reads after
it are on one connection, or fail.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable

import msgspec

from daemon.uplink import topics
from daemon.uplink.errors import LineError
from daemon.uplink.line import Answer, Incoming, Line, Message

WITHIN = 4.0
"""Seconds for one write or read."""


class _Job(msgspec.Struct, eq=False):
    future: asyncio.Future[dict[str, bytes]]
    loop: asyncio.AbstractEventLoop
    body: bytes | None
    """To be written; None = a read."""
    number: int = 0
    """Of the message, or of the subscription."""
    sent: bool = False
    got: dict[str, bytes] = {}

    def end(self, error: LineError | None = None) -> None:
        def set_() -> None:
            if self.future.done():
                return
            if error is None:
                self.future.set_result(self.got)
            else:
                self.future.set_exception(error)

        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(set_)


class Registers:
    """`put` and `read` belong to the loop, all else to the line's thread."""

    def __init__(self, kiosk: str, others: tuple[str, ...], name: str = topics.CLAIMS) -> None:
        """`others`: the other kiosks of the ward."""
        self._own = topics.above(kiosk) + name
        self._topics = {topics.above(other) + name: other for other in others}
        self._lock = threading.Lock()
        self._jobs: list[_Job] = []
        # The broker keeps messages for a session: what still comes under a number of the process
        # before must not pass for an answer to this one.
        self._reads = random.randrange(1, 2**27)
        self._connection = 0
        self._open = False
        self.news: Callable[[str, bytes], None] = lambda other, body: None
        """Told in the line's thread of each register that comes."""
        self.wake: Callable[[], None] = lambda: None
        self.found: Callable[[], None] = lambda: None
        """Called in the line's thread with each new connection."""

    # -- for the loop ----------------------------------------------------------------------

    @property
    def connection(self) -> int:
        """Grows with each new connection."""
        return self._connection

    async def put(self, body: bytes, connection: int) -> None:
        """Writes one's own register.  Raises LineError."""
        await self._done(body, connection)

    async def read(self, connection: int) -> dict[str, bytes]:
        """All others' registers by kiosk; LineError where one is missing at the broker."""
        return await self._done(None, connection)

    def listen(self, connection: int) -> None:
        """Has all others' registers come to `news`, now and whenever they change."""
        loop = asyncio.get_running_loop()
        job = _Job(loop.create_future(), loop, None)
        job.future.add_done_callback(lambda future: future.cancelled() or future.exception())
        with self._lock:
            if self._open and connection == self._connection:
                self._jobs.append(job)
        self.wake()

    async def _done(self, body: bytes | None, connection: int) -> dict[str, bytes]:
        loop = asyncio.get_running_loop()
        job = _Job(loop.create_future(), loop, body)
        with self._lock:
            if not self._open or connection != self._connection:
                raise LineError("lost")
            self._jobs.append(job)
        self.wake()
        try:
            async with asyncio.timeout(WITHIN):
                return await job.future
        except TimeoutError:
            missing = sorted(set(self._topics.values()) - job.got.keys())
            what = "no acknowledgement" if body is not None else f"nothing of {', '.join(missing)}"
            raise LineError("silent", what) from None
        finally:
            with self._lock:
                if job in self._jobs:
                    self._jobs.remove(job)

    # -- for the line's thread ---------------------------------------------------------------

    def line_found(self) -> None:
        """A new connection; what was asked on the one before has failed."""
        with self._lock:
            self._connection += 1
            self._open = True
        self.found()

    def line_lost(self) -> None:
        """Nothing is known of what was under way."""
        with self._lock:
            self._open = False
            jobs, self._jobs = self._jobs, []
        for job in jobs:
            job.end(LineError("lost"))

    def work(self, line: Line) -> None:
        """Sends what was asked for."""
        with self._lock:
            jobs = [job for job in self._jobs if not job.sent]
        for job in jobs:
            job.sent = True
            if job.body is not None:
                job.number = line.send(Message(topic=self._own, body=job.body, retain=True))
            elif self._topics:
                self._reads += 1
                job.number = self._reads
                line.ask(tuple(self._topics), job.number)
            else:
                job.end()

    def answered(self, answers: list[Answer]) -> None:
        """The broker acknowledged."""
        for answer in answers:
            for job in self._found(lambda job: job.body is not None, answer.number):
                job.end(LineError("refused", answer.refused) if answer.refused else None)

    def heard(self, incoming: Incoming) -> bool:
        """True where the message is another kiosk's register."""
        other = self._topics.get(incoming.topic)
        if other is None:
            return False
        self.news(other, incoming.body)
        for number in incoming.subscriptions:
            for job in self._found(lambda job: job.body is None, number):
                job.got = job.got | {other: incoming.body}
                if len(job.got) == len(self._topics):
                    job.end()
        return True

    def _found(self, which: Callable[[_Job], bool], number: int) -> list[_Job]:
        with self._lock:
            return [job for job in self._jobs if job.sent and which(job) and job.number == number]
