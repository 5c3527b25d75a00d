"""Bringing pages and the form's vectors together in one file that stays PDF/A-2b.

What PDF/A-2b asks of our part (ISO 19005-2): fonts embedded, an output intent, XMP with part and
conformance, no encryption, no scripts.  There is no validator on the build machines: it is a claim.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO

import msgspec
import pikepdf
from PIL import ImageCms

from daemon.register.geometry import POINTS, Rect
from daemon.register.pages import size_mm

_PRINT = 4
"""Annotation flag Print (ISO 32000-1 table 165); PDF/A wants it set."""


class Link(msgspec.Struct, frozen=True):
    """A web address behind a box, so that the QR can be clicked in the electronic copy."""

    uri: str
    box: Rect


def merge(
    pdf: pikepdf.Pdf,
    overlay: bytes,
    order: tuple[int | None, ...],
    blank: tuple[float, float],
    *,
    title: str,
    note: str = "",
    link: Link | None = None,
) -> tuple[bytes, tuple[bytes, ...]]:
    """Arrange `pdf`'s pages in `order` (None = new, of `blank` mm) and draw `overlay` over them.

    Pages of `overlay` beyond those come back as PDFs of their own.
    """
    for index, source in enumerate(order):
        if source is None:
            new = pdf.add_blank_page(page_size=(blank[0] * POINTS, blank[1] * POINTS))
            del pdf.pages[-1]
            pdf.pages.insert(index, new)
    with pikepdf.open(BytesIO(overlay)) as form:
        for page, over in zip(pdf.pages, form.pages, strict=False):
            box = pikepdf.Rectangle(*(float(value) for value in page.mediabox))
            page.add_overlay(over, box)
        extra = tuple(_alone(form, index) for index in range(len(order), len(form.pages)))
    pdf.remove_unreferenced_resources()  # a page's resources name its own pictures only
    if link is not None:
        _add_link(pdf, link)
    return finish(pdf, title, note), extra


def _alone(source: pikepdf.Pdf, index: int) -> bytes:
    with pikepdf.new() as single:
        single.pages.append(source.pages[index])
        out = BytesIO()
        single.save(out)
    return out.getvalue()


def _add_link(pdf: pikepdf.Pdf, link: Link) -> None:
    page = pdf.pages[link.box.page]
    annotation = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=list(link.box.points(size_mm(page)[1])),
        Border=[0, 0, 0],
        F=_PRINT,
        Contents=pikepdf.String("Kiểm tra bản sao"),
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(link.uri)),
    )
    if "/Annots" not in page:
        page.Annots = pikepdf.Array()
    page.Annots.append(pdf.make_indirect(annotation))


def finish(pdf: pikepdf.Pdf, title: str, note: str = "") -> bytes:
    """Output intent, metadata (`note` = its description), and the bytes."""
    if "/OutputIntents" not in pdf.Root:
        profile = pdf.make_stream(_srgb(), N=3, Alternate=pikepdf.Name.DeviceRGB)
        intent = pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent,
            S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"),
            Info=pikepdf.String("sRGB IEC61966-2.1"),
            DestOutputProfile=profile,
        )
        pdf.Root.OutputIntents = pikepdf.Array([pdf.make_indirect(intent)])
    with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
        meta["dc:title"] = title
        if note:
            meta["dc:description"] = note
        meta["pdfaid:part"] = "2"
        meta["pdfaid:conformance"] = "B"
    out = BytesIO()
    pdf.save(
        out,
        min_version="1.7",
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        deterministic_id=True,
    )
    return out.getvalue()


@cache
def _srgb() -> bytes:
    return bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
