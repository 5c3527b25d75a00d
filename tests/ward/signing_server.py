"""A signing service (Cloud Signature Consortium, API v2): HTTPS, OAuth 2.0, activation, faults.

It keeps the rules that make a remote key the holder's own: a person's key signs only what the
person confirmed, for exactly the hashes that were shown, once, and for a short while.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Any, Literal, NamedTuple

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from tests.ward.certificates import Certificates
from tests.ward.signing_pki import Pair, StatePki

Fault = Literal[
    "", "down", "silent", "refuses", "expired", "wrong_hash", "fewer", "cut", "nonsense", "stranger"
]
"""`down` = 503; `silent` = no answer until `awake`; `refuses` = the holder says no; `expired` = the
activation is over when it is used; `wrong_hash` = signs something else; `fewer` = one signature too
few; `cut` = half an answer; `nonsense` = 200 with something else; `stranger` = unknown client."""

ECDSA_SHA256 = "1.2.840.10045.4.3.2"
SHA256 = "2.16.840.1.101.3.4.2.1"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Credential(NamedTuple):
    """A key with its chain; a person's key waits for the person."""

    pair: Pair
    chain: tuple[x509.Certificate, ...]
    person: bool


def credentials_of(pki: StatePki) -> dict[str, Credential]:
    """A person's key, the office's, and that of the QR's statement."""
    above = (pki.issuing.certificate,)
    return {
        "person-1": Credential(pki.certifier, above, person=True),
        "seal-1": Credential(pki.authority, above, person=False),
        "qr-1": Credential(pki.proof, above, person=False),
    }


class Activation:
    """What one confirmation covers."""

    def __init__(self, credential: str, decision: str, asked: list[str]) -> None:
        self.credential = credential
        self.decision = decision
        self.hashes = list(asked)
        self.confirmed = False
        self.ends = time.monotonic() + 60.0


