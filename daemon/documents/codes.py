"""QR and other bar codes on a page; the QR of citizen cards.

What a code says is text from a stranger: it has a greatest length, only `card` reads more out of
it, and nothing ever opens a link that stands in it.
"""

from __future__ import annotations

import re
import unicodedata

import cv2
import numpy as np
import zxingcpp

from daemon.catalogue.card_code import CardFields, fields
from daemon.documents import code_places, finders, sharpen
from daemon.documents.code_places import Grey, Patch
from daemon.documents.decode import Pixels
from daemon.documents.messages import Code

LONGEST = 2048
"""Characters of a code's text; a longer one is left out (a card's has about 120)."""

MOST = 16
"""Codes of one page."""

_QR = zxingcpp.BarcodeFormats((zxingcpp.BarcodeFormat.QRCode,))
_OTHERS = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.Aztec,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.Code39,
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.PDF417,
    )
)

_SIDE = 440
"""Pixels to which a blurred QR code is brought: nine for each of 49 modules."""

_BLURS = ((0.0075, 0.02), (0.0105, 0.02), (0.005, 0.03), (0.014, 0.02))
"""What is tried on it: sigma of the camera's blur as a share of the code's side, and the noise."""

_DPI = 72, 1200

_SHARP_PX = 260
"""A patch with a shorter side is enlarged twice for the other codes."""


def find(page: Pixels, dpi: int = 300) -> tuple[Code, ...]:
    """All codes on a rectified page: QR anywhere, others where the page is dense enough.

    A QR code too blurred to be read at once is looked for by its density and its finders, and
    read again after its blur is undone; the count of tries is bounded, so a page without a code
    costs little.
    """
    dpi = min(max(dpi, _DPI[0]), _DPI[1])  # a file may claim anything
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)
    found = _read(grey, _QR, 1.0, (0, 0))
    patches = [
        patch for patch in code_places.find(grey, dpi) if not any(_in(patch, c) for c in found)
    ]
    square = [patch for patch in patches if patch.square]
    if not found:
        for patch, values, scale in finders.likely(grey, square, _SIDE):
            found += _blurred(values, scale, (patch.x, patch.y))
    for patch in patches:
        if not any(_in(patch, code) for code in found):
            found += _others(grey, patch)
    return tuple(found[:MOST])


def _blurred(values: sharpen.Values, scale: float, at: tuple[int, int]) -> list[Code]:
    for share, noise in _BLURS:
        read = _read(sharpen.deblurred(values, share * _SIDE, noise), _QR, scale, at)
        if read:
            return read
    return []


def _others(grey: Grey, patch: Patch) -> list[Code]:
    part = grey[patch.y : patch.y + patch.h, patch.x : patch.x + patch.w]
    scale = 2.0 if min(patch.w, patch.h) < _SHARP_PX else 1.0
    if scale > 1:
        part = np.asarray(
            cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8
        )
    return _read(part, _OTHERS, scale, (patch.x, patch.y))


def _in(patch: Patch, code: Code) -> bool:
    x = sum(corner[0] for corner in code.corners) / 4 - patch.x
    y = sum(corner[1] for corner in code.corners) / 4 - patch.y
    return 0 <= x <= patch.w and 0 <= y <= patch.h


def _read(
    grey: Grey, formats: zxingcpp.BarcodeFormats, scale: float, at: tuple[int, int]
) -> list[Code]:
    """The codes of a picture that shows the page from `at` on, `scale` times as large."""
    results = zxingcpp.read_barcodes(
        np.ascontiguousarray(grey), formats=formats, try_downscale=False, try_invert=False
    )
    codes = []
    for result in results:
        place = result.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        text = _text(result.bytes, result.text)
        if len(text) <= LONGEST:
            points = tuple((_back(c.x, scale, at[0]), _back(c.y, scale, at[1])) for c in corners)
            name = str(result.format).rpartition(".")[2].replace(" ", "")
            codes.append(Code(name, text, points))
    return codes


def _back(value: float, scale: float, start: int) -> float:
    return round((value + 0.5) / scale - 0.5 + start, 1)


def _text(data: bytes, shown: str) -> str:
    """UTF-8 where it is that: cards say so nowhere in the code, and readers guess wrongly."""
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError:
        return shown


def card(text: str) -> CardFields | None:
    """The card's fields, or None where this is not the QR of a card.  Total, whatever the text."""
    if len(text) > LONGEST:
        return None
    read = fields("|".join(part.strip() for part in text.split("|")))
    if read is None or not read.name or read.sex not in ("Nam", "Nữ"):
        return None
    return read if re.fullmatch(r"([0-9]{9}|[0-9]{12})?", read.old_number) else None
