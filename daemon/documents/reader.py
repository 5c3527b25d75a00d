"""A helper process that starts programs for the worker, which may start none.

The worker forks it before it shuts itself in.  One request at a time: the worker sends a picture
and an empty memory file, the helper works on it and answers with a status and what it wrote.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable

from daemon.documents.errors import ReadingFailed
from daemon.documents.messages import contents, enclosed
from daemon.documents.text_engine import TIMEOUT

MISSING, LATE, BROKEN = 127, 124, 125
"""Statuses beside 0: no program, out of time, anything else (as the shell's and timeout's)."""

_REQUEST = 64

Run = Callable[[bytes, str], tuple[int, bytes]]
"""(picture, how) → (status, answer)."""

Tools = Callable[[], contextlib.AbstractContextManager[Run]]
"""What the helper needs to run, from its start to its end."""


class Reader:
    """The worker's end."""

    def __init__(self, sock: socket.socket, pid: int) -> None:
        self._sock = sock
        self._turn = threading.Lock()
        self.pid = pid

    @classmethod
    def fork(cls, shut_in: Callable[[], None], tools: Tools) -> Reader:
        """Starts the helper.  Call it before any thread exists; both run inside it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                ours.close()
                _die_with(parent)
                shut_in()
                with tools() as run:
                    _serve(theirs, run)
                status = 0
            except BaseException as error:
                print(f"reader: {type(error).__name__}", file=sys.stderr)  # noqa: T201
            finally:
                os._exit(status)
        theirs.close()
        ours.settimeout(TIMEOUT + 5)
        return cls(ours, pid)

    def read(self, picture: bytes, how: str) -> tuple[int, bytes]:
        """(status, answer) of one picture.  Raises ReadingFailed where the helper is gone."""
        given, result = enclosed(picture), enclosed(b"")
        try:
            with self._turn:
                socket.send_fds(self._sock, [how.encode()], [given, result])
                answer = self._sock.recv(_REQUEST)
            return int(answer) if answer else BROKEN, contents(result)
        except OSError as error:
            raise ReadingFailed(type(error).__name__) from None
        finally:
            os.close(given)
            os.close(result)

    def alive(self) -> bool:
        try:
            return os.waitpid(self.pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            return False

    def close(self) -> None:
        """Lets the helper end and waits for it."""
        self._sock.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _die_with(parent: int) -> None:
    """Ends this process when the worker is killed, whatever it is doing."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG, linux/prctl.h
    if os.getppid() != parent:
        os._exit(1)


def _serve(sock: socket.socket, run: Run) -> None:
    while True:
        data, fds, _, _ = socket.recv_fds(sock, _REQUEST, 2)
        if not data:
            return
        try:
            status, answer = run(contents(fds[0]), data.decode())
            view = memoryview(answer)
            while view:
                view = view[os.write(fds[1], view) :]
        finally:
            for fd in fds:
                os.close(fd)
        sock.send(str(status).encode())
