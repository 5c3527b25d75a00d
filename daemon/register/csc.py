"""The client of a signing service: Cloud Signature Consortium API v2 over HTTPS.

https://cloudsignatureconsortium.org (API v2.0.0.2): `oauth2/token`, `info`, `credentials/list`,
`credentials/info`, `credentials/authorize` with the hashes, `credentials/authorizeCheck` while the
holder is asked, `signatures/signHash`.  All methods belong to one loop.
"""

from __future__ import annotations

import base64
import re
import ssl
import time
from typing import Any, TypeVar

import aiohttp
import msgspec

from daemon.register import credentials
from daemon.register.errors import (
    ActivationExpired,
    ActivationRefused,
    RegisterError,
    RemoteAnswer,
    RemoteRefused,
    RemoteUnavailable,
    RemoteUntrusted,
    SecretMissing,
)
from daemon.register.settings import RemoteSettings

SHA256 = "2.16.840.1.101.3.4.2.1"
LARGEST = 1_000_000
"""Bytes of an answer: none is near it."""

_SAID_NO = ("access_denied", "invalid_authentication_data", "authorization_declined")

T = TypeVar("T")


class Info(msgspec.Struct, frozen=True):
    """What the service says of itself."""

    specs: str
    name: str = ""
    methods: tuple[str, ...] = ()


class _Listed(msgspec.Struct, frozen=True):
    credential_ids: tuple[str, ...] = msgspec.field(name="credentialIDs")


class _Token(msgspec.Struct, frozen=True):
    access_token: str


class Authorized(msgspec.Struct, frozen=True):
    """Signature activation data, or (while the holder is asked) a handle."""

    sad: str = msgspec.field(name="SAD", default="")
    handle: str = ""
    expires: float = msgspec.field(name="expiresIn", default=3600.0)


class _Signed(msgspec.Struct, frozen=True):
    signatures: tuple[str, ...]


class _Problem(msgspec.Struct, frozen=True):
    error: str = ""
    error_description: str = ""


