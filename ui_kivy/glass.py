"""A screen process driven step by step: for pictures of the screens and for tests.

Inside the daemon `daemon/children.py` supervises and `client.py` speaks; here one caller waits for
each answer.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from daemon.link import Link, Ping, Pong, pair
from daemon.machine.events import Pressed, Typed
from daemon.machine.views import View
from ui_kivy import messages as msg

ANSWER_WITHIN = 20.0


class Glass:
    """One screen process and its link.  Raises TimeoutError where it does not answer."""

    def __init__(self, *arguments: str) -> None:
        ours, theirs = pair()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ui_kivy", "--fd", str(theirs.fileno()), *arguments],
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
        )
        theirs.close()
        ours.settimeout(ANSWER_WITHIN)
        self.link: Link[msg.Up] = Link(ours, msg.Up)
        self.seq = 0
        self.did: list[tuple[Pressed | Typed, int]] = []
        self.missed: list[str] = []

    def close(self) -> str:
        """Ends the process; returns what it wrote to its standard error."""
        self.link.close()
        try:
            _, errors = self.process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, errors = self.process.communicate()
        return errors.decode(errors="replace")

    def show(self, view: View) -> int:
        """Draws a View and waits until it is on the glass."""
        self.seq += 1
        self.link.send(msg.Show(view, self.seq))
        self.wait(lambda one: isinstance(one, msg.Drawn) and one.seq == self.seq)
        return self.seq

    def picture(self, page: str, data: bytes) -> None:
        """A page as JPEG or PNG."""
        fd = os.memfd_create("page", os.MFD_CLOEXEC)
        try:
            os.write(fd, data)
            self.link.send(msg.Pix(page), [fd])
        finally:
            os.close(fd)

    def ping(self, n: int) -> None:
        self.link.send(Ping(n))
        self.wait(lambda one: isinstance(one, Pong) and one.n == n)

    def tap(self, action: str, value: str | None = None) -> tuple[Pressed | Typed, int]:
        """A finger on a target that says something to the daemon; returns what it said."""
        before = len(self.did)
        self.link.send(msg.Tap(action, value))
        self.wait(lambda _: len(self.did) > before or action in self.missed)
        if len(self.did) == before:
            raise LookupError(f"no target {action} {value or ''} on the screen")
        return self.did[-1]

    def photograph(self, path: Path) -> None:
        """Writes the screen as a PNG.  Raises OSError."""
        self.link.send(msg.Photograph(str(path)))
        answer = self.wait(lambda one: isinstance(one, msg.Photographed))
        if not isinstance(answer, msg.Photographed) or not answer.ok:
            raise OSError(f"{path}: the picture was not written")

    def wait(self, wanted: Callable[[msg.Up], bool]) -> msg.Up:
        """The next message that is wanted; what the visitor did on the way is kept."""
        while True:
            try:
                message, fds = self.link.receive()
            except BlockingIOError:
                raise TimeoutError("the screen process does not answer") from None
            for fd in fds:
                os.close(fd)
            match message:
                case msg.Did(event, seq):
                    self.did.append((event, seq))
                case msg.Missed(action):
                    self.missed.append(action)
            if wanted(message):
                return message


@contextlib.contextmanager
def glass(*arguments: str) -> Iterator[Glass]:
    """A screen process for the length of a block."""
    one = Glass(*arguments)
    try:
        yield one
    finally:
        one.close()
