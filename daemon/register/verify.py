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
from msgspec.structs import replace
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from daemon.register import pages, verify_proof, verify_signature
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
        reader = PdfFileReader(BytesIO(data))
        embedded = list(reader.embedded_regular_signatures)
        pdf = pages.open_pages(data)
    except Exception as error:  # as below
        raise BadPdf(f"file: not a PDF that can be checked ({type(error).__name__})") from error
    problems: list[Problem] = []
    kept = verify_signature.kept_in(reader)
    reports = await _signatures(embedded, trusted, kept, problems)
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
        level=verify_signature.level(reports),
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
    kept: verify_signature.Kept | None,
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
        found = verify_signature.check(signature, roots, kept, allowed, problems)
        reports.append(await found)
    return tuple(reports)
