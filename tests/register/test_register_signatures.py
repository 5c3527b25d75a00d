"""Both signatures by pyHanko and by poppler, and every way to break them."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from msgspec.structs import replace
from pyhanko.pdf_utils.generic import NameObject, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from daemon.register import certificates, demo_certificates, proof, verify
from daemon.register.demo_pki import DemoPki
from daemon.register.errors import BadPdf
from daemon.register.facts import SealedCopy
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.register.made import BIRTH, DEGREE, FULL, Request, page
from tests.register.papers import addresses


@pytest.fixture(scope="module")
def copies(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> tuple[SealedCopy, ...]:
    pki.use()
    folder = tmp_path_factory.mktemp("signed")
    return asyncio.run(_sealed(pki, folder))


async def _sealed(pki: DemoPki, folder: Path) -> tuple[SealedCopy, ...]:
    settings = RegisterSettings(
        keys="token", token=pki.token, ward_certificate=pki.ward_certificate
    )
    store = Store.open(folder / "ward.db")
    register = Register(settings, store)
    sealed = await Request(BIRTH, DEGREE, FULL).sealed(register)
    await register.close()
    await store.close()
    return sealed.copies


async def test_a_sealed_copy_is_genuine(copies: tuple[SealedCopy, ...], pki: DemoPki) -> None:
    for copy in copies:
        report = await verify.check(copy.pdf, certificates.load_pem([pki.root]))
        assert (report.genuine, report.problems, report.sample) == (True, (), True)
        assert [each.field for each in report.signatures] == ["Sig_Certifier", "Sig_Authority"]
        assert all(each.intact and each.trusted for each in report.signatures)
        assert (report.number, report.volume) == (copy.number, copy.volume)
        assert report.kind == copy.kind


async def test_the_profile_is_pades_and_certified_for_signing_only(
    copies: tuple[SealedCopy, ...],
) -> None:
    reader = PdfFileReader(BytesIO(copies[0].pdf))
    first, second = reader.embedded_signatures
    for signature in (first, second):
        assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        assert signature.md_algorithm == "sha256"
    assert first.docmdp_level is not None
    assert first.docmdp_level.name == "FILL_FORMS"
    assert "/Encrypt" not in reader.trailer_view


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_poppler_says_the_same(copies: tuple[SealedCopy, ...], tmp_path: Path) -> None:
    path = tmp_path / "copy.pdf"
    path.write_bytes(copies[0].pdf)
    told = subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout
    assert told.count("Signature is Valid") == 2
    assert told.index("Sig_Certifier") < told.index("Sig_Authority")
    assert told.count("ETSI.CAdES.detached") == 2
    assert "Total document signed" in told


async def test_a_changed_byte_is_found_wherever_it_is(
    copies: tuple[SealedCopy, ...], pki: DemoPki
) -> None:
    roots = certificates.load_pem([pki.root])
    data = bytearray(copies[1].pdf)
    step = len(data) // 23
    missed = []
    for place in range(step, len(data) - step, step):
        changed = bytearray(data)
        changed[place] ^= 0x01
        try:
            report = await verify.check(bytes(changed), roots)
        except BadPdf:
            continue
        if report.genuine:
            missed.append(place)
    assert missed == []


async def test_what_was_added_after_the_signatures_is_found(
    copies: tuple[SealedCopy, ...], pki: DemoPki
) -> None:
    roots = certificates.load_pem([pki.root])
    for change in (_metadata, _content, _annotation):
        writer = IncrementalPdfFileWriter(BytesIO(copies[0].pdf))
        change(writer)
        out = BytesIO()
        writer.write(out)
        report = await verify.check(out.getvalue(), roots)
        assert not report.genuine, change.__name__
        assert "added_later" in report.problems, change.__name__


def _metadata(writer: IncrementalPdfFileWriter) -> None:
    writer.root[NameObject("/Lang")] = pdf_string("vi")
    writer.update_root()


def _content(writer: IncrementalPdfFileWriter) -> None:
    from pyhanko.pdf_utils.generic import StreamObject

    stream = StreamObject(stream_data=b"0 0 0 rg 100 100 200 50 re f")
    writer.add_stream_to_page(0, writer.add_object(stream))


def _annotation(writer: IncrementalPdfFileWriter) -> None:
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, FloatObject

    page_ref = writer.find_page_for_modification(0)[0]
    box = ArrayObject([FloatObject(value) for value in (10, 10, 90, 90)])
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Square"),
            NameObject("/Rect"): box,
        }
    )
    page_object = page_ref.get_object()
    found = page_object.get("/Annots", ArrayObject())
    found.append(writer.add_object(note))
    page_object[NameObject("/Annots")] = found
    writer.mark_update(page_ref)


async def test_signatures_torn_off_or_of_others_are_named(
    copies: tuple[SealedCopy, ...], pki: DemoPki, tmp_path: Path
) -> None:
    roots = certificates.load_pem([pki.root])
    other = demo_certificates.new_root(dt.datetime.now(dt.UTC))[1]
    assert (await verify.check(copies[0].pdf, (other,))).problems == ("untrusted",)
    assert (await verify.check(copies[0].pdf, ())).problems == ("untrusted",)

    with pikepdf.open(BytesIO(copies[0].pdf)) as pdf:
        del pdf.Root["/AcroForm"]
        out = BytesIO()
        pdf.save(out)
    assert "no_signature" in (await verify.check(out.getvalue(), roots)).problems

    # the file as it was after the certifier's signature alone
    reader = PdfFileReader(BytesIO(copies[0].pdf))
    first = reader.embedded_signatures[0]
    end = first.byte_range[2] + first.byte_range[3]
    report = await verify.check(copies[0].pdf[:end], roots)
    assert report.problems == ("signature_missing", "statement_forged")


async def test_a_printout_carries_no_signature(
    copies: tuple[SealedCopy, ...], pki: DemoPki
) -> None:
    roots = certificates.load_pem([pki.root])
    report = await verify.check(copies[0].printout_pdf, roots)
    assert "no_signature" in report.problems


async def test_a_statement_moved_to_another_paper_is_found(
    copies: tuple[SealedCopy, ...], register: Register, pki: DemoPki
) -> None:
    """Somebody with the whole kiosk seals other pages but keeps a good copy's statement."""
    roots = certificates.load_pem([pki.root])
    said = [
        proof.read(address)
        for copy in copies[:2]
        for address in addresses(copy.pdf)
    ]  # fmt: skip
    assert len(said) == 2
    assert said[0][0].pictures != said[1][0].pictures
    other = Request(("bang_dai_hoc", (page("BẰNG KHÁC"),)))
    sealed = await other.sealed(register)
    with pikepdf.open(BytesIO(sealed.copies[0].pdf)) as pdf:
        for sheet in pdf.pages:
            for annotation in sheet.get("/Annots", ()):
                if "/A" in annotation:
                    annotation.A.URI = pikepdf.String(addresses(copies[1].pdf)[0])
        out = BytesIO()
        pdf.save(out)
    report = await verify.check(out.getvalue(), roots)
    assert "statement_of_other_pages" in report.problems


