"""Two PAdES signatures on a laid-out copy: the certifier's, then the authority's.

Profile (ETSI EN 319 142): SubFilter ETSI.CAdES.detached, SHA-256, both
fields made before the first signature, which certifies the document (DocMDP: filling and signing
only); each signature is an incremental update.  Visible, by the template, without pictures.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Literal, TypeVar

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.timestamps import HTTPTimeStamper, TimeStamper, TimestampRequestError

from daemon.register import certificates
from daemon.register.appearance import field, style
from daemon.register.errors import (
    BadPdf,
    CertificateUnsuitable,
    RegisterError,
    TimestampUnavailable,
)
from daemon.register.fields import AUTHORITY_FIELD, CERTIFIER_FIELD
from daemon.register.form import Laid
from daemon.register.keys import Keys
from daemon.register.settings import RegisterSettings

_RESERVED = 16384
"""Hexadecimal digits kept for a signature with a time stamp: saves asking the TSA twice."""

T = TypeVar("T")


class Identity(msgspec.Struct, frozen=True):
    """Who signs, as the token says."""

    certifier: x509.Certificate
    authority: x509.Certificate
    proof: x509.Certificate
    """The certificate whose P-256 key signs the QR's statement."""
    proof_label: str
    official: bool
    """Both chain to the state's root; otherwise the copy is a sample."""


class Signed(msgspec.Struct, frozen=True):
    """The electronic certified copy."""

    pdf: bytes
    level: Literal["B-B", "B-T"]
    """B-T = both signatures carry a time stamp."""


class CopySigner:
    """Signs copies, one after another, on a thread of its own; the session stays open."""

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
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="token")

    async def identity(self, now: dt.datetime) -> Identity:
        """Open the token if need be and check both certificates at `now`."""
        return await self._run(lambda: self._identity(now))

    async def prove(self, identity: Identity, digest: bytes) -> bytes:
        """Sign the QR's statement: raw ECDSA P-256 (64 bytes) over a SHA-256 digest."""
        return await self._run(lambda: self._keys.sign_digest(identity.proof_label, digest))

    async def sign(self, laid: Laid, identity: Identity) -> Signed:
        """Both signatures.  Raises `TokenError`, `TimestampUnavailable`."""
        return await self._run(lambda: self._sign(laid, identity))

    async def close(self) -> None:
        """Close the session and end the thread."""
        await self._run(self._keys.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _identity(self, now: dt.datetime) -> Identity:
        labels = self._settings.token
        certifier = self._keys.certificate(labels.certifier)
        authority = self._keys.certificate(labels.authority)
        serial = self._settings.certifier.certificate_serial
        certificates.check(certifier, "certifier", now, serial)
        certificates.check(authority, "authority", now)
        proof_label = labels.proof or labels.authority
        proof = self._keys.certificate(proof_label)
        key = proof.public_key()
        if not (isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1"):
            raise CertificateUnsuitable(
                f"token.proof: the key {proof_label!r} is not ECDSA P-256, which the QR needs"
            )

        async def official() -> bool:
            return all(
                [
                    await certificates.chains_to(each, self._roots, self._chain, now)
                    for each in (certifier, authority)
                ]
            )

        return Identity(certifier, authority, proof, proof_label, asyncio.run(official()))

    def _sign(self, laid: Laid, identity: Identity) -> Signed:
        stamper = self._timestamper
        try:
            return Signed(self._both(laid, identity, stamper), "B-T" if stamper else "B-B")
        except TimestampUnavailable:
            if self._settings.timestamp == "required":
                raise
            return Signed(self._both(laid, identity, None), "B-B")

    def _both(self, laid: Laid, identity: Identity, stamper: TimeStamper | None) -> bytes:
        labels = self._settings.token
        chain = self._chain
        if identity.proof not in (identity.authority, identity.certifier):
            chain = (*chain, identity.proof)
        writer = IncrementalPdfFileWriter(BytesIO(laid.pdf))
        for name, box in (
            (CERTIFIER_FIELD, laid.certifier_box),
            (AUTHORITY_FIELD, laid.authority_box),
        ):
            append_signature_field(writer, field(name, box, laid))
        first = self._one(
            writer, CERTIFIER_FIELD, labels.certifier, laid.appearances[0], chain, stamper,
            certify=True,
        )  # fmt: skip
        writer = IncrementalPdfFileWriter(BytesIO(first))
        return self._one(
            writer, AUTHORITY_FIELD, labels.authority, laid.appearances[1], chain, stamper
        )

    def _one(
        self,
        writer: IncrementalPdfFileWriter,
        name: str,
        label: str,
        appearance: bytes,
        chain: tuple[x509.Certificate, ...],
        stamper: TimeStamper | None,
        *,
        certify: bool = False,
    ) -> bytes:
        meta = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            certify=certify,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            subfilter=SigSeedSubFilter.PADES,
        )
        try:
            signer = PdfSigner(
                meta,
                self._keys.signer(label, chain),
                timestamper=stamper,
                stamp_style=style(appearance),
            )
            out = signer.sign_pdf(
                writer, existing_fields_only=True, bytes_reserved=_RESERVED if stamper else None
            )
        except TimestampRequestError as error:
            raise TimestampUnavailable(
                f"timestamp_url: {self._settings.timestamp_url} gave no time stamp"
            ) from error
        except RegisterError:
            raise
        except (SigningError, PdfError) as error:
            named = self._keys.failed(error)
            if named is error:
                raise BadPdf(f"{name}: {error}") from error
            raise named from error
        except Exception as error:  # python-pkcs11's errors pass through pyHanko unchanged
            raise self._keys.failed(error) from error
        return bytes(out.getbuffer())
