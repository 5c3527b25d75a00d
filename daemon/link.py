"""The link between the daemon and a child process: small typed messages over a socket pair.

SOCK_SEQPACKET keeps message boundaries and carries file descriptors, so pictures never pass
through a message.  Messages are JSON of msgspec structs with a tag; a message that does not decode
raises `LinkError`, since both ends are ours and run the same code.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from typing import Any, Generic, TypeVar

import msgspec

from daemon.machine.personal import revealing, wrapping

In = TypeVar("In")

LARGEST = 192 * 1024
"""Bytes of the largest message; below the kernel's default socket buffer (wmem_default)."""

MOST_FDS = 4


class Message(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """The common base of everything that passes a link."""


class Ping(Message, frozen=True):
    """The daemon asks a child for a sign of life; answered by Pong with the same number."""

    n: int


class Pong(Message, frozen=True):
    """The child's main loop turned: sent by the thread that does the child's work of waiting."""

    n: int


class LinkError(Exception):
    """The other end is gone (`closed`) or sent something that is not a message."""

    def __init__(self, reason: str, closed: bool = False) -> None:
        super().__init__(reason)
        self.closed = closed


def pair() -> tuple[socket.socket, socket.socket]:
    """(the daemon's end, the child's end)."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class Link(Generic[In]):
    """One end.  `incoming` is the union of message types that this end accepts."""

    def __init__(self, sock: socket.socket, incoming: Any) -> None:
        self.sock = sock
        self._encode = msgspec.json.Encoder(enc_hook=revealing).encode
        self._decode = msgspec.json.Decoder(incoming, dec_hook=wrapping).decode

    @classmethod
    def from_fd(cls, fd: int, incoming: Any) -> Link[In]:
        """The child's end, inherited as descriptor `fd`."""
        return cls(socket.socket(fileno=fd), incoming)

    def fileno(self) -> int:
        return self.sock.fileno()

    def close(self) -> None:
        self.sock.close()

    def send(self, message: object, fds: Sequence[int] = ()) -> None:
        """Sends, blocking while the other end's buffer is full.  Raises LinkError."""
        data = self._encode(message)
        if len(data) > LARGEST:
            raise LinkError(f"message of {len(data)} bytes; at most {LARGEST} are allowed")
        try:
            if fds:
                socket.send_fds(self.sock, [data], list(fds))
            else:
                self.sock.send(data)
        except BlockingIOError:
            raise LinkError("the other end does not read") from None
        except OSError as error:
            raise LinkError(str(error), closed=True) from error

    def receive(self) -> tuple[In, list[int]]:
        """Waits for one message and its descriptors (the caller closes them).  Raises LinkError."""
        try:
            data, fds, _flags, _address = socket.recv_fds(self.sock, LARGEST, MOST_FDS)
        except BlockingIOError:
            raise
        except OSError as error:
            raise LinkError(str(error), closed=True) from error
        if not data:
            raise LinkError("closed", closed=True)
        try:
            return self._decode(data), fds
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            for fd in fds:
                os.close(fd)
            raise LinkError(f"not a message: {error}") from error

    # -- the daemon's end, under asyncio ---------------------------------------------------

    async def receive_soon(self) -> tuple[In, list[int]]:
        """`receive` for a non-blocking socket inside a running loop."""
        self.sock.setblocking(False)
        loop = asyncio.get_running_loop()
        while True:
            try:
                return self.receive()
            except BlockingIOError:
                ready: asyncio.Future[None] = loop.create_future()
                loop.add_reader(self.sock, _set_once, ready)
                try:
                    await ready
                finally:
                    loop.remove_reader(self.sock)


def _set_once(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
