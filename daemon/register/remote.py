"""Keys at a signing service: pyHanko's CSC signer, an activation for each decision.

The certifier confirms at the service, once for all papers of a decision, and only for the hashes
that are signed; the kiosk holds nothing that could activate the key.  Each signature is checked
against its certificate before it goes into a file: a service that signs something else is found.
"""

from __future__ import annotations

import asyncio
import base64
import time
from dataclasses import replace
from typing import Any

import aiohttp
import msgspec
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)

from daemon.register import csc
from daemon.register.certificates import asn1_of
from daemon.register.csc import Service
from daemon.register.errors import (
    ActivationExpired,
    ActivationMissing,
    CertificateRevoked,
    CredentialUnsuitable,
    RegisterError,
    RemoteAnswer,
)
from daemon.register.keys import Act, Role

_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_RSA = "1.2.840.113549.1.1.1"
"""Plain RSA: the digest's algorithm stands beside it."""

_NEEDED = {
    "credentials/list",
    "credentials/info",
    "credentials/authorize",
    "credentials/authorizeCheck",
    "signatures/signHash",
}

DESCRIPTION = "Chứng thực bản sao điện tử: {count} giấy tờ"
"""What the certifier reads at the service; it names nobody."""


class _Key(msgspec.Struct, frozen=True):
    status: str
    algo: tuple[str, ...]


class _Auth(msgspec.Struct, frozen=True):
    mode: str
    objects: tuple[Any, ...] = ()


class _Cert(msgspec.Struct, frozen=True):
    status: str = "valid"


class _Details(msgspec.Struct, frozen=True):
    """What pyHanko does not look at in `credentials/info`."""

    key: _Key
    cert: _Cert
    auth: _Auth


class RemoteKeys:
    """Keys of a signing service, each under a credential id."""

    def __init__(self, service: Service) -> None:
        self._service = service
        settings = service.settings
        self._ids: dict[Role, str] = {
            "certifier": settings.certifier,
            "authority": settings.authority,
            "proof": settings.proof or settings.authority,
        }
        self._known: dict[Role, CSCCredentialInfo] = {}
        self._met = False

    async def certificate(self, role: Role) -> x509.Certificate:
        """Asked of the service each time: a key may be disabled, a certificate renewed."""
        self._known.pop(role, None)
        info = await self._credential(role)
        return _of(info.signing_cert)

    async def chain(self, role: Role) -> tuple[x509.Certificate, ...]:
        info = await self._credential(role)
        return tuple(_of(each) for each in info.chain)

    async def batch(self, role: Role) -> int:
        return max(1, (await self._credential(role)).max_batch_size)

    async def sign_digest(self, role: Role, digest: bytes) -> bytes:
        certificate = await self.certificate(role)
        encoded = base64.b64encode(digest).decode("ascii")
        activation = _Activation(self._service, self._ids[role], "", None)
        sad = await activation.sad([encoded])
        der = await self._service.sign(self._ids[role], sad, digest, _ECDSA_SHA256)
        key = certificate.public_key()
        try:
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise InvalidSignature
            key.verify(der, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        except InvalidSignature as error:
            raise _not_of_it(role) from error
        r, s = decode_dss_signature(der)
        return r.to_bytes(32) + s.to_bytes(32)

    async def signer(
        self, role: Role, chain: tuple[x509.Certificate, ...], act: Act, count: int
    ) -> Signer:
        info = await self._credential(role)
        place = CSCServiceSessionInfo(self._service.base, self._ids[role], api_ver="v2")
        activation = _Activation(self._service, self._ids[role], act.decision, act)
        made = _Signer(
            await self._service.session(),
            _Manager(place, info, activation),
            sign_timeout=max(1, round(self._service.settings.timeout)),
            batch_size=count,
        )
        made.cert_registry.register_multiple([asn1_of(each) for each in chain])
        return made

    def failed(self, error: Exception) -> Exception:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, RegisterError):
                return cause
            if isinstance(cause, aiohttp.ClientError | TimeoutError):
                return csc.named(cause)
            cause = cause.__cause__
        if isinstance(error, SigningError):
            return RemoteAnswer(f"remote: {error}")
        return error

    async def close(self) -> None:
        self._met = False
        self._known.clear()
        await self._service.close()

    async def _meet(self) -> None:
        """Once: is it such a service, and does it know these keys?  Raises RegisterError."""
        if self._met:
            return
        info = await self._service.info()
        lacking = sorted(_NEEDED - set(info.methods))
        if not info.specs.startswith("2.") or lacking:
            raise CredentialUnsuitable(
                f"remote.url: version {info.specs!r} of the API without {lacking or 'nothing'}; "
                "version 2 with all that is needed is right"
            )
        listed = await self._service.credentials()
        for role, credential in self._ids.items():
            if credential and credential not in listed:
                raise CredentialUnsuitable(
                    f"remote.{role}: the service lets this kiosk use {len(listed)} credentials, "
                    f"and {credential!r} is none of them"
                )
        self._met = True

    async def _credential(self, role: Role) -> CSCCredentialInfo:
        """What the service says of a role's credential.  Raises RegisterError."""
        if role in self._known:
            return self._known[role]
        await self._meet()
        place = CSCServiceSessionInfo(self._service.base, self._ids[role], api_ver="v2")
        seconds = max(1, round(self._service.settings.timeout))
        try:
            session = await self._service.session()
            info = await fetch_certs_in_csc_credential(session, place, seconds)
            details = msgspec.convert(info.response_data, _Details)
        except (SigningError, aiohttp.ClientError, OSError, msgspec.ValidationError) as error:
            raise self._unread(role, error) from error
        if details.key.status != "enabled":
            raise CredentialUnsuitable(f"remote.{role}: the key is {details.key.status}")
        if details.cert.status in ("revoked", "suspended"):
            raise CertificateRevoked(role, f"the service says: {details.cert.status}")
        if details.auth.mode not in ("explicit", "implicit") or details.auth.objects:
            raise CredentialUnsuitable(
                f"remote.{role}: the service wants {details.auth.mode} authorisation with "
                f"{len(details.auth.objects)} secrets of the holder; one that asks the holder "
                "itself is right, since a kiosk keeps none"
            )
        if role != "proof" and not info.hash_pinning_required:
            raise CredentialUnsuitable(f"remote.{role}: SCAL is 1, 2 is right: tied to the hashes")
        if "rsassa_pkcs1v15" in info.supported_mechanisms:  # with any digest
            mechanisms = info.supported_mechanisms | {"sha256_rsa"}
            info = replace(info, supported_mechanisms=mechanisms)
        self._known[role] = info
        return info

    def _unread(self, role: Role, error: Exception) -> Exception:
        found = self.failed(error)
        if isinstance(found, RegisterError):
            return found
        return RemoteAnswer(f"remote.{role}: {type(found).__name__}")


