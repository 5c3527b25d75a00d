"""A wire between kiosk and broker that can swallow acknowledgements and be cut."""

from __future__ import annotations

import contextlib
import socket
import threading

PUBACK = 4


class Wire:
    """A TCP proxy that understands just enough MQTT to drop PUBACKs."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.swallow = False
        """Drop the broker's PUBACKs."""
        self.swallowed = 0
        self.captured = bytearray()
        """All that the kiosk sent, as it was on the line."""
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Breaks all connections."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._server.close()
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._pairs.append((near, far))
                threading.Thread(target=self._up, args=(near, far), daemon=True).start()
                threading.Thread(target=self._down, args=(far, near), daemon=True).start()

    def _up(self, near: socket.socket, far: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := near.recv(65536):
                self.captured += data
                far.sendall(data)
        self._shut(near, far)

    def _down(self, far: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                packet = _packet(far)
                if self.swallow and packet[0] >> 4 == PUBACK:
                    self.swallowed += 1
                    continue
                near.sendall(packet)
        self._shut(near, far)

    @staticmethod
    def _shut(*ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.close()


def _packet(end: socket.socket) -> bytes:
    """One whole MQTT packet (MQTT 5 §2.1)."""
    head = _exactly(end, 1)
    length = shift = 0
    while True:
        byte = _exactly(end, 1)
        head += byte
        length |= (byte[0] & 0x7F) << shift
        shift += 7
        if not byte[0] & 0x80:
            return head + _exactly(end, length)


def _exactly(end: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = end.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
