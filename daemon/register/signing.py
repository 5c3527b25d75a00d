"""Two PAdES signatures on laid-out copies: the certifier's, then the authority's.

Profile (ETSI EN 319 142): SubFilter ETSI.CAdES.detached, SHA-256, both
fields made before the first signature, which certifies the document (DocMDP: filling and signing
only); each signature is an incremental update.  Visible, by the template, without pictures.  What
proves that no certificate was revoked goes in between: the authority's signature covers it all.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import weakref
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Literal, TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError

from daemon.register import certificates, watch
from daemon.register.appearance import field, style
from daemon.register.errors import (
    BadPdf,
    CertificateRevoked,
    CertificateUnsuitable,
    RegisterError,
    RevocationUnknown,
    TimestampUnavailable,
)
from daemon.register.fields import AUTHORITY_FIELD, CERTIFIER_FIELD
from daemon.register.form import Laid
from daemon.register.keys import Act, Keys, Role
from daemon.register.revocation import Evidence, Revocation
from daemon.register.settings import RegisterSettings
from daemon.register.watch import CertificateState

_RESERVED = 16384
"""Hexadecimal digits kept for a signature with a time stamp: saves asking the TSA twice."""

_ROLES: tuple[Role, ...] = ("certifier", "authority", "proof")

_FIELDS: dict[Role, str] = {"certifier": CERTIFIER_FIELD, "authority": AUTHORITY_FIELD}

T = TypeVar("T")


class Identity(msgspec.Struct, frozen=True):
    """Who signs, as whoever holds the keys says."""

    certifier: x509.Certificate
    authority: x509.Certificate
    proof: x509.Certificate
    """The certificate whose P-256 key signs the QR's statement."""
    chain: tuple[x509.Certificate, ...]
    """Certificates above them, to embed."""
    official: bool
    """Both chain to the state's root; otherwise the copy is a sample."""


class Signed(msgspec.Struct, frozen=True):
    """The electronic certified copy."""

    pdf: bytes
    level: Literal["B-B", "B-T", "B-LT"]
    """B-T = both signatures carry a time stamp; B-LT = and the file holds proof of status."""


