"""The door: certificate, host, origin, form, and the headers of every answer."""

from __future__ import annotations

import secrets
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daemon.desk.config import DeskConfig
from daemon.desk.errors import NotAllowed
from daemon.desk.peer import Peer
from daemon.desk.sessions import Session

LARGEST_FORM = 4096
"""Bytes of a form; ours have a few hundred."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), display-capture=()",
    "Strict-Transport-Security": "max-age=31536000",
}


class Headers:
    """Middleware: the headers go with every answer, errors too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def peer(connection: HTTPConnection) -> Peer | None:
    """Whose certificate opened the connection."""
    found = connection.scope.get("state", {}).get("peer")
    return found if isinstance(found, Peer) else None


def own_host(connection: HTTPConnection, config: DeskConfig) -> bool:
    """Was this very desk asked for?  Another name means that somebody rebinds ours."""
    return config.is_host(connection.headers.get("host", ""))


def own_origin(connection: HTTPConnection) -> bool:
    """Does the request come from a page of this desk?"""
    origin = urlsplit(connection.headers.get("origin", ""))
    return origin.scheme == "https" and origin.netloc == connection.headers.get("host")


async def form(request: Request, session: Session | None) -> dict[str, str]:
    """The fields of a form of ours.  Raises NotAllowed."""
    if not own_origin(request):
        raise NotAllowed("form")
    if request.headers.get("content-type", "").partition(";")[0] != (
        "application/x-www-form-urlencoded"
    ):
        raise NotAllowed("form")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise NotAllowed("form")
    try:
        read = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=40)
    except ValueError:
        raise NotAllowed("form") from None
    fields = {name: values[-1] for name, values in read.items()}
    if session is not None and not secrets.compare_digest(
        fields.get("csrf", "").encode(), session.csrf.encode()
    ):
        raise NotAllowed("form")
    return fields