class SigningServer:
    """`async with SigningServer(certificates, credentials) as service:` then `service.url`."""

    def __init__(self, tls: Certificates, credentials: dict[str, Credential]) -> None:
        self.credentials = credentials
        self.client, self.secret = "26824-k01", secrets.token_hex(8)
        self.fault: Fault = ""
        self.fault_at = "signatures/signHash"
        """The method that shows it."""
        self.willing = True
        """The persons confirm what they are asked, at the second look."""
        self.multisign = 10
        self.status = dict.fromkeys(credentials, ("enabled", "valid"))
        """State of key and certificate."""
        self.objects: list[dict[str, str]] = []
        """Secrets that `credentials/info` says are asked for."""
        self.scal = "2"
        self.specs = "2.0.0.2"
        self.asked: list[str] = []
        self.activations: list[Activation] = []
        self.when_asked = asyncio.Event()
        """Somebody waits for a confirmation."""
        self.awake = asyncio.Event()
        self.url = ""
        self._tls = tls
        self._tokens: set[str] = set()
        self._handles: dict[str, Activation] = {}
        self._sads: dict[str, Activation] = {}
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> SigningServer:
        app = web.Application(middlewares=[self._guard])
        doors: dict[str, Handler] = {
            "oauth2/token": self._token,
            "info": self._info,
            "credentials/list": self._list,
            "credentials/info": self._credential,
            "credentials/authorize": self._authorize,
            "credentials/authorizeCheck": self._check,
            "signatures/signHash": self._sign,
        }
        for method, handler in doors.items():
            app.router.add_post(f"/csc/v2/{method}", handler)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self._tls.server, self._tls.server_key)
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=context).start()
        self.url = f"https://localhost:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.awake.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def confirm(self) -> None:
        """The persons confirm everything that waits for them."""
        for activation in self.activations:
            activation.confirmed = True

    def forget_tokens(self) -> None:
        """All access tokens have ended."""
        self._tokens.clear()

    # -- faults and access -----------------------------------------------------------------

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        method = request.path.removeprefix("/csc/v2/")
        self.asked.append(method)
        fault = self.fault if method == self.fault_at else ""
        if fault == "down":
            return _no("server_error", 503)
        if fault == "silent":
            await self.awake.wait()
        if fault == "nonsense":
            return web.Response(text="<html>Chào mừng</html>", content_type="text/html")
        if method != "oauth2/token":
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self._tokens:
                return _no("invalid_token", 401)
        response = await handler(request)
        if fault == "cut" and request.transport is not None:
            half = web.StreamResponse(headers={"Content-Length": "4096"})
            await half.prepare(request)
            await half.write(b'{"signatures": ["MEUC')
            request.transport.close()
            return half
        return response

    async def _token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        right = (form.get("client_id"), form.get("client_secret")) == (self.client, self.secret)
        if not right or self.fault == "stranger":
            return _no("invalid_client", 401)
        token = secrets.token_urlsafe(16)
        self._tokens.add(token)
        return web.json_response({"access_token": token, "token_type": "Bearer"})

    # -- what it knows ---------------------------------------------------------------------

    async def _info(self, request: web.Request) -> web.StreamResponse:
        methods = [route.resource.canonical.removeprefix("/csc/v2/")
                   for route in request.app.router.routes() if route.resource]  # fmt: skip
        return web.json_response({"specs": self.specs, "name": "Bench", "methods": methods})

    async def _list(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"credentialIDs": list(self.credentials)})

    async def _credential(self, request: web.Request) -> web.StreamResponse:
        name = (await request.json()).get("credentialID")
        found = self.credentials.get(name)
        if found is None:
            return _no("invalid_request")
        key, certificate = self.status[name]
        chain = [
            base64.b64encode(each.public_bytes(serialization.Encoding.DER)).decode()
            for each in (found.pair.certificate, *found.chain)
        ]
        return web.json_response(
            {
                "key": {"status": key, "algo": [ECDSA_SHA256], "len": 256},
                "cert": {"status": certificate, "certificates": chain},
                "auth": {"mode": "explicit", "objects": self.objects},
                "SCAL": self.scal,
                "multisign": self.multisign,
            }
        )

    # -- activation ------------------------------------------------------------------------

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        name, wanted = asked.get("credentialID"), asked.get("hashes", [])
        found = self.credentials.get(name)
        good = (
            found is not None
            and wanted
            and asked.get("numSignatures") == len(wanted) <= self.multisign
            and asked.get("hashAlgorithmOID") == SHA256
            and all(len(base64.b64decode(each)) == 32 for each in wanted)
        )
        if found is None or not good:
            return _no("invalid_request")
        if found.person and not asked.get("clientData"):
            return _no("invalid_request")  # a person is asked about a decision, never about hashes
        activation = Activation(name, asked.get("clientData", ""), wanted)
        self.activations.append(activation)
        if not found.person:
            return self._activated(activation)
        self.when_asked.set()
        return self._waiting(activation)

    async def _check(self, request: web.Request) -> web.StreamResponse:
        activation = self._handles.pop((await request.json()).get("handle"), None)
        if activation is None:
            return _no("invalid_request")
        if self.fault == "refuses":
            return _no("access_denied", 400)
        if activation.confirmed or self.willing:
            return self._activated(activation)
        return self._waiting(activation)

    def _waiting(self, activation: Activation) -> web.Response:
        handle = secrets.token_urlsafe(16)
        self._handles[handle] = activation
        return web.json_response({"handle": handle}, status=202)

    def _activated(self, activation: Activation) -> web.Response:
        activation.confirmed = True
        sad = secrets.token_urlsafe(16)
        self._sads[sad] = activation
        return web.json_response({"SAD": sad, "expiresIn": 60})

    # -- signatures ------------------------------------------------------------------------

    async def _sign(self, request: web.Request) -> web.StreamResponse:
        asked: dict[str, Any] = await request.json()
        activation = self._sads.pop(asked.get("SAD", ""), None)  # good for one call
        if activation is None or activation.credential != asked.get("credentialID"):
            return _no("invalid_request", told="Invalid parameter SAD")
        if self.fault == "expired" or time.monotonic() > activation.ends:
            return _no("invalid_request", told="SAD expired")
        if asked.get("hashes") != activation.hashes:
            return _no("invalid_request", told="Hash is not authorized by the SAD")
        if asked.get("signAlgo") != ECDSA_SHA256:
            return _no("invalid_request", told="Invalid parameter signAlgo")
        key = self.credentials[activation.credential].pair.key
        made = []
        for each in activation.hashes:
            digest = base64.b64decode(each)
            if self.fault == "wrong_hash":
                digest = bytes(32)
            signature = key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256())))
            made.append(base64.b64encode(signature).decode())
        if self.fault == "fewer":
            made.pop()
        return web.json_response({"signatures": made})


def _no(error: str, status: int = 400, told: str = "") -> web.Response:
    return web.json_response({"error": error, "error_description": told}, status=status)
