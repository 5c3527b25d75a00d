"""Pages become a PDF/A-2b: one picture a page at its true size, the text hidden behind it.

ISO 19005-2 level B asks for: an output intent with an ICC profile, XMP that says part and
conformance, embedded fonts, a file identifier, no encryption.  The picture is embedded as the
JPEG that came, byte for byte: nothing is compressed twice.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import fpdf
import pikepdf
from fpdf.enums import TextMode
from PIL import Image, ImageCms

from daemon.documents.errors import AssemblyError
from daemon.documents.messages import Reading, Word

FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
"""Debian's fonts-noto-core; has every Vietnamese letter, which Liberation has not."""

MOST = 200
"""Pages of one PDF."""

PRODUCER = "Ward Kiosk"


def assemble(pages: Sequence[tuple[bytes, Reading]], title: str) -> bytes:
    """The PDF.  Raises AssemblyError with the number of the page that cannot be used."""
    if not 1 <= len(pages) <= MOST:
        raise AssemblyError(f"{len(pages)} pages; 1 to {MOST} are possible")
    document = fpdf.FPDF(unit="pt")
    document.set_auto_page_break(False)
    document.set_margin(0)
    document.c_margin = 0
    has_text = any(reading.words for _, reading in pages)
    if has_text:
        if not FONT.is_file():
            raise AssemblyError(f"{FONT.name} is missing; install fonts-noto-core")
        document.add_font("hidden", "", str(FONT))
    for number, (jpeg, reading) in enumerate(pages, 1):
        width, height = _page_size(jpeg, number)
        document.add_page(format=(width, height))
        if reading.words:
            _hide(document, reading, width, height)
        document.image(io.BytesIO(jpeg), 0, 0, width, height)
    return _archival(bytes(document.output()), title)


def _page_size(jpeg: bytes, number: int) -> tuple[float, float]:
    """Points; from the resolution the JPEG tells."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if image.mode not in ("RGB", "L"):
                raise AssemblyError(f"page {number} is {image.mode}; RGB or grey is needed")
            across, down = image.info.get("dpi", (300, 300))
            if not (50 <= across <= 2400 and 50 <= down <= 2400):
                across = down = 300
            return image.width * 72 / float(across), image.height * 72 / float(down)
    except AssemblyError:
        raise
    except Exception:
        raise AssemblyError(f"page {number} is not a JPEG") from None


def _hide(document: fpdf.FPDF, reading: Reading, width: float, height: float) -> None:
    """Each word where it stands, as wide as it stands, drawn in no colour (text mode 3)."""
    scale_x, scale_y = width / max(1, reading.width), height / max(1, reading.height)
    document.set_font("hidden", size=10)
    with document.local_context(text_mode=TextMode.INVISIBLE):
        for word in reading.words:
            text = _clean(word)
            if not text:
                continue
            size = max(1.0, word.h * scale_y)
            document.set_font_size(size)
            document.set_stretching(100)  # what is set is counted in the width that is asked next
            natural = document.get_string_width(text)
            if natural <= 0:
                continue
            document.set_stretching(100 * word.w * scale_x / natural)
            document.text(word.x * scale_x, (word.y + word.h * 0.8) * scale_y, text + " ")
        document.set_stretching(100)


def _clean(word: Word) -> str:
    """Without control characters: fpdf2 and readers of PDF trip over them."""
    text = unicodedata.normalize("NFC", word.text)
    return "".join(c for c in text if unicodedata.category(c)[0] not in "CZ")


def _archival(data: bytes, title: str) -> bytes:
    """Adds what PDF/A-2b asks for."""
    with pikepdf.open(io.BytesIO(data)) as document:
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        icc = document.make_stream(profile, N=3, Alternate=pikepdf.Name.DeviceRGB)
        document.Root.OutputIntents = pikepdf.Array(
            [
                document.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.OutputIntent,
                        S=pikepdf.Name.GTS_PDFA1,
                        OutputConditionIdentifier=pikepdf.String("sRGB IEC61966-2.1"),
                        Info=pikepdf.String("sRGB IEC61966-2.1"),
                        DestOutputProfile=icc,
                    )
                )
            ]
        )
        if "/OpenAction" in document.Root:
            del document.Root["/OpenAction"]
        document.Root.Lang = pikepdf.String("vi-VN")
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        # The times a visitor came are no business of a reader of the file: none are written.
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        with document.open_metadata(set_pikepdf_as_editor=False) as told:
            told["pdfaid:part"] = "2"
            told["pdfaid:conformance"] = "B"
            told["dc:title"] = unicodedata.normalize("NFC", title)
            told["pdf:Producer"] = PRODUCER
        document.docinfo["/Title"] = unicodedata.normalize("NFC", title)
        document.docinfo["/Producer"] = PRODUCER
        out = io.BytesIO()
        document.save(
            out,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return out.getvalue()
