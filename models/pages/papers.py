"""Flat papers to lie on a bed: no documents, only what their borders and their inside look like."""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]
Size = tuple[float, float]

DPI = 150

A4, A5, CARD = (210.0, 297.0), (148.0, 210.0), (85.6, 53.98)
CERTIFICATE, PASSPORT, SLIP = (265.0, 190.0), (125.0, 88.0), (100.0, 160.0)

_WORDS = (
    "ba co du em gi hà khó lên mới nước ông phố quê rồi sông tầng ủy vườn xã yên chợ đường "
    "thửa đất cấp số ngày tháng năm họ tên nơi sinh giới tính quốc tịch"
)
_SYLLABLES = tuple(_WORDS.split())


def text_page(rng: random.Random, size: Size = A4, *, dense: float = 1.0) -> Image.Image:
    """A letter or form: headings, paragraphs, perhaps a table, a stamp, a frame."""
    tint = rng.choice([(255, 255, 255), (250, 249, 244), (244, 240, 226), (236, 244, 238)])
    image, draw = _sheet(size, tint)
    w, h = image.size
    if rng.random() < 0.15:
        inset = rng.uniform(0.02, 0.06) * w
        colour = rng.choice([(170, 40, 50), (40, 80, 160), (30, 30, 30)])
        box = (inset, inset, w - inset, h - inset)
        draw.rectangle(box, outline=colour, width=rng.randint(2, 9))
    y, margin = h * rng.uniform(0.05, 0.09), w * rng.uniform(0.08, 0.14)
    y = _heading(draw, rng, w, y)
    bottom = h * (1 - rng.uniform(0.05, 0.5) * (2 - dense))
    while y < bottom:
        kind = rng.random()
        if kind < 0.12:
            y = _table(draw, rng, (margin, y, w - margin, min(bottom, y + h * 0.2)))
        elif kind < 0.3:
            y += h * 0.02
        else:
            y = _paragraph(draw, rng, margin, y, w - margin, rng.randint(1, 6))
    if rng.random() < 0.5:
        _stamp(draw, rng, w * rng.uniform(0.5, 0.8), min(h * 0.85, bottom))
    return image


def card(rng: random.Random) -> Image.Image:
    """A plastic card of ISO/IEC 7810 ID-1 with rounded corners (alpha) and a portrait."""
    base = rng.choice(
        [(206, 226, 214), (214, 222, 238), (240, 226, 200), (250, 240, 210), (226, 206, 220)]
    )
    image, draw = _sheet(CARD, base, dpi=300)
    w, h = image.size
    other = tuple(min(255, max(0, c + rng.randint(-40, 30))) for c in base)
    field = np.linspace(0, 1, w, dtype=np.float32)[None, :, None]
    mixed = np.asarray(base, np.float32) * (1 - field) + np.asarray(other, np.float32) * field
    image.paste(Image.fromarray(np.repeat(mixed, h, axis=0).astype(np.uint8)))
    draw.rectangle((w * 0.05, h * 0.36, w * 0.29, h * 0.86), fill=_tone(rng, 90, 210))
    draw.ellipse((w * 0.11, h * 0.44, w * 0.23, h * 0.66), fill=(214, 176, 150))
    if rng.random() < 0.3:
        draw.rectangle((0, 0, w, h * 0.2), fill=_tone(rng, 20, 190))
    y = h * 0.06
    for row in range(8):
        at = w * (0.34 if row > 1 else 0.22)
        draw.text((at, y), _words(rng, rng.randint(2, 5)), _ink(rng), _font(h * 0.062))
        y += h * 0.115
    return _rounded(image, h * 0.059)


def spread(rng: random.Random) -> Image.Image:
    """Two pages of an open booklet with a fold in the middle."""
    page = rng.choice([(105.0, 148.0), (125.0, 88.0), (148.0, 210.0)])
    sheets = [text_page(rng, page, dense=rng.uniform(0.6, 1.2)) for _ in range(2)]
    w, h = sheets[0].size
    image = Image.new("RGB", (2 * w, h))
    for n, sheet in enumerate(sheets):
        image.paste(sheet, (n * w, 0))
    values = np.asarray(image, np.float32)
    away = np.abs(np.arange(2 * w) - w) / w
    values *= (1 - rng.uniform(0.1, 0.4) * np.exp(-((away / 0.06) ** 2)))[None, :, None]
    return _tagged(Image.fromarray(values.astype(np.uint8)), DPI)


def cover(rng: random.Random) -> Image.Image:
    """A dark cover with pale print."""
    tone = rng.choice([(120, 24, 34), (28, 60, 48), (24, 40, 84), (150, 36, 40), (62, 44, 34)])
    size = rng.choice([(88.0, 125.0), A5, (190.0, 265.0)])
    image, draw = _sheet(size, tone)
    w, h = image.size
    gold = (214, 178, 90)
    for y in (0.12, 0.2, 0.6, 0.7):
        words = _words(rng, 3).upper()
        draw.text((w / 2, h * y), words, gold, _font(w * 0.07), anchor="mm")
    draw.ellipse((w * 0.36, h * 0.32, w * 0.64, h * 0.32 + w * 0.28), outline=gold, width=5)
    return image


