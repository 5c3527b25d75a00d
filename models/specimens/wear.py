"""What years and desks do to a paper: holes, staples, creases, stains, tape, yellowing, notes."""

from __future__ import annotations

import math
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Size = tuple[float, float]
_PAPERS = 120
"""Millimetres of a long side from which a paper is punched, stapled and folded."""


def worn(image: Image.Image, size_mm: Size, rng: random.Random) -> Image.Image:
    """The page after some use; most are only a little worn.  `image` is not changed."""
    out = image.copy()
    scale = image.width / size_mm[0]
    draw = ImageDraw.Draw(out)
    if rng.random() < 0.2:
        out = _yellowed(out, rng)
        draw = ImageDraw.Draw(out)
    if max(size_mm) >= _PAPERS:
        if rng.random() < 0.12:
            _holes(draw, size_mm, scale, rng)
        if rng.random() < 0.1:
            _staple(draw, scale, rng)
        if rng.random() < 0.25:
            out = _creased(out, rng)
        if rng.random() < 0.06:
            _tape(out, scale, rng)
        if rng.random() < 0.06:
            _noted(ImageDraw.Draw(out), out.size, scale, rng)
    else:
        if rng.random() < 0.25:
            _scuffed(draw, out.size, scale, rng)
        if rng.random() < 0.2:
            out = _laminated(out, scale, rng)
    if rng.random() < 0.08:
        out = _stained(out, scale, rng)
    return out


def _times(image: Image.Image, shade: Image.Image) -> Image.Image:
    return ImageChops.multiply(image, shade.convert("RGB"))


def _yellowed(image: Image.Image, rng: random.Random) -> Image.Image:
    """Older paper: a warm tint, stronger in places."""
    much = rng.uniform(0.03, 0.16)
    tiles = Image.new("RGB", (6, 8))
    for x in range(6):
        for y in range(8):
            k = much * rng.uniform(0.5, 1.2)
            tint = (255 * (1 - 0.25 * k), 255 * (1 - 0.6 * k), 255 * (1 - 1.6 * k))
            tiles.putpixel((x, y), (round(tint[0]), round(tint[1]), round(tint[2])))
    return _times(image, tiles.resize(image.size, Image.Resampling.BICUBIC))


def _holes(draw: ImageDraw.ImageDraw, size: Size, scale: float, rng: random.Random) -> None:
    """Two or four holes of a punch along the left or the upper edge."""
    tone = rng.choice(["#3a3a3c", "#806a50", "#c8c4bc", "#1c1c20"])
    along, across = (size[1], size[0]) if rng.random() < 0.8 else (size[0], size[1])
    upright = along == size[1] and across == size[0]
    for at in rng.choice([(-40, 40), (-120, -40, 40, 120)]):
        middle, inset = along / 2 + at, 12.0
        if 10 < middle < along - 10:
            x, y = (inset, middle) if upright else (middle, inset)
            box = [(v * scale) for v in (x - 3, y - 3, x + 3, y + 3)]
            draw.ellipse(box, fill=tone)


def _staple(draw: ImageDraw.ImageDraw, scale: float, rng: random.Random) -> None:
    x, y, angle = rng.uniform(6, 16), rng.uniform(6, 16), rng.uniform(0, 1.6)
    end = (x + 11 * math.cos(angle), y + 11 * math.sin(angle))
    points = [(x * scale, y * scale), (end[0] * scale, end[1] * scale)]
    draw.line(points, "#8c8c90", max(1, round(0.6 * scale)))


def _creased(image: Image.Image, rng: random.Random) -> Image.Image:
    """A sheet that was folded: thin bright or dark lines with soft shading beside them."""
    shade = Image.new("L", image.size, 255)
    draw = ImageDraw.Draw(shade)
    w, h = image.size
    ways = rng.choice([((0.5, 0),), ((1 / 3, 0), (2 / 3, 0)), ((0.5, 0), (0.5, 1)), ((0.5, 1),)])
    for share, upright in ways:
        at = share + rng.uniform(-0.02, 0.02)
        lean = rng.uniform(-0.004, 0.004)
        deep, wide = rng.randint(150, 235), max(1, round(w * 0.002))
        if upright:
            line: tuple[float, ...] = (w * at, 0.0, w * (at + lean), h)
            draw.rectangle((w * at, 0, w * (at + 0.03), h), fill=rng.randint(236, 252))
        else:
            line = (0, h * at, w, h * (at + lean))
            draw.rectangle((0, h * at, w, h * (at + 0.03)), fill=rng.randint(236, 252))
        draw.line(line, deep, wide)
    return _times(image, shade.filter(ImageFilter.GaussianBlur(max(0.5, w * 0.002))))


