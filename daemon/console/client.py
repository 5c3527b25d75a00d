"""The near end of the control socket: synchronous, with a limit on every wait."""

from __future__ import annotations

import itertools
import os
import select
import socket
import time
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.origin import origin
from daemon.console.pace import Pace
from daemon.console.wire import SAY, STOP, Answer, Ask, Hello, Part, Role, Value

T = TypeVar("T")

WAIT = 8.0
"""Seconds for an answer: more than the daemon allows itself."""


SILENCE = 30.0
"""Seconds a command that goes on may say nothing, unless it has asked something."""


class Technician(Protocol):
    """Whoever sits before the terminal, for commands that go on."""

    keep: Path | None
    """Where a file that comes is written; None = it is not wanted."""
    pace: Pace | None
    """How many lines it can take; None = all."""

    def part(self, part: Part) -> None:
        """Shows, or keeps, what came."""
        ...

    def interrupted(self) -> None:
        """Ctrl-C was typed."""
        ...

    def fileno(self) -> int | None:
        """Descriptor to wait on for typed lines; None = nobody can type."""
        ...

    def typed(self) -> list[str] | None:
        """Whole lines that were typed since; None at the end of input."""
        ...


class DaemonDown(ConsoleError):
    """Nobody listens on the control socket."""


class Client:
    """One connection, made by the first command and made again after a restart of the daemon."""

    def __init__(
        self, path: Path, wait: float = WAIT, technician: Technician | None = None
    ) -> None:
        self.path = path
        self.technician = technician
        self._wait = wait
        self._sock: socket.socket | None = None
        self._pending = b""
        self._heard = False
        """Has the command that goes on said anything yet?"""
        self._numbers = itertools.count(1)
        self._role: Role | None = None
        self._origin = origin(os.environ)

    def role(self) -> Role | None:
        """What the daemon lets this user do; None before the first command."""
        return self._role

    def ask(self, verb: str, kind: type[T], **args: Value) -> T:
        """Runs a command.  Raises ConsoleError with its code."""
        fresh = self._sock is None
        try:
            answer = self._asked(verb, args)
        except ConnectionError:
            self.close()
            if fresh:
                raise DaemonDown(Code.FAILED, f"{self.path}: kioskd closed the line") from None
            try:  # the daemon was restarted since the last command
                answer = self._asked(verb, args)
            except ConnectionError:
                self.close()
                raise DaemonDown(Code.FAILED, f"{self.path}: kioskd closed the line") from None
        return self._result(answer, kind)

    def talk(
        self,
        verb: str,
        kind: type[T],
        keep: Path | None = None,
        pace: Pace | None = None,
        **args: Value,
    ) -> T:
        """Runs a command that goes on: its parts go to the technician, typed lines to it.

        A file that comes is kept at `keep`; lines come at most at `pace`.  Ctrl-C stops it
        in the daemon first.  Raises ConsoleError.
        """
        if self.technician is not None:
            self.technician.keep, self.technician.pace = keep, pace
        fresh = self._sock is None
        try:
            return self._result(self._whole_talk(verb, args), kind)
        except ConnectionError:
            self.close()
            if fresh or self._heard:
                raise DaemonDown(Code.FAILED, f"{self.path}: kioskd closed the line") from None
        # the daemon was restarted since the last command, and has not seen this one
        return self.talk(verb, kind, keep, pace, **args)

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        self._pending = b""

    # -- inside ----------------------------------------------------------------------------

    def _result(self, answer: Answer, kind: type[T]) -> T:
        if answer.code is not Code.OK:
            raise ConsoleError(answer.code, answer.error)
        return msgspec.json.decode(answer.data, type=kind)

    def _whole_talk(self, verb: str, args: dict[str, Value]) -> Answer:
        self._heard = False
        if self._sock is None:
            self._connect()
        number = self._send(verb, args)
        try:
            return self._talked(number)
        except KeyboardInterrupt:
            if self.technician is not None:
                self.technician.interrupted()
            self._send(STOP, {}, number)
            return self._last(number)

    def _talked(self, number: int) -> Answer:
        """Carries parts and typed lines to and fro until the last answer."""
        assert self._sock is not None
        person, asked = self.technician, False
        keys = person.fileno() if person is not None else None
        heard = time.monotonic()
        while True:
            while b"\n" in self._pending:
                answer = self._decoded(self._line(), Answer)
                heard, self._heard = time.monotonic(), True
                if answer.id != number:
                    continue
                if not answer.more:
                    return answer
                part = msgspec.json.decode(answer.data, type=Part)
                if person is not None:
                    person.part(part)
                asked = part.kind in ("ask", "type")
                if asked and keys is None:
                    self._send(SAY, {"text": "skip"}, number)
            wire = self._sock.fileno()
            ready, _, _ = select.select([wire] if keys is None else [wire, keys], [], [], 1.0)
            if wire in ready:
                more = self._sock.recv(65536)
                if not more:
                    raise ConnectionError
                self._pending += more
            if keys in ready and person is not None:
                lines = person.typed()
                if lines is None:
                    keys = None
                    lines = ["skip"] if asked else []
                for text in lines:
                    self._send(SAY, {"text": text}, number)
            if not asked and time.monotonic() - heard > SILENCE:
                self.close()
                raise ConsoleError(Code.TIMED_OUT, f"kioskd said nothing for {SILENCE:.0f} s")

    def _last(self, number: int) -> Answer:
        """The last answer to a command that was stopped."""
        while True:
            answer = self._decoded(self._line(), Answer)
            if answer.id == number and not answer.more:
                return answer

    def _send(self, verb: str, args: dict[str, Value], number: int | None = None) -> int:
        assert self._sock is not None
        ask = Ask(next(self._numbers) if number is None else number, verb, args, self._origin)
        self._sock.sendall(msgspec.json.encode(ask) + b"\n")
        return ask.id

    def _asked(self, verb: str, args: dict[str, Value]) -> Answer:
        if self._sock is None:
            self._connect()
        assert self._sock is not None
        number = self._send(verb, args)
        while True:
            answer = self._decoded(self._line(), Answer)
            if answer.id in (number, 0):
                return answer

    def _connect(self) -> None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self._wait)
        try:
            self._knock(sock)
        except (FileNotFoundError, ConnectionRefusedError):
            sock.close()
            raise DaemonDown(Code.FAILED, f"kioskd is not running ({self.path})") from None
        except PermissionError:
            sock.close()
            raise ConsoleError(Code.NOT_ALLOWED, f"{self.path}: permission denied") from None
        except TimeoutError:
            sock.close()
            raise ConsoleError(
                Code.TIMED_OUT, f"kioskd did not take the line within {self._wait:g} s"
            ) from None
        except OSError as error:
            sock.close()
            raise ConsoleError(Code.FAILED, f"{self.path}: {error.strerror or error}") from None
        self._sock = sock
        hello = self._decoded(self._line(), Hello)
        if hello.role is None:
            self.close()
            raise ConsoleError(Code.NOT_ALLOWED, hello.error)
        self._role = hello.role

    def _knock(self, sock: socket.socket) -> None:
        """Connects.  Where many knock at once, the kernel says so instead of waiting."""
        ends = time.monotonic() + self._wait
        while True:
            try:
                sock.connect(str(self.path))
            except BlockingIOError:
                if time.monotonic() > ends:
                    raise TimeoutError from None
                time.sleep(0.02)
            else:
                return

    def _line(self) -> bytes:
        assert self._sock is not None
        while b"\n" not in self._pending:
            try:
                more = self._sock.recv(65536)
            except TimeoutError:
                self.close()
                raise ConsoleError(
                    Code.TIMED_OUT, f"kioskd did not answer within {self._wait:g} s"
                ) from None
            if not more:
                raise ConnectionError
            self._pending += more
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _decoded(self, line: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(line, type=kind)
        except msgspec.MsgspecError:
            self.close()
            raise ConsoleError(
                Code.FAILED, f"{self.path}: another version of kioskd answers; restart it"
            ) from None
