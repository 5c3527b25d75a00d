"""Sealed copies, their addresses, and ways to spoil them."""

from __future__ import annotations

import asyncio
import datetime as dt
from io import BytesIO
from pathlib import Path

import pikepdf
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from daemon.register import demo_certificates, template
from daemon.register.canvas import Canvas
from daemon.register.demo_pki import DemoPki
from daemon.register.facts import SealedRequest
from daemon.register.geometry import POINTS
from daemon.register.pages import size_mm
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.register.made import FONT, Request, page

CARD = ("cccd_gan_chip_2021", (page("MẶT TRƯỚC", 3, (337, 213)), page("SAU", 2, (337, 213))))


def configured(pki: DemoPki) -> RegisterSettings:
    return RegisterSettings(keys="token", token=pki.token, ward_certificate=pki.ward_certificate)


def seal(
    settings: RegisterSettings, database: Path, *requests: Request, void: tuple[int, ...] = ()
) -> list[SealedRequest]:
    """Seal requests one after another; those at the places `void` are voided afterwards."""

    async def work() -> list[SealedRequest]:
        store = Store.open(database)
        register = Register(settings, store)
        done = [await request.sealed(register) for request in requests]
        for place in void:
            await register.void(done[place].id, "wrong_paper")
        await register.close()
        await store.close()
        return done

    return asyncio.run(work())


def addresses(data: bytes) -> list[str]:
    """The addresses behind the links of a file."""
    with pikepdf.open(BytesIO(data)) as pdf:
        return [
            str(annotation.A.URI)
            for sheet in pdf.pages
            for annotation in sheet.get("/Annots", ())
            if "/A" in annotation
        ]


def with_address(data: bytes, address: str) -> bytes:
    """The file saved anew, with another address behind its QR."""
    with pikepdf.open(BytesIO(data)) as pdf:
        for sheet in pdf.pages:
            for annotation in sheet.get("/Annots", ()):
                if "/A" in annotation:
                    annotation.A.URI = pikepdf.String(address)
        return saved(pdf)


def signed_again(data: bytes, folder: Path) -> bytes:
    """The certified file before its signatures, signed by keys of a made-up hierarchy.

    Names, fields and places are the same; only the keys are not the ward's.
    """
    first = PdfFileReader(BytesIO(data)).embedded_signatures[0]
    unsigned = data[: _revision_before(data, first.byte_range)]
    begin = dt.datetime.now(dt.UTC)
    span = (begin - dt.timedelta(hours=1), begin + dt.timedelta(days=30))
    root = demo_certificates.new_root(begin)
    for name, common in (
        ("Sig_Certifier", "Nguyễn Văn Mẫu"),
        ("Sig_Authority", "ỦY BAN NHÂN DÂN PHƯỜNG MẪU"),
    ):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = demo_certificates.issue(root, common, key.public_key(), span)
        (folder / "rogue-key.pem").write_bytes(demo_certificates.key_pem(key))
        (folder / "rogue.pem").write_bytes(demo_certificates.pem(certificate))
        signer = SimpleSigner.load(str(folder / "rogue-key.pem"), str(folder / "rogue.pem"))
        assert signer is not None
        box = (300, 300, 400, 340)
        meta = PdfSignatureMetadata(
            field_name=name,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=name == "Sig_Certifier",
        )
        out = PdfSigner(
            meta, signer, new_field_spec=SigFieldSpec(name, on_page=0, box=box)
        ).sign_pdf(IncrementalPdfFileWriter(BytesIO(unsigned)))
        unsigned = bytes(out.getbuffer())
    return unsigned


def _revision_before(data: bytes, byte_range: tuple[int, int, int, int]) -> int:
    """Where the revision ends that the first signature was added to."""
    return data.rindex(b"%%EOF", 0, byte_range[1]) + len(b"%%EOF") + 1


def saved(pdf: pikepdf.Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def covered(data: bytes) -> bytes:
    """The file with an incremental update that hides a part of its first page."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    white = StreamObject(stream_data=b"q 1 1 1 rg 40 500 400 200 re f Q")
    writer.add_stream_to_page(0, writer.add_object(white))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_drawn(data: bytes, address: str) -> bytes:
    """The file saved anew, with another QR drawn over its own; the link behind it stays."""
    with pikepdf.open(BytesIO(data)) as pdf:
        for sheet in pdf.pages:
            for annotation in sheet.get("/Annots", ()):
                if "/A" not in annotation:
                    continue
                left, bottom, _, top = (float(value) for value in annotation.Rect)
                width, height = size_mm(sheet)
                canvas = Canvas(template.load().fonts, str(Path(FONT).parent))
                canvas.page(width, height)
                size = (top - bottom) / POINTS
                canvas.qr(address, left / POINTS, height - top / POINTS, size)
                with pikepdf.open(BytesIO(canvas.pdf())) as over:
                    sheet.add_overlay(over.pages[0], pikepdf.Rectangle(*map(float, sheet.mediabox)))
        return saved(pdf)
