"""The reference server of the ward's gateway (`docs/gateway.yaml`): HTTPS, mutual TLS, faults.

`python -m tests.ward FOLDER` runs one with certificates made in FOLDER, for a bench.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import msgspec
from aiohttp import web

from daemon.uplink.gateway.messages import (
    Acknowledged,
    BlockWanted,
    BookState,
    Manifest,
    NumbersGiven,
    NumbersWanted,
    OrderClosed,
    PaymentNotices,
    Problem,
    QueueFeed,
    QueueWanted,
    SignedFile,
)
from tests.ward.book import Book, Refused
from tests.ward.certificates import Certificates
from tests.ward.line import WardQueue
from tests.ward.store import DocumentStore

Fault = Literal["", "down", "silent", "lost_answer", "nonsense", "wrong_ack", "damaged", "slow"]
"""`down` = 503; `silent` = no answer until `awake`; `lost_answer` = done, then the line is cut;
`nonsense` = 200 with something else; `wrong_ack` = acknowledges other bytes; `damaged` = writes a
piece with one bit turned; `slow` = takes a piece only when `awake`."""

_ID = re.compile(r"[0-9a-f-]{36}")
"""Names a folder."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WardServer:
    """`async with WardServer(book, certificates) as server:` then `server.url`."""

    def __init__(
        self,
        book: Book,
        certificates: Certificates,
        port: int = 0,
        *,
        store: DocumentStore | None = None,
        socket: Path | None = None,
    ) -> None:
        """`socket`: behind a web server that ends TLS and names the kiosk in `X-Kiosk`."""
        self.book = book
        self._folder = tempfile.TemporaryDirectory(prefix="ward-store-")
        self.store = store or DocumentStore(Path(self._folder.name))
        self.store.arrived = book.arrived
        self._socket = socket
        self.queue = WardQueue()
        self.fault: Fault = ""
        self.awake = asyncio.Event()
        self.asked: list[str] = []
        """Method and path of each request, in order."""
        self.was_asked = asyncio.Event()
        self.url = ""
        self._certificates = certificates
        self._port = port
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> WardServer:
        app = web.Application(middlewares=[self._faults], client_max_size=64_000_000)
        for (method, path), handler in self._doors().items():
            app.router.add_route(method, path, handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        if self._socket is not None:
            await web.UnixSite(self._runner, self._socket).start()
            return self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._certificates.server, self._certificates.server_key)
        context.load_verify_locations(self._certificates.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=context)
        await site.start()
        port = self._runner.addresses[0][1]
        self._port = port  # started again it is found where it was
        self.url = f"https://localhost:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.awake.set()
        self.book.news.set()
        self.queue.news.set()
        if self._runner is not None:
            await self._runner.cleanup()
        self._folder.cleanup()

    def doors(self) -> list[tuple[str, str]]:
        """Method and path of everything that can be asked."""
        return list(self._doors())

    def _doors(self) -> dict[tuple[str, str], Handler]:
        return {
            ("GET", "/v1/books/{authority}"): self._state,
            ("POST", "/v1/numbers"): self._numbers,
            ("POST", "/v1/numbers/{key}/close"): self._close,
            ("PUT", "/v1/facts/{id}"): self._fact,
            ("PUT", "/v1/store/{kiosk}/{id}"): self._manifest,
            ("PUT", "/v1/store/{kiosk}/{id}/{place}"): self._chunk,
            ("GET", "/v1/payments"): self._payments,
            ("POST", "/v1/queue/blocks"): self._blocks,
            ("GET", "/v1/queue/told"): self._told,
            ("POST", "/v1/queue/acts"): self._acts,
            ("GET", "/v1/dossiers/{code}"): self._dossier,
            ("GET", "/v1/files/{name}"): self._file,
            ("GET", "/v1/slips/{slip}"): self._slip,
        }

    # -- faults ----------------------------------------------------------------------------

    @web.middleware
    async def _faults(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        self.was_asked.set()
        if self.fault == "down":
            return _answer(Problem("down"), 503)
        if self.fault == "silent":
            await self.awake.wait()
        try:
            response = await handler(request)
        except Refused as error:
            return _answer(Problem(error.code), error.status)
        except msgspec.MsgspecError:
            return _answer(Problem("bad_request"), 400)
        if self.fault == "lost_answer" and request.transport is not None:
            request.transport.abort()
        if self.fault == "nonsense":
            return web.Response(text="<html>Chào mừng</html>", content_type="text/html")
        return response

    # -- doors -----------------------------------------------------------------------------

    async def _state(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["authority"] != self.book.authority:
            raise Refused(404, "no_such_book")
        return _answer(BookState(self.book.open))

    async def _numbers(self, request: web.Request) -> web.StreamResponse:
        wanted = msgspec.json.decode(await request.read(), type=NumbersWanted)
        return _answer(NumbersGiven(self.book.take(_key(request), wanted)))

    async def _close(self, request: web.Request) -> web.StreamResponse:
        order = msgspec.json.decode(await request.read(), type=OrderClosed)
        self.book.close(request.match_info["key"], order.reason)
        return _answer(Problem())

    async def _fact(self, request: web.Request) -> web.StreamResponse:
        payload, fact = await request.read(), request.match_info["id"]
        kind = request.query["kind"]
        if kind == "event/queue.drawn" and fact not in self.book.facts:
            self.queue.drawn(payload)
        digest = self.book.told(fact, kind, payload)
        if self.fault == "wrong_ack":
            digest = "0" * 64
        return _answer(Acknowledged(fact, digest))

    async def _manifest(self, request: web.Request) -> web.StreamResponse:
        kiosk, fact = self._kiosk(request), request.match_info["id"]
        manifest = msgspec.json.decode(await request.read(), type=Manifest)
        state = self.store.announced(kiosk, fact, manifest)
        if self.fault == "wrong_ack" and state.sha256:
            state = msgspec.structs.replace(state, sha256="0" * 64)
        return _answer(state)

    async def _chunk(self, request: web.Request) -> web.StreamResponse:
        kiosk, place = self._kiosk(request), request.match_info["place"]
        if not place.isdecimal():
            raise Refused(404, "no_such_place")
        data = await request.read()
        if self.fault == "slow":
            await self.awake.wait()
        if self.fault == "damaged":
            data = data[:-1] + bytes([data[-1] ^ 1])
        self.store.put(kiosk, request.match_info["id"], int(place), data)
        return web.Response(status=201)

    def _kiosk(self, request: web.Request) -> str:
        """Whose delivery it is: nobody reaches that of another."""
        named = request.match_info["kiosk"]
        if self._socket is not None:
            known = request.headers.get("X-Kiosk", "")
        else:
            told = request.get_extra_info("peercert") or {}
            known = next(v for rdn in told["subject"] for k, v in rdn if k == "commonName")
        if named != known:
            raise Refused(403, "another_kiosk")
        if _ID.fullmatch(request.match_info["id"]) is None:
            raise Refused(404, "no_such_place")
        return named

    async def _slip(self, request: web.Request) -> web.StreamResponse:
        return _answer(self.book.slip(request.match_info["slip"]))

    async def _payments(self, request: web.Request) -> web.StreamResponse:
        after, book = int(request.query["after"]), self.book
        wait = float(request.query.get("wait", "0"))
        if len(book.notices) <= after and wait > 0:
            book.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(book.news.wait(), wait)
        found = tuple(notice for notice in book.notices if notice.seq > after)
        return _answer(PaymentNotices(found))

    async def _blocks(self, request: web.Request) -> web.StreamResponse:
        wanted = msgspec.json.decode(await request.read(), type=BlockWanted)
        return _answer(self.queue.lease(_key(request), wanted))

    async def _acts(self, request: web.Request) -> web.StreamResponse:
        wanted = msgspec.json.decode(await request.read(), type=QueueWanted)
        return _answer(self.queue.act(_key(request), wanted))

    async def _told(self, request: web.Request) -> web.StreamResponse:
        after, queue = int(request.query["after"]), self.queue
        wait = float(request.query.get("wait", "0"))
        if len(queue.told) <= after and wait > 0:
            queue.news.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(queue.news.wait(), wait)
        return _answer(QueueFeed(tuple(queue.told[after:])))

    async def _dossier(self, request: web.Request) -> web.StreamResponse:
        found = self.book.dossiers.get(request.match_info["code"])
        if found is None:
            raise Refused(404, "no_such_dossier")
        return _answer(found)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        rev, token = self.book.files.get(request.match_info["name"], (0, ""))
        return _answer(SignedFile(token if rev > int(request.query["after"]) else ""))


def _key(request: web.Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Refused(400, "no_key")
    return key


def _answer(value: msgspec.Struct, status: int = 200) -> web.Response:
    kind = "application/json" if status == 200 else "application/problem+json"
    return web.Response(body=msgspec.json.encode(value), status=status, content_type=kind)
