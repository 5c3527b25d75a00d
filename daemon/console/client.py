"""The near end of the control socket: synchronous, with a limit on every wait."""

from __future__ import annotations

import itertools
import socket
from pathlib import Path
from typing import TypeVar

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.wire import Answer, Ask, Hello, Role

T = TypeVar("T")

WAIT = 8.0
"""Seconds for an answer: more than the daemon allows itself."""


class DaemonDown(ConsoleError):
    """Nobody listens on the control socket."""


class Client:
    """One connection, made by the first command and made again after a restart of the daemon."""

    def __init__(self, path: Path, wait: float = WAIT) -> None:
        self.path = path
        self._wait = wait
        self._sock: socket.socket | None = None
        self._pending = b""
        self._numbers = itertools.count(1)
        self._role: Role | None = None

    def role(self) -> Role | None:
        """What the daemon lets this user do; None before the first command."""
        return self._role

    def ask(self, verb: str, kind: type[T], **args: str | int | float | bool) -> T:
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
        if answer.code is not Code.OK:
            raise ConsoleError(answer.code, answer.error)
        return msgspec.json.decode(answer.data, type=kind)

    def close(self) -> None:
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        self._pending = b""

    # -- inside ----------------------------------------------------------------------------

    def _asked(self, verb: str, args: dict[str, str | int | float | bool]) -> Answer:
        if self._sock is None:
            self._connect()
        assert self._sock is not None
        ask = Ask(next(self._numbers), verb, args)
        self._sock.sendall(msgspec.json.encode(ask) + b"\n")
        while True:
            answer = self._decoded(self._line(), Answer)
            if answer.id in (ask.id, 0):
                return answer

    def _connect(self) -> None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        sock.settimeout(self._wait)
        try:
            sock.connect(str(self.path))
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
