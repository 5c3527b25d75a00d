"""Is a certificate revoked?  Asked of the responders and lists that the certificates name.

The answers are kept: embedded in the file (DSS, ISO 32000-2 §12.8.4.3) they prove for ever what the
responders said when the copy was signed, long after those are gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import NamedTuple

import aiohttp
from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    OCSPValidationError,
    PathBuildingError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers.aiohttp_fetchers import AIOHttpFetcherBackend
from pyhanko_certvalidator.fetchers.api import FetchLimits
from pyhanko_certvalidator.path import ValidationPath

from daemon.register.certificates import asn1_of
from daemon.register.errors import CertificateRevoked, RevocationUnknown

PER_QUESTION = 4
"""Seconds for one responder or list."""

ALTOGETHER = 10.0
"""Seconds for all of them."""

_LIMITS = FetchLimits(max_requests=24, max_cert_requests=4)
"""More than two signers and a time-stamp authority need."""

_SILENT = (
    PathBuildingError,
    ValidationError,
    OCSPValidationError,
    CRLValidationError,
    aiohttp.ClientError,
    OSError,
)


class Evidence(NamedTuple):
    """Certificates up to the root, and what their issuers say of them."""

    paths: tuple[ValidationPath, ...]
    context: ValidationContext

    def embed(self, writer: IncrementalPdfFileWriter) -> None:
        """Put it into a file, to be covered by the signature that follows."""
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, paths=self.paths, validation_context=self.context
        )


class Revocation:
    """Asks; needs roots to tell whose answer counts."""

    def __init__(self, roots: tuple[x509.Certificate, ...]) -> None:
        self._roots = [asn1_of(root) for root in roots]

    async def ask(
        self,
        signers: Mapping[str, x509.Certificate],
        chain: tuple[x509.Certificate, ...],
        stamper: TimeStamper | None = None,
    ) -> Evidence:
        """Ask about each signer (by whose it is), all above it, and the time-stamp authority.

        Raises CertificateRevoked, RevocationUnknown.
        """
        async with aiohttp.ClientSession() as session:
            context = ValidationContext(
                trust_roots=self._roots,
                other_certs=[asn1_of(each) for each in chain],
                allow_fetching=True,
                revocation_mode="require",
                fetcher_backend=AIOHttpFetcherBackend(session, PER_QUESTION, limits=_LIMITS),
            )
            paths = []
            for whose, certificate in signers.items():
                validator = CertificateValidator(asn1_of(certificate), validation_context=context)
                paths += await _asked(whose, _paths_of(validator))
            if stamper is not None:
                paths += await _asked("timestamp", _paths_of_stamper(stamper, context))
            return Evidence(tuple(paths), context)


async def _paths_of(validator: CertificateValidator) -> list[ValidationPath]:
    return [await validator.async_validate_usage(set())]  # type: ignore[no-untyped-call]


async def _paths_of_stamper(
    stamper: TimeStamper, context: ValidationContext
) -> list[ValidationPath]:
    paths = stamper.validation_paths(context)  # type: ignore[no-untyped-call]
    return [path async for path in paths]


async def _asked(whose: str, work: Awaitable[list[ValidationPath]]) -> list[ValidationPath]:
    try:
        async with asyncio.timeout(ALTOGETHER):
            return await work
    except RevokedError as error:
        raise CertificateRevoked(
            whose, "the certificate or one above it was revoked; ask its issuer"
        ) from error
    except _SILENT as error:
        raise RevocationUnknown(
            whose,
            f"nobody says whether the certificate is revoked ({type(error).__name__}); "
            "the network, or register.revocation",
        ) from error