def certificate(rng: random.Random) -> Image.Image:
    """A tinted sheet with a broad frame, as diplomas and land certificates have."""
    size = rng.choice([CERTIFICATE, (297.0, 210.0), (190.0, 265.0)])
    tint = rng.choice([(252, 222, 214), (250, 236, 240), (255, 246, 224), (240, 246, 255)])
    image, draw = _sheet(size, tint)
    w, h = image.size
    tone = rng.choice([(190, 60, 60), (200, 150, 60), (70, 110, 170)])
    band = w * rng.uniform(0.01, 0.04)
    edge = w * rng.uniform(0.01, 0.04)
    draw.rectangle((edge, edge, w - edge, h - edge), outline=tone, width=max(2, round(band)))
    y = _heading(draw, rng, w, h * 0.14)
    while y < h * 0.75:
        y = _paragraph(draw, rng, w * 0.16, y, w * 0.84, rng.randint(1, 3)) + h * 0.02
    _stamp(draw, rng, w * 0.66, h * 0.78)
    return image


def slip(rng: random.Random) -> Image.Image:
    """A small note or ticket, no usual proportions."""
    return text_page(rng, (rng.uniform(75, 130), rng.uniform(110, 210)), dense=1.2)


def blank(rng: random.Random) -> Image.Image:
    """An almost empty sheet."""
    image, draw = _sheet(A4, (253, 253, 250))
    w, h = image.size
    for _ in range(rng.randint(1, 4)):
        y = h * rng.uniform(0.1, 0.8)
        draw.text((w * 0.15, y), _words(rng, rng.randint(2, 6)), _ink(rng), _font(28))
    return image


def _sheet(
    size: Size, tint: tuple[int, int, int], dpi: int = DPI
) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    pixels = round(size[0] / 25.4 * dpi), round(size[1] / 25.4 * dpi)
    image = _tagged(Image.new("RGB", pixels, tint), dpi)
    return image, ImageDraw.Draw(image)


def _tagged(image: Image.Image, dpi: int) -> Image.Image:
    image.info["dpi"] = (dpi, dpi)
    return image


def _rounded(image: Image.Image, radius: float) -> Image.Image:
    mask = Image.new("L", image.size, 0)
    w, h = image.size
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, w - 1, h - 1), radius, fill=255)
    out = image.convert("RGBA")
    out.putalpha(mask)
    out.info["dpi"] = image.info.get("dpi", (300, 300))
    return out


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(max(6, round(size)))
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(_SYLLABLES) for _ in range(count))


def _ink(rng: random.Random) -> tuple[int, int, int]:
    return rng.choice([(25, 25, 28), (40, 40, 60), (30, 40, 120), (60, 30, 30)])


def _tone(rng: random.Random, low: int, high: int) -> tuple[int, int, int]:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)


def _heading(draw: ImageDraw.ImageDraw, rng: random.Random, w: int, y: float) -> float:
    for line in range(rng.randint(1, 4)):
        size = 30 if line else 36
        words = _words(rng, rng.randint(3, 6)).upper()
        draw.text((w / 2, y), words, _ink(rng), _font(size), anchor="ma")
        y += size * 1.5
    return y + 20


def _paragraph(
    draw: ImageDraw.ImageDraw, rng: random.Random, x: float, y: float, x2: float, lines: int
) -> float:
    size = rng.choice([20, 22, 26])
    font, ink = _font(size), _ink(rng)
    for n in range(lines):
        line = ""
        room = (x2 - x) * (1.0 if n < lines - 1 else rng.uniform(0.2, 0.9))
        while font.getlength(line) < room:
            line += " " + rng.choice(_SYLLABLES)
        draw.text((x, y), line.strip().rsplit(" ", 1)[0], ink, font)
        y += size * 1.45
    return y + size * 0.4


def _table(
    draw: ImageDraw.ImageDraw, rng: random.Random, box: tuple[float, float, float, float]
) -> float:
    x, y, x2, y2 = box
    rows, columns = rng.randint(2, 6), rng.randint(2, 5)
    for r in range(rows + 1):
        at = y + (y2 - y) * r / rows
        draw.line((x, at, x2, at), fill=(40, 40, 40), width=2)
    for c in range(columns + 1):
        at = x + (x2 - x) * c / columns
        draw.line((at, y, at, y2), fill=(40, 40, 40), width=2)
    return y2 + 24


def _stamp(draw: ImageDraw.ImageDraw, rng: random.Random, x: float, y: float) -> None:
    r = rng.uniform(80, 130)
    for inset in (0, 8, 34):
        draw.ellipse(
            (x - r + inset, y - r + inset, x + r - inset, y + r - inset), None, "#c03040", 3
        )
