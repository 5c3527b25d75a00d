"""Where keys live: the port between signing and a token, a signing service, or keys in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple, Protocol, TypeVar

import pkcs11
from asn1crypto import x509 as asn1
from cryptography import x509
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from daemon.register.certificates import asn1_of
from daemon.register.token import Token

T = TypeVar("T")

Role = Literal["certifier", "authority", "proof"]
"""Who signs: the person, the office, and the key of the QR's statement."""


class Act(NamedTuple):
    """The decision inside which something is signed."""

    decision: str
    """Id of the request that was accepted: the service ties the activation to it."""
    still: Callable[[], None]
    """Raises where the authorisation does not hold any longer."""


class Keys(Protocol):
    """Three named keys with their certificates.

    All methods belong to the loop of the signing thread, and may block it.
    """

    async def certificate(self, role: Role) -> x509.Certificate:
        """The certificate of a role's key."""

    async def chain(self, role: Role) -> tuple[x509.Certificate, ...]:
        """Certificates above it, as far as whoever holds the key knows them."""

    async def sign_digest(self, role: Role, digest: bytes) -> bytes:
        """Raw ECDSA P-256 (r ‖ s, 64 bytes) over a SHA-256 digest."""

    async def batch(self, role: Role) -> int:
        """How many signatures one `signer` makes at once (1 = one after another)."""

    async def signer(
        self, role: Role, chain: tuple[x509.Certificate, ...], act: Act, count: int
    ) -> Signer:
        """A pyHanko signer that embeds `chain`, for `count` signatures of one decision."""

    def failed(self, error: Exception) -> Exception:
        """The error to raise for one that came out of `signer`'s work."""

    async def close(self) -> None:
        """Let go of the keys; the next call takes them up again."""


class TokenKeys:
    """Keys on a PKCS#11 token, whose library has a thread of its own.

    SoftHSM leaves errors in OpenSSL's queue of the calling thread, where Python's TLS would take
    them for its own.
    """

    def __init__(self, token: Token) -> None:
        self._token = token
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="token")

    def label(self, role: Role) -> str:
        """The label of a role's key on the token."""
        labels = self._token.settings
        return {
            "certifier": labels.certifier,
            "authority": labels.authority,
            "proof": labels.proof or labels.authority,
        }[role]

    async def certificate(self, role: Role) -> x509.Certificate:
        return await self._run(lambda: self._token.certificate(self.label(role)))

    async def chain(self, role: Role) -> tuple[x509.Certificate, ...]:
        return ()

    async def sign_digest(self, role: Role, digest: bytes) -> bytes:
        return await self._run(lambda: self._token.sign_digest(self.label(role), digest))

    async def batch(self, role: Role) -> int:
        return 1

    async def signer(
        self, role: Role, chain: tuple[x509.Certificate, ...], act: Act, count: int
    ) -> Signer:
        label = self.label(role)
        certificate = await self.certificate(role)

        def made() -> Signer:
            from pyhanko.sign.pkcs11 import PKCS11Signer  # heavy, and only where a token is used

            return PKCS11Signer(
                self._token.session,
                signing_cert=asn1_of(certificate),
                key_label=label,
                # SoftHSM and many tokens know plain ECDSA only; the digest is then made here
                use_raw_mechanism=True,
            )

        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(asn1_of(each) for each in chain)
        return _OnThread(await self._run(made), self._thread, asn1_of(certificate), registry)

    def failed(self, error: Exception) -> Exception:
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, pkcs11.PKCS11Error):
                return self._token.named(cause)
            cause = cause.__cause__
        return error

    async def close(self) -> None:
        await self._run(self._token.close)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class _OnThread(Signer):
    """A signer whose work is done on another thread."""

    def __init__(
        self,
        inner: Signer,
        thread: ThreadPoolExecutor,
        certificate: asn1.Certificate,
        registry: SimpleCertificateStore,
    ) -> None:
        super().__init__(signing_cert=certificate, cert_registry=registry)
        self._inner = inner
        self._thread = thread

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        def work() -> bytes:
            return asyncio.run(self._inner.async_sign_raw(data, digest_algorithm, dry_run))

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


class SplitKeys:
    """The certifier's key in one place, the others in another."""

    def __init__(self, places: Mapping[Role, Keys]) -> None:
        self._places = places

    async def certificate(self, role: Role) -> x509.Certificate:
        return await self._places[role].certificate(role)

    async def chain(self, role: Role) -> tuple[x509.Certificate, ...]:
        return await self._places[role].chain(role)

    async def sign_digest(self, role: Role, digest: bytes) -> bytes:
        return await self._places[role].sign_digest(role, digest)

    async def batch(self, role: Role) -> int:
        return await self._places[role].batch(role)

    async def signer(
        self, role: Role, chain: tuple[x509.Certificate, ...], act: Act, count: int
    ) -> Signer:
        return await self._places[role].signer(role, chain, act, count)

    def failed(self, error: Exception) -> Exception:
        for keys in self._distinct():
            named = keys.failed(error)
            if named is not error:
                return named
        return error

    async def close(self) -> None:
        for keys in self._distinct():
            await keys.close()

    def _distinct(self) -> list[Keys]:
        return list({id(keys): keys for keys in self._places.values()}.values())
