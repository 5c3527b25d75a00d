"""One WebSocket to the desk over mutual TLS 1.3, dialled anew for ever.

It knows messages, not what they mean: a `Receiver` says what is to be told after each new line, and
takes what comes.
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from typing import Protocol

import aiohttp
import msgspec

from daemon import desk_messages as msg
from daemon.uplink.desk.config import DeskLinkConfig

log = logging.getLogger(__name__)


class Receiver(Protocol):
    """Who stands behind the line."""

    def opened(self) -> list[msg.FromKiosk]:
        """A new line: what the desk has to know at once."""
        ...

    def came(self, message: msg.FromDesk) -> None:
        """A message of the desk."""
        ...

    def closed(self, why: str) -> None:
        """The line is lost, or could not be had."""
        ...


class DeskLine:
    """All methods belong to the loop."""

    def __init__(self, config: DeskLinkConfig, kiosk: str, version: str) -> None:
        self._config = config
        self._kiosk = kiosk
        self._version = version
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()

    @property
    def open(self) -> bool:
        return self._socket is not None

    def send(self, message: msg.FromKiosk) -> bool:
        """False = there is no line; nothing is kept for the next one."""
        if self._socket is None:
            return False
        self._outbox.put_nowait(msg.encode(message))
        return True

    @property
    def waiting(self) -> int:
        """Messages that the line has not taken yet."""
        return self._outbox.qsize()

    async def run(self, receiver: Receiver) -> None:
        """Dials, and dials again; without end."""
        config, tries = self._config, 0
        while True:
            why = "no_line"
            try:
                context = await asyncio.to_thread(self._context)
                timeout = aiohttp.ClientTimeout(total=config.timeout)
                async with (
                    aiohttp.ClientSession(timeout=timeout) as session,
                    session.ws_connect(
                        config.url.rstrip("/") + msg.PATH,
                        ssl=context,
                        heartbeat=config.timeout,
                        max_msg_size=msg.LARGEST,
                        compress=0,
                    ) as socket,
                ):
                    tries = 0
                    await self._serve(socket, receiver)
            except aiohttp.WSServerHandshakeError as error:
                why = "refused" if error.status == 403 else "no_line"
            except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError) as error:
                log.info("desk: %s", type(error).__name__)
            finally:
                self._socket = None
            receiver.closed(why)
            most = min(config.retry_most, config.retry_least * 2**tries)
            tries = min(tries + 1, 16)
            await asyncio.sleep(random.uniform(config.retry_least, max(config.retry_least, most)))

    async def _serve(self, socket: aiohttp.ClientWebSocketResponse, receiver: Receiver) -> None:
        self._outbox = asyncio.Queue()
        self._socket = socket
        told = receiver.opened()
        asks = next((one.request.id for one in told if isinstance(one, msg.Asking)), "")
        for message in (msg.Hail(self._kiosk, self._version, asks), *told):
            self.send(message)
        sending = asyncio.create_task(self._send(socket), name="desk line")
        try:
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.BINARY:
                    break
                receiver.came(msg.from_desk.decode(frame.data))
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            while True:
                await socket.send_bytes(await self._outbox.get())
        except (ConnectionError, aiohttp.ClientError):
            await socket.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._config.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._config.certificate, self._config.key)
        return context
