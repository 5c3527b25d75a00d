"""One activation of a key at a signing service, and pyHanko's signer that uses it."""

from __future__ import annotations

import asyncio
import time

import aiohttp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
)

from daemon.register import csc
from daemon.register.csc import Service
from daemon.register.errors import ActivationExpired, ActivationMissing, RemoteAnswer
from daemon.register.keys import Act

_RSA = "1.2.840.113549.1.1.1"
"""Plain RSA: the digest's algorithm stands beside it."""

DESCRIPTION = "Chứng thực bản sao điện tử: {count} giấy tờ"
"""What the certifier reads at the service; it names nobody."""


class Activation:
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


class Manager(CSCAuthorizationManager):
    """pyHanko's way to the activation."""

    def __init__(
        self, place: CSCServiceSessionInfo, info: CSCCredentialInfo, activation: Activation
    ) -> None:
        super().__init__(place, info)
        self._activation = activation

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        return CSCAuthorizationInfo(sad=await self._activation.sad(hash_b64s))


class RemoteSigner(CSCSigner):
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
            _check(certificate_of(self.signing_cert), signature, data)
        return signature


def certificate_of(certificate: asn1.Certificate) -> x509.Certificate:
    """The same certificate as this room wants it."""
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
        raise not_of_it("signer") from error


def not_of_it(role: str) -> RemoteAnswer:
    """The error where a signature does not fit what was asked."""
    return RemoteAnswer(f"remote: {role}: the service's signature is not one of what was asked")
