"""The QR's statement of a file: is it signed, of these pictures, and the one that is drawn?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pikepdf
import pypdfium2
import zxingcpp
from cryptography import x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from daemon.register import certificates, pages, proof
from daemon.register.cose import Sign1, Unreadable
from daemon.register.fields import AUTHORITY_FIELD
from daemon.register.proof import Statement
from daemon.register.report import Problem

_DPI = 150
"""A module of the QR has about 2.5 pixels; finer only takes longer."""


async def statement(
    pdf: pikepdf.Pdf,
    data: bytes,
    embedded: list[EmbeddedPdfSignature],
    roots: tuple[x509.Certificate, ...],
    problems: list[Problem],
) -> Statement | None:
    """The statement behind the link on the QR, with what is wrong with it in `problems`."""
    found = _linked(pdf)
    if found is None:
        problems.append("no_statement")
        return None
    page, address = found
    said, signed = proof.read(address)
    if embedded:
        await _signer(signed, embedded, roots, problems)
    digests = pages.picture_digests(pdf)
    if pages.pages_digest(digests) != said.pictures or len(digests) != said.pages:
        problems.append("statement_of_other_pages")
    drawn = set(_drawn(data, page))
    if not drawn:
        problems.append("no_qr")
    elif drawn != {address}:
        problems.append("qr_of_another_copy")
    return said


def is_sample(pdf: pikepdf.Pdf) -> bool:
    """Is it marked as one?  The mark is under the signatures, like the pages."""
    with pdf.open_metadata() as meta:
        return str(meta.get("dc:description", "")).startswith("MẪU")


async def _signer(
    signed: Sign1,
    embedded: list[EmbeddedPdfSignature],
    roots: tuple[x509.Certificate, ...],
    problems: list[Problem],
) -> None:
    """Its key's certificate came with the authority's signature and is under a root as well."""
    came = [
        certificate
        for each in embedded
        if each.field_name == AUTHORITY_FIELD
        for certificate in _certificates(each)
    ]
    keys = [each for each in came if certificates.key_id(each) == signed.key]
    good = [each for each in keys if signed.holds(each.public_key())]
    if not good:
        problems.append("statement_forged")
    elif not await certificates.chains_to(good[0], roots, tuple(came), dt.datetime.now(dt.UTC)):
        problems.append("untrusted")


def _linked(pdf: pikepdf.Pdf) -> tuple[int, str] | None:
    """Page and address of the first link that holds a statement."""
    for index, page in enumerate(pdf.pages):
        for address in _addresses(page):
            try:
                proof.read(address)
            except Unreadable:
                continue
            return index, address
    return None


def _addresses(page: pikepdf.Page) -> Iterator[str]:
    for annotation in page.get("/Annots", ()):
        action = annotation.get("/A", pikepdf.Dictionary())
        if annotation.get("/Subtype") == "/Link" and "/URI" in action:
            yield str(action.URI)


def _drawn(data: bytes, page: int) -> Iterator[str]:
    """The addresses with a statement that a camera would read from a page."""
    document = pypdfium2.PdfDocument(data)
    try:
        document.init_forms()
        picture = document[page].render(scale=_DPI / 72, grayscale=True).to_numpy()
        for code in zxingcpp.read_barcodes(picture):
            try:
                proof.read(code.text)
            except Unreadable:
                continue  # a code of the original itself
            yield code.text
    finally:
        document.close()


def _certificates(signature: EmbeddedPdfSignature) -> list[x509.Certificate]:
    found = [signature.signer_cert, *signature.other_embedded_certs]
    return [x509.load_der_x509_certificate(each.dump()) for each in found]
