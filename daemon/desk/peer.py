"""Who is at the other end: uvicorn's protocols, with the client's certificate in the scope.

uvicorn hands an application nothing of the TLS connection; these put the certificate that the
handshake has verified into `scope["state"]["peer"]`, and end connections that dawdle.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, cast

import h11
import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol

ROLES = ("kiosk", "certifier")
REQUEST_WITHIN = 8.0
"""Seconds within which a request has to be whole: slow ones cost a connection no longer."""


class Peer(msgspec.Struct, frozen=True):
    """What a certificate of the ward's small authority says."""

    name: str
    role: str
    serial: str
    """Hexadecimal, as kept in the list of what was issued."""


def peer_of(der: bytes) -> Peer:
    """Name and role of a verified certificate.  Raises ValueError where it has none."""
    certificate = x509.load_der_x509_certificate(der)
    values = {
        oid: [str(one.value) for one in certificate.subject.get_attributes_for_oid(oid)]
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
    }
    names, roles = values.values()
    if len(names) != 1 or len(roles) != 1 or roles[0] not in ROLES:
        raise ValueError("a certificate without one name and one known role")
    return Peer(names[0], roles[0], f"{certificate.serial_number:x}")


def _state(transport: asyncio.BaseTransport) -> dict[str, Any]:
    channel: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
    der = channel.getpeercert(binary_form=True) if channel is not None else None
    try:
        return {"peer": peer_of(der)} if der else {}
    except ValueError:
        return {}


class Http(H11Protocol):
    """HTTP/1.1."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._slow: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.app_state = self.app_state | _state(transport)
        super().connection_made(cast(asyncio.Transport, transport))
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._slow is None:
            self._wait()
        super().data_received(data)
        if self.conn.their_state is not h11.SEND_BODY and not self.conn.trailing_data[0]:
            self._arrived()

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._arrived()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._slow = self.loop.call_later(REQUEST_WITHIN, self._end)

    def _arrived(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _end(self) -> None:
        self._slow = None
        self.transport.abort()


class WebSocket(WSProtocol):
    """WebSockets, of kiosks and of pages."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.app_state = self.app_state | _state(transport)
        super().connection_made(cast(asyncio.Transport, transport))
