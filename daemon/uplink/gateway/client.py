"""The client of the ward's gateway: HTTPS with mutual TLS, every question bounded in time.

Everything can be asked twice: numbers by their key, facts by their id, notices by their place.  A
lost answer is therefore a repeated question, never a second number.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
from typing import Any, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from daemon.uplink.gateway.config import GatewayConfig
from daemon.uplink.gateway.errors import GatewayDown, GatewayRefused, StoreFull
from daemon.uplink.gateway.messages import (
    Acknowledged,
    BlockGiven,
    BlockWanted,
    BookState,
    Dossier,
    Manifest,
    NumberGiven,
    NumbersGiven,
    NumbersWanted,
    OrderClosed,
    PaymentNotice,
    PaymentNotices,
    Problem,
    QueueFeed,
    QueueTold,
    QueueWanted,
    SignedFile,
    SlipState,
    StoreState,
)

LARGEST = 12_000_000
"""Bytes of an answer: none is near it."""

T = TypeVar("T")


class Gateway:
    """One kiosk's way to the gateway.  All methods belong to the loop."""

    def __init__(self, config: GatewayConfig) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None
        self._opening = asyncio.Lock()
        """Two questions at once open one session."""

    async def close(self) -> None:
        """Hang up."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    # -- numbers ---------------------------------------------------------------------------

    async def book(self, authority: str, sign: str) -> bool:
        """Is the book open?"""
        path = f"/v1/books/{quote(authority, safe='')}"
        return (await self._ask("GET", path, BookState, params={"sign": sign})).open

    async def numbers(self, key: str, wanted: NumbersWanted) -> tuple[NumberGiven, ...]:
        """Reserve; the same key again is answered with the same numbers."""
        body = msgspec.json.encode(wanted)
        headers = {"Idempotency-Key": key}
        given = await self._ask("POST", "/v1/numbers", NumbersGiven, data=body, headers=headers)
        return given.numbers

    async def close_order(self, key: str, reason: str) -> None:
        """Give back what was reserved under a key; the key is good for nothing afterwards."""
        body = msgspec.json.encode(OrderClosed(reason))
        await self._ask("POST", f"/v1/numbers/{quote(key, safe='')}/close", Problem, data=body)

    # -- what the kiosk tells --------------------------------------------------------------

    async def tell(self, fact: str, kind: str, payload: bytes, *, sealed: bool) -> None:
        """Hand a fact over.  Returns only where the ward says that it keeps these very bytes."""
        ack = await self._ask(
            "PUT",
            f"/v1/facts/{quote(fact, safe='')}",
            Acknowledged,
            params={"kind": kind},
            data=payload,
            headers={"Content-Type": "application/cms" if sealed else "application/json"},
        )
        if ack != Acknowledged(fact, hashlib.sha256(payload).hexdigest()):
            raise GatewayDown("gateway: acknowledged something else than what was sent")

    # -- copies, in pieces -----------------------------------------------------------------

    async def manifest(self, kiosk: str, fact: str, manifest: Manifest) -> StoreState:
        """Announce a delivery, and ask what of it the ward's store lacks.

        `kiosk` must be the name in the certificate.
        """
        body = msgspec.json.encode(manifest)
        return await self._ask("PUT", _store(kiosk, fact), StoreState, data=body)

    async def chunk(self, kiosk: str, fact: str, place: int, data: bytes) -> None:
        """Put one piece; the same again changes nothing.  May take as long as a slow line does."""
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        status, body = await self._exchange(
            "PUT",
            f"{_store(kiosk, fact)}/{place}",
            patience=len(data) / 125 / self._config.delivery.slowest_kbit,
            data=data,
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Digest": f"sha-256=:{digest}:",  # RFC 9530
            },
        )
        if status not in (200, 201, 204):
            raise _refused(status, body)

    # -- what the kiosk asks ---------------------------------------------------------------

    async def dossier(self, code: str) -> Dossier:
        """How a dossier stands; refused with 404 where the ward knows no such code."""
        return await self._ask("GET", f"/v1/dossiers/{quote(code, safe='')}", Dossier)

    async def file(self, name: str, after: int) -> str:
        """The signed file of this name with a higher revision; empty where there is none."""
        path = f"/v1/files/{quote(name, safe='')}"
        return (await self._ask("GET", path, SignedFile, params={"after": str(after)})).token

    async def slip(self, code: str) -> SlipState:
        """What the ward has under a slip's code.  GatewayRefused where it knows none."""
        return await self._ask("GET", f"/v1/slips/{quote(code, safe='')}", SlipState)

    # -- money -----------------------------------------------------------------------------

    async def payments(self, after: int) -> tuple[PaymentNotice, ...]:
        """Notices after this place, waiting for one a while; empty where there is none."""
        wait = self._config.wait
        answer = await self._ask(
            "GET",
            "/v1/payments",
            PaymentNotices,
            params={"after": str(after), "wait": f"{wait:g}"},
            patience=wait,
        )
        return answer.notices

    # -- the queue -------------------------------------------------------------------------

    async def queue_block(self, key: str, wanted: BlockWanted) -> BlockGiven:
        """Lease queue numbers; the same key again is answered with the same block."""
        headers = {"Idempotency-Key": key}
        body = msgspec.json.encode(wanted)
        return await self._ask("POST", "/v1/queue/blocks", BlockGiven, data=body, headers=headers)

    async def queue_told(self, after: int) -> tuple[QueueTold, ...]:
        """What happened in the ward's line after this place, waiting for news a while."""
        wait = self._config.wait
        answer = await self._ask(
            "GET",
            "/v1/queue/told",
            QueueFeed,
            params={"after": str(after), "wait": f"{wait:g}"},
            patience=wait,
        )
        return answer.told

    async def queue_act(self, key: str, wanted: QueueWanted) -> QueueTold:
        """Have the ward call, recall, skip or transfer."""
        headers = {"Idempotency-Key": key}
        body = msgspec.json.encode(wanted)
        return await self._ask("POST", "/v1/queue/acts", QueueTold, data=body, headers=headers)

    # -- inside ----------------------------------------------------------------------------

    async def _ask(self, method: str, path: str, answer: type[T], **more: Any) -> T:
        status, body = await self._exchange(method, path, **more)
        if status != 200:
            raise _refused(status, body)
        try:
            return msgspec.json.decode(body, type=answer)
        except msgspec.MsgspecError as error:
            raise GatewayDown("gateway: an answer that cannot be read") from error

    async def _exchange(
        self,
        method: str,
        path: str,
        *,
        patience: float = 0.0,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> tuple[int, bytes]:
        """Status and body.  Raises GatewayDown where asking again may help."""
        timeout = aiohttp.ClientTimeout(total=self._config.timeout + patience)
        told = {"Content-Type": "application/json", **(headers or {})}
        try:
            session = await self._opened()
            async with session.request(
                method,
                self._config.url.rstrip("/") + path,
                timeout=timeout,
                allow_redirects=False,
                headers=told,
                **more,
            ) as response:
                body = await _whole(response)
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error, aiohttp.ClientConnectorError):
                await self.close()  # the next one reads the certificates anew
            raise GatewayDown(f"gateway: {type(error).__name__}") from error
        if status == 507:
            raise StoreFull("gateway: 507, the ward's store has no room")
        if status >= 500 or status in (408, 429):
            raise GatewayDown(f"gateway: {status}")
        return status, body

    async def _opened(self) -> aiohttp.ClientSession:
        async with self._opening:
            if self._session is None:
                context = await asyncio.to_thread(self._context)
                self._session = aiohttp.ClientSession(
                    connector=aiohttp.TCPConnector(ssl=context, limit=4)
                )
            return self._session

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._config.ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._config.certificate, self._config.key)
        return context


def _store(kiosk: str, fact: str) -> str:
    return f"/v1/store/{quote(kiosk, safe='')}/{quote(fact, safe='')}"


def _refused(status: int, body: bytes) -> GatewayRefused:
    try:
        code = msgspec.json.decode(body, type=Problem).code
    except msgspec.MsgspecError:
        code = ""
    return GatewayRefused(status, code or "refused")


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    """The body to its end; what is too long cannot be read as any answer."""
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > LARGEST:
            break
    return bytes(body)