class Service:
    """One session with the service, opened at the first question."""

    def __init__(self, settings: RemoteSettings) -> None:
        self.settings = settings
        self.base = settings.url.rstrip("/")
        self.waited = 0.0
        """Seconds that answers of the service took, all together."""
        self._session: aiohttp.ClientSession | None = None
        self._token = ""

    async def session(self) -> aiohttp.ClientSession:
        """For pyHanko's signer too: errors of the service come out of it with our names."""
        if self._session is None:
            context = ssl.create_default_context(cafile=self.settings.ca or None)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=context, limit=4),
                middlewares=(self._authorised,),
                timeout=aiohttp.ClientTimeout(total=self.settings.timeout),
            )
        return self._session

    async def close(self) -> None:
        """Hang up, and forget the access token."""
        session, self._session = self._session, None
        self._token = ""
        if session is not None:
            await session.close()

    # -- questions -------------------------------------------------------------------------

    async def info(self) -> Info:
        """Version and methods."""
        return await self._ask("info", {}, Info)

    async def credentials(self) -> tuple[str, ...]:
        """Ids of the credentials that the kiosk may ask for."""
        return (await self._ask("credentials/list", {}, _Listed)).credential_ids

    async def authorize(
        self, credential: str, hashes: list[str], decision: str, description: str
    ) -> Authorized:
        """Ask the holder to activate the key for exactly these hashes (base64, SHA-256)."""
        asked: dict[str, Any] = {
            "credentialID": credential,
            "numSignatures": len(hashes),
            "hashes": hashes,
            "hashAlgorithmOID": SHA256,
            "description": description,
        }
        if decision:
            asked["clientData"] = decision
        return await self._ask("credentials/authorize", asked, Authorized)

    async def authorized(self, handle: str) -> Authorized:
        """Has the holder answered?"""
        return await self._ask("credentials/authorizeCheck", {"handle": handle}, Authorized)

    async def sign(self, credential: str, sad: str, digest: bytes, algorithm: str) -> bytes:
        """One signature over one SHA-256 digest."""
        asked = {
            "credentialID": credential,
            "SAD": sad,
            "hashes": [base64.b64encode(digest).decode("ascii")],
            "hashAlgorithmOID": SHA256,
            "signAlgo": algorithm,
        }
        answer = await self._ask("signatures/signHash", asked, _Signed)
        if len(answer.signatures) != 1:
            raise RemoteAnswer(f"remote: {len(answer.signatures)} signatures where 1 was asked for")
        try:
            return base64.b64decode(answer.signatures[0], validate=True)
        except ValueError as error:
            raise RemoteAnswer("remote: a signature that is not base64") from error

    # -- inside ----------------------------------------------------------------------------

    async def _ask(self, method: str, asked: dict[str, Any], answer: type[T]) -> T:
        try:
            session = await self.session()
            url = f"{self.base}/csc/v2/{method}"
            async with session.post(url, json=asked, allow_redirects=False) as response:
                body = await response.read()
        except (aiohttp.ClientError, OSError) as error:
            raise named(error) from error
        try:
            return msgspec.json.decode(body, type=answer)
        except msgspec.MsgspecError as error:
            raise RemoteAnswer(f"remote: {method}: an answer that cannot be read") from error

    async def _authorised(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Puts the access token on a request; gives an answer that says no our name."""
        for again in (False, True):
            if not self._token or again:
                self._token = await self._new_token()
            request.headers["Authorization"] = f"Bearer {self._token}"
            began = time.perf_counter()
            try:
                response = await handler(request)
                if (response.content_length or 0) > LARGEST:
                    raise RemoteAnswer(f"remote: an answer of {response.content_length} bytes")
                body = await response.read()
            except (aiohttp.ClientError, OSError) as error:
                raise named(error) from error
            finally:
                self.waited += time.perf_counter() - began
            if response.status != 401:
                break
        if response.status >= 300:
            raise refusal(response.status, body)
        return response

    async def _new_token(self) -> str:
        settings = self.settings
        try:
            secret = credentials.read(settings.client_secret_file)
        except (OSError, ValueError) as error:
            raise SecretMissing(
                f"remote.client_secret_file: {settings.client_secret_file!r} cannot be read "
                f"({type(error).__name__})"
            ) from error
        asked = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_secret": secret,
            "scope": "service",
        }
        url = settings.token_url or f"{self.base}/csc/v2/oauth2/token"
        session = await self.session()
        async with session.post(url, data=asked, allow_redirects=False, middlewares=()) as response:
            body = await response.content.read(LARGEST)
        if response.status != 200:
            raise refusal(response.status, body)
        try:
            return msgspec.json.decode(body, type=_Token).access_token
        except msgspec.MsgspecError as error:
            raise RemoteAnswer("remote: oauth2/token: an answer that cannot be read") from error


def refusal(status: int, body: bytes) -> RegisterError:
    """Our error for an answer that says no; only its code is quoted, never its words."""
    try:
        problem = msgspec.json.decode(body, type=_Problem)
    except msgspec.MsgspecError:
        problem = _Problem()
    code = problem.error if re.fullmatch(r"[a-z_]{1,40}", problem.error) else ""
    told = f"remote: {status} {code}".rstrip()
    if status >= 500 or status in (408, 429):
        return RemoteUnavailable(told)
    if code in _SAID_NO:
        return ActivationRefused(told)
    if "sad expired" in problem.error_description.lower():  # the API has no code of its own for it
        return ActivationExpired(f"{told}: the activation was used too late")
    return RemoteRefused(told)


def named(error: BaseException) -> RegisterError:
    """Our error for one of the connection."""
    if isinstance(error, RegisterError):
        return error
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return RemoteUntrusted(f"remote.url: {type(error).__name__}; compare remote.ca")
    if isinstance(error, aiohttp.ContentTypeError):
        return RemoteAnswer("remote: an answer that is not JSON")
    return RemoteUnavailable(f"remote: {type(error).__name__}")
