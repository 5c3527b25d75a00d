"""Pages become a PDF/A-2b: one picture a page at its true size, the text hidden behind it.

ISO 19005-2 level B asks for: an output intent with an ICC profile, XMP that says part and
conformance, embedded fonts, a file identifier, no encryption; `pdf_checks` looks at what was made.
The picture is embedded as the JPEG that came, byte for byte: nothing is compressed twice.
"""

from __future__ import annotations

import io
import itertools
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import fpdf
import numpy as np
import pikepdf
from fpdf.enums import TextMode
from PIL import Image, ImageCms

from daemon.documents import pdf_checks
from daemon.documents.errors import AssemblyError
from daemon.documents.messages import Reading, Word

FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf")
"""Debian's fonts-noto-core; has every Vietnamese letter, which Liberation has not."""

MOST = 200
"""Pages of one PDF."""

PRODUCER = "Ward Kiosk"


def assemble(
    pages: Sequence[tuple[bytes, Reading]], title: str, papers: Mapping[int, str] | None = None
) -> bytes:
    """The PDF.  Raises AssemblyError with the number of the page that cannot be used.

    `papers`: index of a paper's first page → its name; each becomes a bookmark.
    """
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
    starts = {at: name for at, name in (papers or {}).items() if 0 <= at < len(pages)}
    made = _archival(bytes(document.output()), title, starts)
    if wrong := pdf_checks.faults(made):
        raise AssemblyError("not PDF/A-2b: " + "; ".join(wrong))
    return made


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
    """Each word where it stands, as wide as it stands, drawn in no colour (text mode 3).

    The words of a line get one size and one base line: readers of PDF put lines together by them.
    """
    scale_x, scale_y = width / max(1, reading.width), height / max(1, reading.height)
    document.set_font("hidden", size=10)
    with document.local_context(text_mode=TextMode.INVISIBLE):
        for _, group in itertools.groupby(reading.words, key=lambda word: word.line):
            words = list(group)
            tall, bases = _base_line(words)
            document.set_font_size(max(1.0, tall * scale_y))
            for word, base in zip(words, bases, strict=True):
                text = _clean(word)
                if not text:
                    continue
                # What is set is counted in the width that is asked next.
                document.set_stretching(100)
                natural = document.get_string_width(text)
                if natural <= 0:
                    continue
                document.set_stretching(100 * word.w * scale_x / natural)
                document.text(word.x * scale_x, base * scale_y, text + " ")
        document.set_stretching(100)


_DESCENDING = frozenset("gjpqyGQJ,;()[]/|_")
_DROP = 0.22
"""How far they reach below the base line, of the size of the type."""


def _base_line(words: Sequence[Word]) -> tuple[float, list[float]]:
    """(size of the type, base line at each word), in pixels of the page; lines may be tilted."""
    tall = float(np.median([word.h for word in words]))
    feet = []
    for word in words:
        letters = unicodedata.normalize("NFD", word.text)
        # A dot below (combining 0323) hangs as low as a descender.
        hangs = "\u0323" in letters or not _DESCENDING.isdisjoint(letters)
        feet.append(word.y + word.h - (_DROP * tall if hangs else 0.0))
    at = np.array([word.x + word.w / 2 for word in words])
    if len(words) < 3 or np.ptp(at) < 4 * tall:
        return tall, [float(np.median(feet))] * len(words)
    slope, start = np.polyfit(at, feet, 1)
    if abs(slope) > 0.05:  # a word that was misplaced: a page is upright when it is read
        return tall, [float(np.median(feet))] * len(words)
    return tall, [float(slope * x + start) for x in at]


def _clean(word: Word) -> str:
    """Without control characters: fpdf2 and readers of PDF trip over them."""
    text = unicodedata.normalize("NFC", word.text)
    return "".join(c for c in text if unicodedata.category(c)[0] not in "CZ")


def _archival(data: bytes, title: str, papers: Mapping[int, str]) -> bytes:
    """Adds what PDF/A-2b asks for, and the bookmarks."""
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
        if papers:
            with document.open_outline() as outline:
                for at, name in sorted(papers.items()):
                    outline.root.append(pikepdf.OutlineItem(unicodedata.normalize("NFC", name), at))
            document.Root.PageMode = pikepdf.Name.UseOutlines
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