async def test_a_changed_statement_is_a_forged_one(copies: tuple[SealedCopy, ...]) -> None:
    statement, signed = proof.read(addresses(copies[0].pdf)[0])
    embedded = PdfFileReader(BytesIO(copies[0].pdf)).embedded_signatures
    certifier = x509.load_der_x509_certificate(embedded[0].signer_cert.dump())
    keys = [
        x509.load_der_x509_certificate(each.dump()) for each in embedded[1].other_embedded_certs
    ]
    (key,) = [each.public_key() for each in keys if certificates.key_id(each) == statement.key]
    assert signed.holds(key)
    for other in (replace(statement, copies=99), replace(statement, number="02")):
        assert not replace(proof.message(other), signature=signed.signature).holds(key)
    assert not replace(signed, signature=bytes(64)).holds(key)
    assert not replace(signed, signature=signed.signature[:-1]).holds(key)
    assert not signed.holds(certifier.public_key())


async def test_it_stays_pdf_a_by_what_can_be_seen(copies: tuple[SealedCopy, ...]) -> None:
    for copy in copies:
        for data in (copy.pdf, copy.printout_pdf):
            with pikepdf.open(BytesIO(data)) as pdf:
                with pdf.open_metadata() as meta:
                    assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "B")
                assert len(pdf.Root.OutputIntents) == 1
                assert not pdf.is_encrypted
                for thing in pdf.objects:
                    if isinstance(thing, pikepdf.Dictionary):
                        if thing.get("/Type") == "/FontDescriptor":
                            assert "/FontFile2" in thing or "/FontFile3" in thing
                        if thing.get("/Type") == "/Annot":
                            assert int(thing.get("/F", 0)) & 4  # Print
                            assert not int(thing.get("/F", 0)) & 0b100011  # hidden, no view
                        assert thing.get("/S") != "/JavaScript"
                    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                        assert "/SMask" not in thing or thing.get("/Subtype") != "/Image"


def test_rubbish_is_named() -> None:
    for data in (b"", b"%PDF-1.7\n", b"\x00" * 1000, b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF"):
        with pytest.raises(BadPdf, match="not a PDF"):
            verify.verify(data, ())
