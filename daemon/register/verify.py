"""Is this certified copy genuine and unaltered, and what does it say?

Asked of a file alone: both signatures (intact, covering, certified for filling and signing only,
chained to a given root), the QR's statement (signed, of these pictures, the one that is drawn), and
whether anything was added after the authority's signature.  Asked with a register's database as
well: entry and status.  The look-up proves that it was entered; the signatures prove that it is
authentic.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from io import BytesIO

from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec.structs import replace
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from daemon.register import certificates, pages, verify_proof
from daemon.register.errors import BadPdf
from daemon.register.fields import AUTHORITY_FIELD, CERTIFIER_FIELD
from daemon.register.report import Problem, Report, SignatureReport


def verify(data: bytes, roots: Iterable[x509.Certificate]) -> Report:
    """`check` for a program without a running loop."""
    return asyncio.run(check(data, roots))


async def check(data: bytes, roots: Iterable[x509.Certificate]) -> Report:
    """Check a file against the roots.  Raises `BadPdf` where it is no readable PDF."""
    trusted = tuple(roots)
    try:
        embedded = list(PdfFileReader(BytesIO(data)).embedded_regular_signatures)
        pdf = pages.open_pages(data)
    except Exception as error:  # as below
        raise BadPdf(f"file: not a PDF that can be checked ({type(error).__name__})") from error
    problems: list[Problem] = []
    reports = await _signatures(embedded, trusted, problems)
    with pdf:
        try:
            said = await verify_proof.statement(pdf, data, embedded, trusted, problems)
            sample = verify_proof.is_sample(pdf)
        except Exception:  # as below
            said, sample = None, False
            problems.append("no_statement")
    report = Report(
        genuine=not problems,
        sample=sample,
        problems=tuple(dict.fromkeys(problems)),
        signatures=reports,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    if said is None:
        return report
    return replace(
        report,
        number=said.number,
        volume=said.volume,
        date=said.date.isoformat(),
        kind=said.kind,
        pages=said.pages,
        copies=said.copies,
        authority=said.authority,
    )


async def _signatures(
    embedded: list[EmbeddedPdfSignature],
    roots: tuple[x509.Certificate, ...],
    problems: list[Problem],
) -> tuple[SignatureReport, ...]:
    names = [str(signature.field_name) for signature in embedded]
    if not names:
        problems.append("no_signature")
    elif not {CERTIFIER_FIELD, AUTHORITY_FIELD} <= set(names):
        problems.append("signature_missing")
    elif names != [CERTIFIER_FIELD, AUTHORITY_FIELD]:
        problems.append("signature_order")
    reports = []
    for place, signature in enumerate(embedded):
        # Only what archives add may follow the last signature; before it, the next signature.
        allowed = ModificationLevel.FORM_FILLING
        if place == len(embedded) - 1:
            allowed = ModificationLevel.LTA_UPDATES
        reports.append(await _signature(signature, roots, allowed, problems))
    return tuple(reports)


async def _signature(
    signature: EmbeddedPdfSignature,
    roots: tuple[x509.Certificate, ...],
    allowed: ModificationLevel,
    problems: list[Problem],
) -> SignatureReport:
    context = ValidationContext(
        trust_roots=[certificates.asn1_of(root) for root in roots],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    try:
        signer = x509.load_der_x509_certificate(signature.signer_cert.dump())
        when = signature.self_reported_timestamp
        status = await async_validate_pdf_signature(signature, context, context)
    except Exception:  # a hostile file makes the parsers raise whatever they like
        problems.append("signature_broken")
        return SignatureReport(str(signature.field_name), "", "", "", False, False, False)
    intact = status.intact and status.valid
    level = status.modification_level
    if not intact or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        problems.append("altered")
    elif level is None or level > allowed or not status.docmdp_ok:
        problems.append("added_later")
    if not status.trusted:
        problems.append("untrusted")
    names = signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    stamp = status.timestamp_validity
    return SignatureReport(
        field=str(signature.field_name),
        signer=str(names[0].value) if names else "",
        serial=f"{signer.serial_number:x}",
        signed_at=when.isoformat() if when else "",
        intact=intact,
        trusted=status.trusted,
        timestamp=stamp is not None and stamp.valid,
    )