class _Activation:
    """Asks for one activation, and waits for the holder as long as the authorisation holds."""

    def __init__(self, service: Service, credential: str, decision: str, act: Act | None) -> None:
        self._service = service
        self._credential = credential
        self._decision = decision
        self._act = act

    async def sad(self, asked: list[str]) -> str:
        """Raises ActivationRefused, …Missing, …Expired, and what `act.still` raises."""
        service, settings = self._service, self._service.settings
        ends = time.monotonic() + settings.activation
        told = DESCRIPTION.format(count=len(asked)) if self._act is not None else "QR"
        began = time.monotonic()
        found = await service.authorize(self._credential, asked, self._decision, told)
        while not found.sad:
            if not found.handle:
                raise RemoteAnswer("remote: credentials/authorize: neither SAD nor handle")
            self._still()
            if time.monotonic() >= ends:
                raise ActivationMissing(
                    f"remote.activation: nobody confirmed within {settings.activation:g} s"
                )
            await asyncio.sleep(settings.poll)
            began = time.monotonic()
            found = await service.authorized(found.handle)
        self._still()
        if time.monotonic() - began >= found.expires:
            raise ActivationExpired("remote: the activation ended before it could be used")
        return found.sad

    def _still(self) -> None:
        if self._act is not None:
            self._act.still()


class _Manager(CSCAuthorizationManager):
    """pyHanko's way to the activation."""

    def __init__(
        self, place: CSCServiceSessionInfo, info: CSCCredentialInfo, activation: _Activation
    ) -> None:
        super().__init__(place, info)
        self._activation = activation

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        return CSCAuthorizationInfo(sad=await self._activation.sad(hash_b64s))


class _Signer(CSCSigner):
    """pyHanko's signer speaks version 1 of the API; version 2 names two fields otherwise."""

    async def format_csc_signing_req(
        self, tbs_hashes: list[str], digest_algorithm: str
    ) -> dict[str, object]:
        asked = await super().format_csc_signing_req(tbs_hashes, digest_algorithm)
        asked["hashes"] = asked.pop("hash")
        asked["hashAlgorithmOID"] = asked.pop("hashAlgo")
        offered = self.auth_manager.credential_info.response_data["key"]["algo"]
        if asked["signAlgo"] not in offered and _RSA in offered:
            asked["signAlgo"] = _RSA
        return asked

    async def commit(self) -> None:
        try:
            await super().commit()  # type: ignore[no-untyped-call]
        except SigningError as error:  # pyHanko would only log why
            cause = error.__cause__
            if isinstance(cause, aiohttp.ClientError):
                raise csc.named(cause) from error
            raise RemoteAnswer(f"remote: {error}") from error

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        signature = await super().async_sign_raw(data, digest_algorithm, dry_run)
        if not dry_run:
            assert self.signing_cert is not None
            _check(_of(self.signing_cert), signature, data)
        return signature


def _of(certificate: asn1.Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.dump())


def _check(certificate: x509.Certificate, signature: bytes, data: bytes) -> None:
    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            raise InvalidSignature
    except InvalidSignature as error:
        raise _not_of_it("signer") from error


def _not_of_it(role: str) -> RemoteAnswer:
    return RemoteAnswer(f"remote: {role}: the service's signature is not one of what was asked")
