"""What is put over a printed page: seals, signatures, stamps and the word MẪU on every side."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw

from models.specimens.sheet import Sheet

SEAL_REDS = ("#d8202c", "#c81e3a", "#e03a2a", "#b8182c", "#d83050")
PEN_BLUES = ("#1a2f9c", "#20307a", "#2a48b8", "#101450", "#18181c", "#3a2a8a")


def _overlay(sheet: Sheet, layer: Image.Image, centre: tuple[float, float], multiply: bool) -> None:
    """Lays an RGBA picture centred on a point (mm); ink multiplies with what is below."""
    x, y = sheet.at(*centre)
    left, top = round(x - layer.width / 2), round(y - layer.height / 2)
    if not multiply:
        sheet.image.paste(layer, (left, top), layer)
        return
    box = (max(0, left), max(0, top))
    end = (min(sheet.image.width, left + layer.width), min(sheet.image.height, top + layer.height))
    if end[0] <= box[0] or end[1] <= box[1]:
        return
    cut = layer.crop((box[0] - left, box[1] - top, end[0] - left, end[1] - top))
    below = sheet.image.crop((*box, *end))
    white = Image.new("RGB", cut.size, "white")
    white.paste(cut, (0, 0), cut)
    sheet.image.paste(ImageChops.multiply(below, white), box)


def seal(sheet: Sheet, x: float, y: float, rng: random.Random, mm: float = 34) -> None:
    """A round red seal of no office: rings, the word MẪU, made-up letters around."""
    side = sheet.px(mm) + 4
    layer = Image.new("RGBA", (side * 2, side * 2), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    alpha = rng.randint(140, 235)
    colour = (*sheet.style.colour(rng.choice(SEAL_REDS)), alpha)
    for radius, width in ((0.96, 0.045), (0.88, 0.015), (rng.uniform(0.5, 0.6), 0.015)):
        r = radius * side
        edge = max(1, round(width * side))
        draw.ellipse((side - r, side - r, side + r, side + r), outline=colour, width=edge)
    rims = ["CƠ QUAN MẪU * SPECIMEN * ", "ĐƠN VỊ THÍ DỤ * MẪU * ", "MẪU DẤU * SPECIMEN * "]
    words = rng.choice(rims)
    letters = (words * 2)[: rng.randint(22, 30)]
    font = sheet.font("title", "b", mm * 0.33)
    for i, letter in enumerate(letters):
        angle = 2 * math.pi * i / len(letters)
        tile = Image.new("RGBA", (side // 2, side // 2), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((side // 4, side // 4), letter, colour, font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BILINEAR)
        cx = side + 0.735 * side * math.sin(angle) - tile.width / 2
        cy = side - 0.735 * side * math.cos(angle) - tile.height / 2
        layer.alpha_composite(tile, (round(cx), round(cy)))
    centre = rng.choice(["star", "word", "disc"])
    if centre == "star":
        points = [
            (
                side + side * (0.36 if k % 2 == 0 else 0.15) * math.sin(math.pi * k / 5),
                side - side * (0.36 if k % 2 == 0 else 0.15) * math.cos(math.pi * k / 5),
            )
            for k in range(10)
        ]
        draw.polygon(points, fill=colour)
    elif centre == "disc":
        draw.ellipse((side * 0.68, side * 0.68, side * 1.32, side * 1.32), fill=colour)
    word = sheet.font("title", "b", mm * 0.5)
    ink = (255, 255, 255, 230) if centre == "disc" else colour
    draw.text((side, side * (1.0 if centre != "star" else 1.42)), "MẪU", ink, word, anchor="mm")
    layer = layer.rotate(rng.uniform(-25, 25), resample=Image.Resampling.BICUBIC)
    layer = layer.resize((side, side), Image.Resampling.LANCZOS)
    if rng.random() < 0.5:  # an unevenly inked seal
        grain = Image.frombytes("L", (24, 24), rng.randbytes(24 * 24))
        keep = grain.resize(layer.size, Image.Resampling.BICUBIC)
        keep = keep.point([min(255, 90 + v * 2) for v in range(256)])
        layer.putalpha(ImageChops.multiply(layer.getchannel("A"), keep))
    _overlay(sheet, layer, (x, y), multiply=True)


def signature(sheet: Sheet, x: float, y: float, rng: random.Random, mm: float = 34) -> None:
    """A scribble of one pen stroke that is nobody's signature."""
    scale = 3
    w, h = sheet.px(mm) * scale // 2, sheet.px(mm * 0.45) * scale // 2
    layer = Image.new("RGBA", (w, h), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    points: list[tuple[float, float]] = []
    loops, phase = rng.uniform(2.5, 6), rng.uniform(0, 6)
    tall, lean = rng.uniform(0.2, 0.42), rng.uniform(-0.1, 0.25)
    for i in range(160):
        t = i / 159
        fade = 1 - 0.6 * t
        px = 0.08 + 0.8 * t + 0.09 * math.sin(loops * 6.28 * t + phase) * fade
        py = 0.5 - lean * (t - 0.5) + tall * fade * math.sin(loops * 6.28 * t + phase * 1.7)
        points.append((px * w, py * h))
    if rng.random() < 0.6:
        points += [(w * 0.95, h * 0.6), (w * 0.1, h * rng.uniform(0.7, 0.9))]
    colour = (*sheet.style.colour(rng.choice(PEN_BLUES)), 235)
    draw.line(points, fill=colour, width=max(2, sheet.px(rng.uniform(0.35, 0.7)) * scale // 2))
    layer = layer.rotate(rng.uniform(-12, 14), resample=Image.Resampling.BICUBIC)
    layer = layer.resize((w * 2 // scale, h * 2 // scale), Image.Resampling.LANCZOS)
    _overlay(sheet, layer, (x, y), multiply=False)


def stamp(
    sheet: Sheet, x: float, y: float, w: float, text: str, rng: random.Random, size: float = 16
) -> None:
    """A rectangular rubber stamp, e.g. BẢN SAO, centred on (x, y); `\\n` parts its lines."""
    colour = sheet.style.colour(rng.choice(SEAL_REDS))
    alpha = rng.randint(170, 245)
    font = sheet.font("title", "b", size)
    lines = text.split("\n")
    width = max(sheet.px(w), *(round(font.getlength(line)) + sheet.px(4) for line in lines))
    step = sheet.px(size * 0.45)
    layer = Image.new("RGBA", (width, step * len(lines) + sheet.px(3)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    if rng.random() < 0.85:
        box = (0, 0, layer.width - 1, layer.height - 1)
        draw.rectangle(box, outline=(*colour, alpha), width=sheet.px(rng.uniform(0.4, 0.9)))
    for i, line in enumerate(lines):
        middle = sheet.px(1.5) + step * (i + 0.5)
        draw.text((layer.width / 2, middle), line, (*colour, alpha), font, anchor="mm")
    layer = layer.rotate(rng.uniform(-6, 6), resample=Image.Resampling.BICUBIC, expand=True)
    _overlay(sheet, layer, (x, y), multiply=True)


def specimen(sheet: Sheet, rng: random.Random) -> None:
    """MẪU / SPECIMEN diagonally over the side, pale but to be seen in print.

    Letters of at least 8 % of the short side.  Put on every kind alike with changing colour,
    place and strength, so that no classifier can learn from it.
    """
    short = min(sheet.size_mm)
    size = short * rng.uniform(0.085, 0.14) / 0.3528 / 0.72
    word = rng.choice(["MẪU / SPECIMEN", "MẪU  SPECIMEN", "MẪU / SPECIMEN", "SPECIMEN / MẪU"])
    font = sheet.font("title", "b", size)
    length = font.getlength(word)
    limit = 0.94 * math.hypot(*sheet.image.size)
    if length > limit:
        font = sheet.font("title", "b", size * limit / length)
        length = font.getlength(word)
    high = round(font.size * 1.5)
    layer = Image.new("L", (round(length) + 8, high), 0)
    alpha = round(255 * rng.uniform(0.15, 0.27))
    ImageDraw.Draw(layer).text((layer.width / 2, high / 2), word, alpha, font, anchor="mm")
    diagonal = math.degrees(math.atan2(sheet.size_mm[1], sheet.size_mm[0]))
    angle = rng.choice([1, 1, -1]) * (diagonal + rng.uniform(-8, 4))
    layer = layer.rotate(angle, resample=Image.Resampling.BILINEAR, expand=True)
    colours = ["#808080", "#b03030", "#3050b0", "#207040", "#c07020", "#703090"]
    if sheet.dark:
        colours = ["#ffffff", "#f0e0c0", "#e0e0f0"]
    colour = Image.new("RGB", layer.size, sheet.style.colour(rng.choice(colours)))
    dx, dy = rng.uniform(-0.06, 0.06), rng.uniform(-0.06, 0.06)
    left = round(sheet.image.width * (0.5 + dx) - layer.width / 2)
    top = round(sheet.image.height * (0.5 + dy) - layer.height / 2)
    sheet.image.paste(colour, (left, top), layer)
