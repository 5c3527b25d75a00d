"""Keys at a signing service: pyHanko's CSC signer, an activation for each decision.

The certifier confirms at the service, once for all papers of a decision, and only for the hashes
that are signed; the kiosk holds nothing that could activate the key.  Each signature is checked
against its certificate before it goes into a file: a service that signs something else is found.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import aiohttp
import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import Signer
from pyhanko.sign.signers.csc_signer import (
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    fetch_certs_in_csc_credential,
)

from daemon.register import csc
from daemon.register.activation import (
    Activation,
    Manager,
    RemoteSigner,
    certificate_of,
    not_of_it,
)
from daemon.register.certificates import asn1_of
from daemon.register.csc import Service
from daemon.register.errors import (
    CertificateRevoked,
    CredentialUnsuitable,
    RegisterError,
    RemoteAnswer,
)
from daemon.register.keys import Act, Role

_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
_NEEDED = {
    "credentials/list",
    "credentials/info",
    "credentials/authorize",
    "credentials/authorizeCheck",
    "signatures/signHash",
}


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
        return certificate_of(info.signing_cert)

    async def chain(self, role: Role) -> tuple[x509.Certificate, ...]:
        info = await self._credential(role)
        return tuple(certificate_of(each) for each in info.chain)

    async def batch(self, role: Role) -> int:
        return max(1, (await self._credential(role)).max_batch_size)

    async def sign_digest(self, role: Role, digest: bytes) -> bytes:
        certificate = await self.certificate(role)
        encoded = base64.b64encode(digest).decode("ascii")
        activation = Activation(self._service, self._ids[role], "", None)
        sad = await activation.sad([encoded])
        der = await self._service.sign(self._ids[role], sad, digest, _ECDSA_SHA256)
        key = certificate.public_key()
        try:
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise InvalidSignature
            key.verify(der, digest, ec.ECDSA(Prehashed(hashes.SHA256())))
        except InvalidSignature as error:
            raise not_of_it(role) from error
        r, s = decode_dss_signature(der)
        return r.to_bytes(32) + s.to_bytes(32)

    async def signer(
        self, role: Role, chain: tuple[x509.Certificate, ...], act: Act, count: int
    ) -> Signer:
        info = await self._credential(role)
        place = CSCServiceSessionInfo(self._service.base, self._ids[role], api_ver="v2")
        activation = Activation(self._service, self._ids[role], act.decision, act)
        made = RemoteSigner(
            await self._service.session(),
            Manager(place, info, activation),
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
