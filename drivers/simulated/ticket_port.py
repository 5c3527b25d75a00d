"""Where the simulated ticket printer is plugged in: a pseudo terminal or a TCP port.

The real driver talks to it through the kernel.  `device` is a link that keeps its name while the
terminal behind it changes, as udev does for a printer that is plugged in again.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeVar

from drivers.simulated.ticket_paper import TicketPaper

T = TypeVar("T")

LineFault = Literal["", "hang", "mute", "garbage", "half", "slow"]
"""`hang` reads nothing more, `mute` answers nothing, `garbage` answers nonsense, `half` answers the
question for paper and no other, `slow` takes its time for each piece."""

_SLOW = 0.05
_PIECE = 4096
_PAPER = b"\x10\x04\x04"


class TicketPort:
    """A thread that carries bytes between a line and the paper; `plug` starts it."""

    def __init__(self, paper: TicketPaper, folder: Path) -> None:
        self.paper = paper
        self.device = folder / "ticket-printer"
        self.fault: LineFault = ""
        self.network: tuple[str, int] | None = None
        """Address of the TCP port, where it was plugged in by `plug_network`."""
        self.received = 0
        """Bytes that ever came."""
        self.unplug_at: int | None = None
        """Pulls itself out when so many bytes have come: in the middle of a ticket."""
        self._lock = threading.RLock()
        self._fds: list[int] = []
        self._server: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._pulled: threading.Thread | None = None
        """A thread that pulled itself out and is still tidying up."""
        self._wake: tuple[int, int] | None = None

    def plug(self) -> None:
        """A new terminal, under the same name.  Does nothing while plugged in."""
        self._settle()
        with self._lock:
            if self._thread is not None:
                return
            master, slave = os.openpty()
            tty.setraw(slave)
            temporary = self.device.with_suffix(".new")
            temporary.unlink(missing_ok=True)
            temporary.symlink_to(os.ttyname(slave))
            temporary.replace(self.device)
            self._fds = [master, slave]
            self._run(self._serve_pty, master)

    def plug_network(self) -> tuple[str, int]:
        """A TCP port on the loopback; the same one when plugged in again."""
        self._settle()
        with self._lock:
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(self.network or ("127.0.0.1", 0))
            server.listen(1)
            self._server = server
            host, port = server.getsockname()
            self.network = (host, port)
            self._run(self._serve_tcp, server)
            return host, port

    def unplug(self) -> None:
        """The line breaks at once; what the printer already has stays in it."""
        self._settle()
        with self._lock:
            thread, self._thread = self._thread, None
            if thread is not None and self._wake is not None:
                os.close(self._wake[1])
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self._tidy()

    def refill(self, dots: int) -> None:
        """A new roll, the cover closed; what waited is printed."""
        with self._lock:
            self.paper.left = dots
            self.paper.near_end = self.paper.cover_open = False
            self.paper.go_on()

    def _settle(self) -> None:
        if self._pulled is not None:
            self._pulled.join()
            self._pulled = None

    # -- the thread ------------------------------------------------------------------------

    def _run(self, serve: Callable[[T, int], None], line: T) -> None:
        self._wake = os.pipe()
        self._thread = threading.Thread(
            target=serve, args=(line, self._wake[0]), name="ticket-port", daemon=True
        )
        self._thread.start()

    def _serve_pty(self, master: int, wake: int) -> None:
        self._carry(master, wake)
        self._after(wake)

    def _serve_tcp(self, server: socket.socket, wake: int) -> None:
        watched = [server.fileno(), wake]
        while wake not in select.select(watched, [], [])[0]:
            client, _ = server.accept()
            with client:
                if not self._carry(client.fileno(), wake):
                    # A broken cable sends no polite end of the connection.
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                    break
        self._after(wake)

    def _carry(self, line: int, wake: int) -> bool:
        """Until the line ends (True) or is pulled (False)."""
        while True:
            watched = [wake] if self.fault == "hang" else [line, wake]
            ready = select.select(watched, [], [], 0.05)[0]
            if wake in ready:
                return False
            if line not in ready:
                continue
            try:
                data = os.read(line, _PIECE)
            except OSError:
                return True
            if not data:
                return True
            if self.unplug_at is not None and self.received + len(data) >= self.unplug_at:
                data = data[: max(0, self.unplug_at - self.received)]
                self.unplug_at = None
                self._take(data)
                with self._lock:
                    self._pulled, self._thread = self._thread, None
                return False
            if self.fault == "slow":
                time.sleep(_SLOW)
            answers = self._spoilt(data, self._take(data))
            if answers:
                with contextlib.suppress(OSError):
                    os.write(line, answers)

    def _spoilt(self, asked: bytes, answers: bytes) -> bytes:
        """What of the answers leaves the printer."""
        match self.fault:
            case "mute":
                return b""
            case "half" if _PAPER not in asked:
                return b""
            case "garbage":
                return b"\xff" * len(answers)
        return answers

    def _take(self, data: bytes) -> bytes:
        with self._lock:
            self.received += len(data)
            return self.paper.feed(data)

    def _after(self, wake: int) -> None:
        os.close(wake)
        if self._pulled is threading.current_thread():
            if self._wake is not None:
                os.close(self._wake[1])
            self._tidy()

    def _tidy(self) -> None:
        with self._lock:
            self._wake = None
            for fd in self._fds:
                os.close(fd)
            self._fds = []
            if self._server is not None:
                self._server.close()
                self._server = None
            self.device.unlink(missing_ok=True)