class CopySigner:
    """Signs copies on a thread of its own, whose loop and session stay open."""

    def __init__(
        self, settings: RegisterSettings, keys: Keys, timestamper: TimeStamper | None = None
    ) -> None:
        """`timestamper`: for tests; by default RFC 3161 over HTTP from `timestamp_url`."""
        self._settings = settings
        self._keys = keys
        self._timestamper = timestamper
        if timestamper is None and settings.timestamp != "none":
            self._timestamper = HTTPTimeStamper(settings.timestamp_url, timeout=5)
        self._chain = certificates.load_pem(settings.token.chain_files)
        self._roots = certificates.load_pem(settings.state_roots)
        self._revocation = Revocation(
            (*self._roots, *certificates.load_pem(settings.timestamp_roots))
        )
        self._said: dict[str, watch.State] = {}
        """What responders and lists said last, by whose certificate it is."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="signing")
        self._loop = asyncio.Runner()
        # one that nobody closed (a register opened anew) keeps no loop and no file open
        self._end = weakref.finalize(self, _ended, self._thread, self._loop)

    async def identity(self, now: dt.datetime) -> Identity:
        """Take up the keys if need be and check both certificates at `now`.

        Raises TokenError, RemoteError, CertificateError, RevocationUnknown.
        """
        return await self._run(lambda: self._identity(now))

    async def states(self, now: dt.datetime) -> tuple[CertificateState, ...]:
        """The certificates as they are, for who watches them.  Raises TokenError, RemoteError."""
        return await self._run(lambda: self._states(now))

    async def prove(self, identity: Identity, digest: bytes) -> bytes:
        """Sign the QR's statement: raw ECDSA P-256 (64 bytes) over a SHA-256 digest."""
        return await self._run(lambda: self._keys.sign_digest("proof", digest))

    async def sign(self, laid: Sequence[Laid], identity: Identity, act: Act) -> tuple[Signed, ...]:
        """Both signatures on each paper of a decision.

        Raises TokenError, RemoteError, TimestampUnavailable, RevocationUnknown, NotAuthorised.
        """
        return await self._run(lambda: self._sign(tuple(laid), identity, act))

    async def close(self) -> None:
        """Let go of the keys and end the thread."""
        await self._run(self._keys.close)
        self._end()

    async def _run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: self._loop.run(work())
        )

    # -- on the thread's own loop ------------------------------------------------------------

    async def _states(self, now: dt.datetime) -> tuple[CertificateState, ...]:
        found = []
        for role in _ROLES:
            try:
                certificate = await self._keys.certificate(role)
            except CertificateRevoked:  # the service itself says so
                found.append(CertificateState(role, "revoked"))
            else:
                found.append(watch.judge(role, certificate, now, self._said.get(role, "ok")))
        return tuple(found)

    async def _identity(self, now: dt.datetime) -> Identity:
        certifier, authority, proof = [await self._keys.certificate(role) for role in _ROLES]
        serial = self._settings.certifier.certificate_serial
        certificates.check(certifier, "certifier", now, serial)
        certificates.check(authority, "authority", now)
        key = proof.public_key()
        if not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1"):
            raise CertificateUnsuitable("proof: its key is not ECDSA P-256, which the QR needs")
        roles: tuple[Role, ...] = ("certifier", "authority")
        above = [each for role in roles for each in await self._keys.chain(role)]
        chain = tuple(dict.fromkeys((*self._chain, *above)))
        official = all(
            [
                await certificates.chains_to(each, self._roots, chain, now)
                for each in (certifier, authority)
            ]
        )
        identity = Identity(certifier, authority, proof, chain, official)
        await self._evidence(identity, None)
        return identity

    async def _evidence(self, identity: Identity, stamper: TimeStamper | None) -> Evidence | None:
        """What says now that nothing was revoked; None where nobody is asked.

        Raises CertificateRevoked, RevocationUnknown.
        """
        if self._settings.revocation == "none" or not identity.official:
            return None
        signers = {"certifier": identity.certifier, "authority": identity.authority}
        self._said.clear()
        try:
            return await self._revocation.ask(signers, identity.chain, stamper)
        except CertificateRevoked as error:
            self._said[error.whose] = "revoked"
            raise
        except RevocationUnknown as error:
            self._said[error.whose] = "revocation_unknown"
            if self._settings.revocation == "required":
                raise
            return None

    async def _sign(
        self, laid: tuple[Laid, ...], identity: Identity, act: Act
    ) -> tuple[Signed, ...]:
        try:
            return await self._both(laid, identity, act, self._timestamper)
        except TimestampUnavailable:
            if self._settings.timestamp == "required":
                raise
            return await self._both(laid, identity, act, None)

    async def _both(
        self, laid: tuple[Laid, ...], identity: Identity, act: Act, stamper: TimeStamper | None
    ) -> tuple[Signed, ...]:
        writers = []
        for each in laid:
            writer = IncrementalPdfFileWriter(BytesIO(each.pdf))
            for name, box in (
                (CERTIFIER_FIELD, each.certifier_box),
                (AUTHORITY_FIELD, each.authority_box),
            ):
                append_signature_field(writer, field(name, box, each))
            writers.append(writer)
        firsts = await self._each("certifier", writers, laid, identity, act, stamper)
        # asked after the certifier's signature, so that the answers are younger than it
        evidence = await self._named(self._evidence(identity, stamper), "authority")
        writers = [IncrementalPdfFileWriter(BytesIO(first)) for first in firsts]
        if evidence is not None:
            for writer in writers:
                evidence.embed(writer)
        level: Literal["B-B", "B-T", "B-LT"] = "B-B"
        if stamper is not None:
            level = "B-T" if evidence is None else "B-LT"
        files = await self._each("authority", writers, laid, identity, act, stamper)
        return tuple(Signed(file, level) for file in files)

    async def _each(
        self,
        role: Role,
        writers: list[IncrementalPdfFileWriter],
        laid: tuple[Laid, ...],
        identity: Identity,
        act: Act,
        stamper: TimeStamper | None,
    ) -> list[bytes]:
        """One signature on each file; as many at once as one activation covers."""
        chain = identity.chain
        if identity.proof not in (identity.authority, identity.certifier):
            chain = (*chain, identity.proof)
        done: list[bytes] = []
        size = await self._keys.batch(role)
        for start in range(0, len(writers), size):
            act.still()
            some = writers[start : start + size]
            signer = await self._named(self._keys.signer(role, chain, act, len(some)), role)
            appearances = [each.appearances[role == "authority"] for each in laid[start:]]
            tasks = []
            try:
                async with asyncio.TaskGroup() as group:
                    for writer, appearance in zip(some, appearances, strict=False):
                        work = self._one(signer, role, writer, appearance, stamper)
                        tasks.append(group.create_task(work))
            except ExceptionGroup as failed:
                # the first one tells why; the others were only waiting for the same answer
                raise _told(failed) from None
            done += [task.result() for task in tasks]
        return done

    async def _one(
        self,
        signer: Signer,
        role: Role,
        writer: IncrementalPdfFileWriter,
        appearance: bytes,
        stamper: TimeStamper | None,
    ) -> bytes:
        meta = PdfSignatureMetadata(
            field_name=_FIELDS[role],
            md_algorithm="sha256",
            certify=role == "certifier",
            docmdp_permissions=MDPPerm.FILL_FORMS,
            subfilter=SigSeedSubFilter.PADES,
        )
        pdf_signer = PdfSigner(meta, signer, timestamper=stamper, stamp_style=style(appearance))
        out = await self._named(
            pdf_signer.async_sign_pdf(
                writer, existing_fields_only=True, bytes_reserved=_RESERVED if stamper else None
            ),
            role,
        )
        return bytes(out.getbuffer())

    async def _named(self, work: Coroutine[Any, Any, T], role: Role) -> T:
        try:
            return await work
        except TimestampRequestError as error:
            raise TimestampUnavailable(
                f"timestamp_url: {self._settings.timestamp_url} gave no time stamp"
            ) from error
        except RegisterError:
            raise
        except (SigningError, PdfError) as error:
            named = self._keys.failed(error)
            if named is error:
                raise BadPdf(f"{_FIELDS[role]}: {error}") from error
            raise named from error
        except Exception as error:  # python-pkcs11's errors pass through pyHanko unchanged
            raise self._keys.failed(error) from error


def _ended(thread: ThreadPoolExecutor, loop: asyncio.Runner) -> None:
    """On the thread itself: a loop is closed where it ran."""
    thread.submit(loop.close)
    thread.shutdown(wait=False)


def _told(group: BaseExceptionGroup[Exception]) -> Exception:
    """The error of a group that tells most: a final one, else the first."""
    found: list[Exception] = []
    for error in group.exceptions:
        found.append(_told(error) if isinstance(error, BaseExceptionGroup) else error)
    return next((one for one in found if getattr(one, "final", False)), found[0])