def _tape(image: Image.Image, scale: float, rng: random.Random) -> None:
    w, h = round(rng.uniform(40, 90) * scale), round(18 * scale)
    strip = Image.new("RGBA", (w, h), (230, 222, 180, rng.randint(40, 90)))
    strip = strip.rotate(rng.uniform(-90, 90), expand=True)
    at = (
        rng.randint(-strip.width // 2, image.width),
        rng.randint(-strip.height // 2, image.height),
    )
    image.paste(strip, at, strip)


def _noted(draw: ImageDraw.ImageDraw, size: Size, scale: float, rng: random.Random) -> None:
    """A tick, a ring or an underline of somebody's pen."""
    ink = rng.choice(["#1a2f9c", "#202020", "#c02020"])
    for _ in range(rng.randint(1, 3)):
        x, y, r = rng.random() * size[0], rng.random() * size[1], rng.uniform(4, 16) * scale
        box = (x - r * 1.8, y - r, x + r * 1.8, y + r)
        if rng.random() < 0.5:
            draw.arc(
                box, rng.randint(0, 90), rng.randint(270, 400), ink, max(1, round(0.5 * scale))
            )
        else:
            draw.line((x - r, y, x, y + r, x + 2 * r, y - r), ink, max(1, round(0.5 * scale)))


def _scuffed(draw: ImageDraw.ImageDraw, size: Size, scale: float, rng: random.Random) -> None:
    for _ in range(rng.randint(3, 14)):
        x, y = rng.random() * size[0], rng.random() * size[1]
        dx, dy = rng.uniform(-12, 12) * scale, rng.uniform(-5, 5) * scale
        tone = rng.choice(["#f4f4f0", "#d8d8d4", "#a8a8a4"])
        draw.line((x, y, x + dx, y + dy), tone, max(1, round(rng.uniform(0.1, 0.4) * scale)))


def _laminated(image: Image.Image, scale: float, rng: random.Random) -> Image.Image:
    """A plastic pouch: a paler streak across, a grey rim."""
    streak = Image.new("L", image.size, 0)
    draw = ImageDraw.Draw(streak)
    w, h = image.size
    x, wide, lean = rng.uniform(-0.2, 1) * w, rng.uniform(0.08, 0.3) * w, rng.uniform(-0.6, 0.6) * h
    draw.polygon([(x, 0), (x + wide, 0), (x + wide + lean, h), (x + lean, h)], fill=70)
    streak = streak.filter(ImageFilter.GaussianBlur(w * 0.02))
    out = Image.composite(Image.new("RGB", image.size, "#ffffff"), image, streak)
    if rng.random() < 0.5:
        edge = max(1, round(rng.uniform(0.6, 2) * scale))
        ImageDraw.Draw(out).rectangle((0, 0, w - 1, h - 1), outline="#d8dadc", width=edge)
    return out


def _stained(image: Image.Image, scale: float, rng: random.Random) -> Image.Image:
    shade = Image.new("RGB", image.size, "#ffffff")
    draw = ImageDraw.Draw(shade)
    for _ in range(rng.randint(1, 3)):
        x, y = rng.random() * image.width, rng.random() * image.height
        r = rng.uniform(4, 22) * scale
        tone = rng.choice(["#efe0c4", "#e8dcc8", "#f0ead8", "#dfe4ea"])
        box = (x - r, y - r * rng.uniform(0.6, 1), x + r, y + r)
        if rng.random() < 0.4:
            draw.ellipse(box, outline=tone, width=max(1, round(1.5 * scale)))
        else:
            draw.ellipse(box, fill=tone)
    return _times(image, shade.filter(ImageFilter.GaussianBlur(max(0.5, 0.8 * scale))))
