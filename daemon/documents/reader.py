"""Tesseract, in a process of its own that the worker forks before it shuts itself in.

The worker may start no programs; this helper may, but it never sees more than a grey picture and
an answer.  One request at a time: the worker sends a picture (PGM) and an empty memory file, the
helper runs Tesseract on the two and answers with its exit status.  Nothing touches a disk.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable

from daemon.documents.errors import ReaderMissing, ReadingFailed
from daemon.documents.messages import contents

LANGUAGE = "vie"
TIMEOUT = 30.0
"""Seconds for one page: an A4 page of dense print takes 1 s here, 3 s on a Raspberry Pi 5."""

_ENVIRONMENT = {
    # More threads only get into each other's way (tesseract-ocr issue 3109).
    "OMP_THREAD_LIMIT": "1",
    "LC_ALL": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
}
_REQUEST = 64
_LATE, _BROKEN = 124, 125


def version() -> str:
    """Tesseract's version, or empty where it or its Vietnamese data is missing."""
    program = shutil.which("tesseract", path=_ENVIRONMENT["PATH"])
    if program is None:
        return ""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        listed = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=10, env=_environment()
        )
        if LANGUAGE not in listed.stdout.decode(errors="replace").split():
            return ""
        told = subprocess.run(
            [program, "--version"], capture_output=True, timeout=10, env=_environment()
        )
        words = told.stdout.decode(errors="replace").split()
        return words[1] if len(words) > 1 else ""
    return ""


def _environment() -> dict[str, str]:
    data = os.environ.get("TESSDATA_PREFIX")
    return {**_ENVIRONMENT, **({"TESSDATA_PREFIX": data} if data else {})}


class Reader:
    """The worker's end."""

    def __init__(self, sock: socket.socket, pid: int) -> None:
        self._sock = sock
        self.pid = pid

    @classmethod
    def fork(cls, shut_in: Callable[[], None]) -> Reader:
        """Starts the helper.  Call it before any thread exists; `shut_in` runs inside it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                ours.close()
                _die_with(parent)
                shut_in()
                _serve(theirs)
                status = 0
            except BaseException as error:
                print(f"reader: {type(error).__name__}", file=sys.stderr)  # noqa: T201
            finally:
                os._exit(status)
        theirs.close()
        ours.settimeout(TIMEOUT + 5)
        return cls(ours, pid)

    def read(self, pgm: bytes, dpi: int, layout: int) -> str:
        """Tesseract's TSV for a grey picture; `layout` is its page segmentation mode.

        Raises ReaderMissing, ReadingFailed.
        """
        picture, result = _memory(pgm), _memory(b"")
        try:
            socket.send_fds(self._sock, [f"{dpi} {layout}".encode()], [picture, result])
            answer = self._sock.recv(_REQUEST)
            status = int(answer) if answer else _BROKEN
            if status == 0:
                return contents(result).decode(errors="replace")
        except OSError as error:
            raise ReadingFailed(type(error).__name__) from None
        finally:
            os.close(picture)
            os.close(result)
        if status == 127:
            raise ReaderMissing("install tesseract-ocr and tesseract-ocr-vie")
        raise ReadingFailed("late" if status == _LATE else f"exit status {status}")

    def close(self) -> None:
        """Lets the helper end and waits for it."""
        self._sock.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _memory(data: bytes) -> int:
    fd = os.memfd_create("page", os.MFD_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _die_with(parent: int) -> None:
    """Ends this process when the worker is killed, whatever it is doing."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG, linux/prctl.h
    if os.getppid() != parent:
        os._exit(1)


def _serve(sock: socket.socket) -> None:
    while True:
        data, fds, _, _ = socket.recv_fds(sock, _REQUEST, 2)
        if not data:
            return
        try:
            dpi, layout = data.decode().split()
            status = _run(fds[0], fds[1], int(dpi), int(layout))
        finally:
            for fd in fds:
                os.close(fd)
        sock.send(str(status).encode())


def _run(picture: int, result: int, dpi: int, layout: int) -> int:
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(dpi)]
    command += ["--psm", str(layout), "-c", "tessedit_create_tsv=1"]
    try:
        done = subprocess.run(
            command,
            stdin=picture,
            stdout=result,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            timeout=TIMEOUT,
            cwd="/",
        )
    except FileNotFoundError:
        return 127
    except subprocess.TimeoutExpired:
        return _LATE
    except OSError:
        return _BROKEN
    return done.returncode & 0xFF
