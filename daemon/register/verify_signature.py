"""One signature of a file: whole, trusted, and at what time.

Where a trusted time stamp says when it was made, the certificate is judged at that time, with what
the file keeps of responders and lists (DSS): one that ended or was revoked since was good.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from daemon.register import certificates
from daemon.register.report import Problem, SignatureReport

Level = Literal["", "B-B", "B-T", "B-LT"]


class Kept(NamedTuple):
    """What a file keeps for the proof of its signatures."""

    store: DocumentSecurityStore

    def context(self, **settings: Any) -> ValidationContext:
        """A validation context that knows it."""
        return self.store.as_validation_context(settings)


def kept_in(reader: PdfFileReader) -> Kept | None:
    """None where the file keeps nothing, or nothing readable."""
    try:
        kept = Kept(DocumentSecurityStore.read_dss(reader))
        kept.context()  # parses all of it
    except NoDSSFoundError:
        return None
    except Exception:  # a hostile file makes the parsers raise whatever they like
        return None
    return kept


def level(reports: Sequence[SignatureReport]) -> Level:
    """That of the weakest signature; empty where one does not hold."""
    if not reports or not all(each.intact and each.trusted for each in reports):
        return ""
    if not all(each.timestamp for each in reports):
        return "B-B"
    return "B-LT" if all(each.revocation == "good" for each in reports) else "B-T"


async def check(
    signature: EmbeddedPdfSignature,
    roots: tuple[x509.Certificate, ...],
    kept: Kept | None,
    allowed: ModificationLevel,
    problems: list[Problem],
) -> SignatureReport:
    """Judge one signature; adds to `problems`."""
    trusted_roots = [certificates.asn1_of(root) for root in roots]
    context = ValidationContext(
        trust_roots=trusted_roots, allow_fetching=False, revocation_mode="soft-fail"
    )
    try:
        signer = x509.load_der_x509_certificate(signature.signer_cert.dump())
        when = signature.self_reported_timestamp
        status = await async_validate_pdf_signature(signature, context, context)
        trusted, revocation = await _then(signature, status, trusted_roots, kept)
    except Exception:  # as above
        problems.append("signature_broken")
        return SignatureReport(str(signature.field_name), "", "", "", False, False, False)
    intact = status.intact and status.valid
    modified = status.modification_level
    if not intact or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        problems.append("altered")
    elif modified is None or modified > allowed or not status.docmdp_ok:
        problems.append("added_later")
    if revocation == "revoked":
        problems.append("revoked")
    elif not trusted:
        problems.append("untrusted")
    names = signer.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return SignatureReport(
        field=str(signature.field_name),
        signer=str(names[0].value) if names else "",
        serial=f"{signer.serial_number:x}",
        signed_at=when.isoformat() if when else "",
        intact=intact,
        trusted=trusted,
        timestamp=_stamped(status) is not None,
        revocation=revocation,
    )


def _stamped(status: PdfSignatureStatus) -> dt.datetime | None:
    """When a trusted time stamp says that it was signed."""
    stamp = status.timestamp_validity
    if stamp is None or not (stamp.valid and stamp.intact and stamp.trusted):
        return None
    return stamp.timestamp


async def _then(
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    roots: list[Any],
    kept: Kept | None,
) -> tuple[bool, Literal["", "good", "revoked"]]:
    """(trusted, revocation) as it was at the time of a trusted time stamp, else as it is now."""
    moment = _stamped(status)
    if moment is None:
        return status.trusted, ""
    settings: dict[str, Any] = {
        "trust_roots": roots,
        "allow_fetching": False,
        "moment": moment,
        "retroactive_revinfo": True,  # asked after the signature, it tells of the time before
    }
    if kept is not None:
        proven = await async_validate_pdf_signature(
            signature, kept.context(revocation_mode="require", **settings), skip_diff=True
        )
        if proven.revocation_details is not None:
            return False, "revoked"
        if proven.trusted:
            return True, "good"
    then = ValidationContext(revocation_mode="soft-fail", **settings)
    found = await async_validate_pdf_signature(signature, then, skip_diff=True)
    return found.trusted, ""
