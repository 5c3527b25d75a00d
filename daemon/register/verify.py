"""Is this certified copy genuine and unaltered, and what does it say?

Asked of a file alone: both signatures (intact, covering, certified for filling and signing only,
chained to a given root), the QR's statement (signed, of these pictures), and whether anything was
added after the authority's signature.  Asked with a register's database as well: entry and status.
The look-up proves that it was entered; the signatures prove that it is authentic (§6.4).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Literal

import msgspec
import pikepdf
from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec.structs import replace
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from daemon.register import certificates, pages, proof
from daemon.register.appearance import AUTHORITY_FIELD, CERTIFIER_FIELD
from daemon.register.cose import Sign1, Unreadable
from daemon.register.errors import BadPdf

Problem = Literal[
    "no_signature",
    "signature_missing",
    "signature_broken",
    "signature_order",
    "untrusted",
    "altered",
    "added_later",
    "no_statement",
    "statement_forged",
    "statement_of_other_pages",
    "not_in_register",
    "register_differs",
    "voided",
]
"""Why a file is not a genuine, valid certified copy; stable codes."""


class SignatureReport(msgspec.Struct, frozen=True):
    """One signature of the file."""

    field: str
    signer: str
    serial: str
    """Hexadecimal serial of the signer's certificate."""
    signed_at: str
    """ISO 8601 with zone, the signer's clock; empty where there is none."""
    intact: bool
    trusted: bool
    timestamp: bool


class Report(msgspec.Struct, frozen=True):
    """What `verify` found."""

    genuine: bool
    """No problem at all: signed under a given root, unaltered, statement of these pages."""
    sample: bool
    """Its pages are marked *MẪU*: no legal value, however good the signatures."""
    problems: tuple[Problem, ...]
    signatures: tuple[SignatureReport, ...]
    number: str = ""
    volume: str = ""
    date: str = ""
    kind: str = ""
    pages: int = 0
    copies: int = 0
    authority: str = ""
    status: str = ""
    """In the register: reserved, valid, voided; empty where no register was asked."""
    note: str = ""
    sha256: str = ""


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
            said, sample = _statement(pdf, embedded, problems), _sample(pdf)
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


def with_problem(report: Report, *problems: Problem, **found: str) -> Report:
    """The report with more found: what only the register knows."""
    together = tuple(dict.fromkeys((*report.problems, *problems)))
    return replace(report, genuine=not together, problems=together, **found)


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


def _statement(
    pdf: pikepdf.Pdf, embedded: list[EmbeddedPdfSignature], problems: list[Problem]
) -> proof.Statement | None:
    said: tuple[proof.Statement, Sign1] | None = None
    for address in _addresses(pdf):
        try:
            said = proof.read(address)
        except Unreadable:
            continue
        break
    if said is None:
        problems.append("no_statement")
        return None
    statement, signed = said
    keys = [
        certificate
        for each in embedded
        if each.field_name == AUTHORITY_FIELD
        for certificate in _certificates(each)
        if certificates.key_id(certificate) == statement.key
    ]
    if embedded and not any(signed.holds(certificate.public_key()) for certificate in keys):
        problems.append("statement_forged")
    digests = pages.picture_digests(pdf)
    if pages.pages_digest(digests) != statement.pictures or len(digests) != statement.pages:
        problems.append("statement_of_other_pages")
    return statement


def _sample(pdf: pikepdf.Pdf) -> bool:
    """Is it marked as one?  The mark is under the signatures, like the pages."""
    with pdf.open_metadata() as meta:
        return str(meta.get("dc:description", "")).startswith("MẪU")


def _addresses(pdf: pikepdf.Pdf) -> Iterator[str]:
    for page in pdf.pages:
        for annotation in page.get("/Annots", ()):
            action = annotation.get("/A", pikepdf.Dictionary())
            if annotation.get("/Subtype") == "/Link" and "/URI" in action:
                yield str(action.URI)


def _certificates(signature: EmbeddedPdfSignature) -> list[x509.Certificate]:
    found = [signature.signer_cert, *signature.other_embedded_certs]
    return [x509.load_der_x509_certificate(each.dump()) for each in found]
