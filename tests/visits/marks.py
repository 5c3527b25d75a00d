"""Marked personal data, and how it could be written where nobody should find it."""

from __future__ import annotations

import base64
import functools
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from PIL import Image, ImageDraw, ImageFont

from models.specimens import draw
from tests.visits.papers import encoded

MARK = "Huỳnh Thị Đánh Dấu"
SEARCH = "thủ tục của bà Quýt Mận Xoài"
NUMBER = "079199099731"
CARD = f"{NUMBER}||{MARK}|15021999|Nữ|17 Đường Bí Mật, Phường Mẫu|20102022"
"""What the card's code says (Law on Identification 26/2023/QH15 knows the seven fields)."""

FONT = Path("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf")


@functools.cache
def marked() -> bytes:
    """A degree on which the marked name is printed so large that OCR reads it."""
    page = draw("bang_dai_hoc", seed=1, dpi=250)
    lines = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(FONT), page.height // 24)
    left, top = page.width // 10, round(page.height * 0.86)
    lines.rectangle((left - 20, top - 10, left + page.width // 2, top + page.height // 16), "white")
    lines.text((left, top), MARK, (20, 20, 20), font)
    return encoded(page)


def bare(text: str) -> str:
    """Without marks and tones, as in a file's name or an ASCII log."""
    flat = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


def writings(text: str) -> Iterator[bytes]:
    """The text as it might be written by code that should not write it."""
    for form in {text, text.upper(), text.lower(), unicodedata.normalize("NFD", text), bare(text),
                 bare(text).upper(), bare(text).lower()}:  # fmt: skip
        plain = form.encode()
        yield plain
        yield form.encode("utf-16-le")
        yield form.encode("utf-16-be")
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        yield quote(form).encode()
        yield form.encode("unicode_escape")
        yield form.encode("ascii", "xmlcharrefreplace")
        # Base64 of a longer text: three ways to fall on its groups of three bytes.
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + plain)
            yield coded[4 if shift else 0 : len(coded) - 4]


def secrets() -> frozenset[bytes]:
    """Everything to look for.  Single names would be found in specimens and word lists."""
    found: set[bytes] = set()
    for text in (MARK, SEARCH, NUMBER, "17 Đường Bí Mật"):
        found.update(writings(text))
    return frozenset(found)


def betrayed(data: bytes, wanted: frozenset[bytes]) -> list[bytes]:
    """Which of these stand in it."""
    return [one for one in wanted if one in data]


def files(*folders: Path) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in folder.rglob("*") if path.is_file() and not path.is_fifo())


def picture() -> Image.Image:
    """The marked page as a picture."""
    return Image.open(io.BytesIO(marked()))
