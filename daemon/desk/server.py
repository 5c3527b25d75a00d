"""The desk's socket: TLS 1.3 only, and nobody without a certificate of the ward's authority."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from daemon.desk import peer
from daemon.desk_messages import LARGEST

HANDSHAKE = 4.0
"""Seconds for a TLS handshake."""
GOODBYE = 2.0
"""Seconds in which a request under way may end by itself."""
HEADERS = 16_384
"""Bytes of a request's line and headers."""
MOST = 96
"""Connections at once, those in a handshake not counted."""


def context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.3, client certificate required, no early data and no tickets that outlive a process."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(ca)
    made.load_cert_chain(certificate, key)
    made.num_tickets = 0
    return made


class Server:
    """Serves one ASGI application."""

    def __init__(self, app: Callable[..., Any], tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._config = uvicorn.Config(
            app,
            http=peer.Http,
            ws=peer.WebSocket,
            ws_max_size=LARGEST,
            ws_ping_interval=10.0,
            ws_ping_timeout=10.0,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            limit_concurrency=MOST,
            timeout_keep_alive=20,
            h11_max_incomplete_event_size=HEADERS,
        )
        self._config.load()
        self._state = ServerState()
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, host: str, port: int) -> None:
        """Raises OSError."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: peer.Http(self._config, self._state, {}),
            host,
            port,
            ssl=self._tls,
            ssl_handshake_timeout=HANDSHAKE,
            ssl_shutdown_timeout=1.0,
            backlog=64,
        )

    async def stop(self) -> None:
        """No new connection, and an end to the present ones."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._state.connections):
            connection.transport.close()
        left = set(self._state.tasks)
        if left:
            _, left = await asyncio.wait(left, timeout=GOODBYE)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self._server = None
