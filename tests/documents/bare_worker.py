"""The real document worker, spoken to without an event loop."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from daemon.documents import allocator
from daemon.documents import messages as msg
from daemon.link import Link, LinkError, pair
from tests.bench.memory import own_peak, peak

ROOT = Path(__file__).resolve().parents[2]


class BareWorker:
    """One process in its sandbox; a request at a time."""

    def __init__(self, *arguments: str) -> None:
        ours, theirs = pair()
        ours.settimeout(60)
        self._link: Link[msg.FromWorker] = Link(ours, msg.FromWorker)
        command = [sys.executable, "-m", "daemon.documents.worker", "--fd", str(theirs.fileno())]
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        self._process = subprocess.Popen(
            [*command, *arguments],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stderr=self._said,
            cwd=ROOT,
            # A crash in native code names its place.
            env={**os.environ, **allocator.ENVIRONMENT, "PYTHONFAULTHANDLER": "1"},
        )
        theirs.close()
        ready, _ = self._link.receive()
        assert isinstance(ready, msg.Ready)
        self.ready = ready
        self._n = 0

    @property
    def pid(self) -> int:
        return self._process.pid

    def peak(self) -> float:
        """MiB that it had in memory at most."""
        return peak(self.pid)

    def own_peak(self) -> float:
        """The same without the pages of program files."""
        return own_peak(self.pid)

    def lives(self) -> bool:
        return self._process.poll() is None

    def examine(self, photo: bytes) -> msg.Examination:
        self._n += 1
        return msgspec.msgpack.decode(
            self._asked(msg.Examine(self._n), photo), type=msg.Examination
        )

    def read(self, page: bytes) -> msg.Reading:
        self._n += 1
        return msgspec.msgpack.decode(self._asked(msg.Read(self._n), page), type=msg.Reading)

    def _asked(self, message: msg.Examine | msg.Read, data: bytes) -> bytes:
        fd = msg.enclosed(data)
        try:
            self._link.send(message, [fd])
            answer, fds = self._link.receive()
        except LinkError as error:
            raise AssertionError(
                f"{message} of {len(data)} bytes: {error}; {self._end()}"
            ) from None
        finally:
            os.close(fd)
        try:
            assert isinstance(answer, msg.Done), answer
            assert answer.n == message.n
            return msg.contents(fds[0])
        finally:
            for got in fds:
                os.close(got)

    def _end(self) -> str:
        """How the process ended, and what it said last."""
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return "it still runs"
        self._said.seek(0)
        last = self._said.read()[-2000:].decode(errors="replace")
        return f"it ended with {status} and said: {last}"

    def close(self) -> None:
        self._link.close()
        self._process.kill()
        self._process.wait()
        self._said.close()
