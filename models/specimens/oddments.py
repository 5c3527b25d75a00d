"""More that lies on a bed and is no paper: fabric, notes in a fan, books, keys, stickers."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageDraw, ImageFilter

from models.specimens.fonts import Split
from models.specimens.sheet import Sheet, Style


def _colour(rng: random.Random, low: int = 10, high: int = 245) -> str:
    return "#" + "".join(f"{rng.randint(low, high):02x}" for _ in range(3))


def texture(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """The camera sees cloth, carpet, a bag: noise of some grain, stripes, checks."""
    sheet = Sheet((rng.choice([150.0, 210.0]), rng.choice([150.0, 297.0])), dpi, "#808080", style)
    w, h = sheet.image.size
    cells = rng.choice([4, 12, 40, 120])
    noise = Image.frombytes("RGB", (cells, cells), rng.randbytes(cells * cells * 3))
    grown = noise.resize((w, h), rng.choice([Image.Resampling.BICUBIC, Image.Resampling.NEAREST]))
    ground = Image.new("RGB", (w, h), _colour(rng))
    sheet.image.paste(Image.blend(ground, grown, rng.uniform(0.05, 0.6)), (0, 0))
    draw, tone = ImageDraw.Draw(sheet.image), _colour(rng)
    pattern, step = rng.choice(["none", "stripes", "checks", "dots"]), rng.uniform(4, 30)
    for n in range(int(max(sheet.size_mm) / step) + 1):
        at = n * step
        if pattern in ("stripes", "checks"):
            draw.line((sheet.at(at, 0), sheet.at(at, 400)), tone, sheet.px(step * 0.35))
        if pattern == "checks":
            draw.line((sheet.at(0, at), sheet.at(400, at)), tone, sheet.px(step * 0.2))
        if pattern == "dots":
            for m in range(int(sheet.size_mm[1] / step) + 1):
                x, y, r = at, m * step, step * 0.25
                draw.ellipse((sheet.at(x - r, y - r), sheet.at(x + r, y + r)), fill=tone)
    return sheet


def notes_fan(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """Several flat rectangles that say MẪU TIỀN, one over the other."""
    sheet = Sheet((230.0, 180.0), dpi, _colour(rng, 20, 120), style)
    for _ in range(rng.randint(2, 6)):
        size = (sheet.px(rng.uniform(130, 152)), sheet.px(65))
        note = Image.new("RGBA", size, _colour(rng, 70, 200))
        draw = ImageDraw.Draw(note)
        draw.text(
            (size[0] / 2, size[1] / 2), "MẪU TIỀN", "#fff", sheet.font("title", "b", 34), "mm"
        )
        if rng.random() < 0.6:
            r, x = size[1] * 0.36, size[0] * rng.choice([0.18, 0.82])
            draw.ellipse((x - r * 0.8, size[1] / 2 - r, x + r * 0.8, size[1] / 2 + r), "#d8d0c0")
        figure = str(rng.choice([10, 20, 50, 100, 200, 500])) + "000"
        draw.text((size[0] * 0.04, size[1] * 0.04), figure, "#fff", sheet.font("title", "b", 14))
        note = note.rotate(rng.uniform(-40, 40), expand=True, resample=Image.Resampling.BILINEAR)
        at = (
            rng.randint(-size[0] // 4, sheet.image.width - size[0] // 2),
            rng.randint(-size[1] // 4, sheet.image.height - size[1]),
        )
        sheet.image.paste(note, at, note)
    return sheet


def book_cover(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """A novel, a school book, a catalogue: a big picture and some words."""
    size = rng.choice([(130.0, 205.0), (145.0, 205.0), (190.0, 265.0)])
    sheet = Sheet(size, dpi, _colour(rng), style)
    w, h = size
    words = [
        "TRUYỆN NGẮN THÍ DỤ",
        "TOÁN MẪU LỚP 5",
        "NẤU ĂN NGON",
        "Đi qua mùa hạ",
        "CẨM NANG NHÀ NÔNG",
    ]
    for _ in range(rng.randint(2, 9)):
        x, y, r = rng.uniform(0, w), rng.uniform(h * 0.25, h), rng.uniform(8, w * 0.45)
        box = (sheet.at(x - r, y - r), sheet.at(x + r, y + r * rng.uniform(0.3, 1)))
        (sheet.draw.ellipse if rng.random() < 0.5 else sheet.draw.rectangle)(box, _colour(rng))
    text, points = rng.choice(words), rng.uniform(20, 34)
    points *= min(1.0, (w - 16) / sheet.width(text, "title", "b", points))
    sheet.line(
        8, rng.uniform(8, h * 0.25), text, size=points, style="b", face="title", colour="#fff"
    )
    sheet.line(8, h - 14, "Nhiều tác giả", size=11, style="i", colour=_colour(rng))
    return sheet


def keyboard(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """Rows of keys."""
    sheet = Sheet((290.0, 120.0), dpi, rng.choice(["#1c1c1e", "#d8d8da", "#3a3a40"]), style)
    key = rng.choice(["#2c2c30", "#f4f4f4", "#505058"])
    for row in range(5):
        for column in range(14):
            x, y = 6 + column * 20 + row * 2, 8 + row * 21
            sheet.box(x, y, 17, 17, inside=key)
            letter = rng.choice("QWERTYUIOPASDFGHJKLZXCVBNM")
            sheet.line(x + 3, y + 3, letter, size=11, colour="#909090")
    return sheet


def stickers(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """Sticky notes with scribbles on a bright ground."""
    sheet = Sheet((210.0, 210.0), dpi, _colour(rng, 120, 240), style)
    for _ in range(rng.randint(1, 5)):
        x, y = rng.uniform(5, 130), rng.uniform(5, 130)
        tone = rng.choice(["#fff27a", "#ff9ec0", "#9ce0ff", "#b8f29a"])
        sheet.box(x, y, 72, 72, inside=tone)
        for line in range(rng.randint(1, 5)):
            points = [
                sheet.at(
                    x + 6 + k * 2.4, y + 12 + line * 12 + 3 * math.sin(k * rng.uniform(0.5, 2))
                )
                for k in range(rng.randint(8, 25))
            ]
            sheet.draw.line(points, sheet.style.colour("#20307a"), sheet.px(0.6))
    return sheet


def glare_only(rng: random.Random, split: Split, dpi: int, style: Style) -> Sheet:
    """A lens too near, a lamp in the glass: soft light and nothing else."""
    sheet = Sheet((210.0, 160.0), dpi, _colour(rng, 0, 90), style)
    for _ in range(rng.randint(1, 4)):
        x, y, r = rng.uniform(0, 210), rng.uniform(0, 160), rng.uniform(10, 90)
        sheet.draw.ellipse((sheet.at(x - r, y - r), sheet.at(x + r, y + r)), _colour(rng, 90, 255))
    blur = ImageFilter.GaussianBlur(sheet.px(rng.uniform(4, 20)))
    sheet.image.paste(sheet.image.filter(blur), (0, 0))
    return sheet
