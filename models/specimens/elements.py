"""Things at a fixed place of a form: codes, portraits, chips, stamps."""

from __future__ import annotations

import random

import segno
from PIL import Image, ImageDraw, ImageFilter

from models.specimens import marks
from models.specimens.forms import Element
from models.specimens.sheet import Sheet


def place(sheet: Sheet, element: Element, rng: random.Random) -> None:
    """Draws one element; what security print would stand there is a plain shape with MẪU."""
    _DRAW[element.what](sheet, element, rng)


def _text(sheet: Sheet, e: Element, rng: random.Random) -> None:
    size = e.size
    y = e.y
    for text in e.text.split("\n"):
        if e.w:
            natural = sheet.width(text, e.face, e.style, e.size)
            size = e.size * min(1.0, e.w / max(natural, 1e-6))
        natural = sheet.width(text, e.face, e.style, size)
        slack = e.w - natural if e.w else 0.0
        shift = {"center": slack / 2, "right": slack}.get(e.align, 0.0)
        sheet.line(e.x + shift, y, text, size=size, style=e.style, face=e.face, colour=e.colour)
        y += e.h or e.size * 0.42


def _emblem(sheet: Sheet, e: Element, rng: random.Random) -> None:
    left, right = sheet.at(e.x, e.y), sheet.at(e.x + e.w, e.y + e.w)
    inside = sheet.style.colour(rng.choice(["#c8a0a0", "#c43c3c", "#b0b0b0", "#d0a040"]))
    sheet.draw.ellipse((left, right), fill=inside, outline=sheet.style.colour(e.colour))
    size = e.w * 0.75
    word = sheet.width("MẪU", "title", "b", size)
    sheet.line(
        e.x + (e.w - word) / 2, e.y + e.w * 0.36, "MẪU", size=size, style="b", face="title",
        colour="#ffffff",
    )  # fmt: skip


def _portrait(sheet: Sheet, e: Element, rng: random.Random) -> None:
    """A silhouette without a face, with a second MẪU that no crop can lose."""
    back = rng.choice(["#cfd8e4", "#e6e6e6", "#b9cfe8", "#dfe9e4", "#ffffff", "#7fa8d8"])
    skin = rng.choice(["#c9a58c", "#b58d72", "#d8b79c", "#8a8a8a", "#a9a9a9"])
    hair = rng.choice(["#181412", "#2a2018", "#3a3a3a"])
    coat = rng.choice(["#f2f2f2", "#26324a", "#5a2a3a", "#3c4c3c", "#dfe6f2", "#555555"])
    w, h = sheet.px(e.w), sheet.px(e.h)
    tile = Image.new("RGB", (w, h), back)
    draw = ImageDraw.Draw(tile)

    def oval(x: float, y: float, rx: float, ry: float, colour: str) -> None:
        draw.ellipse(((x - rx) * w, (y - ry) * h, (x + rx) * w, (y + ry) * h), fill=colour)

    oval(0.5, 1.05, 0.44, 0.32, coat)
    if rng.random() < 0.5:
        oval(0.5, 0.5, 0.3, 0.34, hair)
    draw.rectangle((0.4 * w, 0.55 * h, 0.6 * w, 0.77 * h), fill=skin)
    oval(0.5, 0.38, 0.26, 0.26, hair)
    oval(0.5, 0.43, 0.22, 0.24, skin)
    font = sheet.font("title", "b", e.w * 0.75)
    draw.text((w / 2, h * 0.84), "MẪU", rng.choice(["#b02020", "#ffffff", "#203080"]), font, "mm")
    left, top = sheet.at(e.x, e.y)
    sheet.image.paste(tile, (round(left), round(top)))
    if rng.random() < 0.4:
        sheet.box(e.x, e.y, e.w, e.h, outline=e.colour)


def _qr(sheet: Sheet, e: Element, rng: random.Random) -> None:
    code = segno.make_qr(e.text or "MẪU / SPECIMEN", error="m")
    matrix = [[1 if cell else 0 for cell in row] for row in code.matrix]
    side = len(matrix)
    tile = Image.new("L", (side + 4, side + 4), 255)
    for y, row in enumerate(matrix):
        for x, cell in enumerate(row):
            if cell:
                tile.putpixel((x + 2, y + 2), 10)
    pixels = sheet.px(e.w)
    tile = tile.resize((pixels, pixels), Image.Resampling.NEAREST)
    left, top = sheet.at(e.x, e.y)
    sheet.image.paste(tile.convert("RGB"), (round(left), round(top)))


def _chip(sheet: Sheet, e: Element, rng: random.Random) -> None:
    golds = [("#d8b45c", "#8c6a24"), ("#e0c070", "#7a5c20"), ("#cfb070", "#806030")]
    gold, dark = rng.choice(golds)
    h = e.h or e.w * 0.85
    box = (sheet.at(e.x, e.y), sheet.at(e.x + e.w, e.y + h))
    sheet.draw.rounded_rectangle(
        box, sheet.px(1.4), fill=sheet.style.colour(gold), outline=sheet.style.colour(dark)
    )
    for part in (0.33, 0.66):
        sheet.rule(e.x, e.y + h * part, e.x + e.w, e.y + h * part, dark, 0.15)
    sheet.rule(e.x + e.w / 2, e.y, e.x + e.w / 2, e.y + h, dark, 0.15)


def _finger(sheet: Sheet, e: Element, rng: random.Random) -> None:
    sheet.box(e.x, e.y, e.w, e.h, inside="#e9e6e2", outline="#9a9a9a", mm=0.15)
    ink = sheet.style.colour(rng.choice(["#8a6a6a", "#707070", "#a05050"]))
    for i in range(1, 7):  # plain ovals: no print of a finger
        rx, ry = e.w * 0.06 * i, e.h * 0.065 * i
        cx, cy = e.x + e.w / 2, e.y + e.h / 2
        sheet.draw.ellipse((sheet.at(cx - rx, cy - ry), sheet.at(cx + rx, cy + ry)), outline=ink)
    size = e.w * 0.7
    word = sheet.width("MẪU", "title", "b", size)
    sheet.line(
        e.x + (e.w - word) / 2, e.y + e.h * 0.4, "MẪU", size=size, style="b", face="title",
        colour="#404040",
    )  # fmt: skip


def _mrz(sheet: Sheet, e: Element, rng: random.Random) -> None:
    lines = e.text.split("\n")
    pitch = e.w / max(len(line) for line in lines)
    for i, line in enumerate(lines):
        for k, letter in enumerate(line):
            sheet.line(e.x + k * pitch, e.y + i * e.h, letter, size=e.size, face="mono")


def _barcode(sheet: Sheet, e: Element, rng: random.Random) -> None:
    x = e.x
    while x < e.x + e.w:
        bar = rng.choice([0.25, 0.25, 0.5, 0.75])
        sheet.box(x, e.y, min(bar, e.x + e.w - x), e.h, inside="#101010", mm=0)
        x += bar + rng.choice([0.25, 0.25, 0.5])


def _stamp(sheet: Sheet, e: Element, rng: random.Random) -> None:
    at = (e.x + rng.uniform(-3, 3), e.y + rng.uniform(-3, 3))
    marks.stamp(sheet, *at, e.w, e.text, rng, e.size)


def _seal(sheet: Sheet, e: Element, rng: random.Random) -> None:
    at = (e.x + rng.uniform(-3, 3), e.y + rng.uniform(-3, 3))
    marks.seal(sheet, *at, rng, e.w or 34)


def _rule(sheet: Sheet, e: Element, rng: random.Random) -> None:
    sheet.rule(e.x, e.y, e.x + e.w, e.y + e.h, e.colour, 0.25)


def _box(sheet: Sheet, e: Element, rng: random.Random) -> None:
    sheet.box(e.x, e.y, e.w, e.h, outline=e.colour, mm=0.3)


def _photo(sheet: Sheet, e: Element, rng: random.Random) -> None:
    """A picture of nothing: soft blotches of colour."""
    blotches = Image.frombytes("RGB", (5, 4), rng.randbytes(60))
    size = (sheet.px(e.w), sheet.px(e.h))
    picture = blotches.resize(size, Image.Resampling.BICUBIC)
    picture = picture.filter(ImageFilter.GaussianBlur(sheet.px(1)))
    left, top = sheet.at(e.x, e.y)
    sheet.image.paste(picture, (round(left), round(top)))


def _band(sheet: Sheet, e: Element, rng: random.Random) -> None:
    sheet.box(e.x, e.y, e.w, e.h, inside=e.colour, mm=0)


def _signature(sheet: Sheet, e: Element, rng: random.Random) -> None:
    at = (e.x + rng.uniform(-1, 1), e.y + rng.uniform(-1, 1))
    marks.signature(sheet, *at, rng, e.w or 30)


def _stack(sheet: Sheet, e: Element, rng: random.Random) -> None:
    """Stacked bars as of a two-dimensional code, without content."""
    rows = max(3, round(e.h / 1.1))
    columns = max(12, round(e.w / 0.45))
    cells = bytes(rng.choice((20, 235)) for _ in range(rows * columns))
    tile = Image.frombytes("L", (columns, rows), cells)
    tile = tile.resize((sheet.px(e.w), sheet.px(e.h)), Image.Resampling.NEAREST)
    left, top = sheet.at(e.x, e.y)
    sheet.image.paste(tile.convert("RGB"), (round(left), round(top)))


def _plan(sheet: Sheet, e: Element, rng: random.Random) -> None:
    """The outline of a plot with the lengths of its sides, its house, a road and a north arrow."""

    def at(u: float, v: float) -> tuple[float, float]:
        return e.x + u * e.w, e.y + v * e.h

    left, right = rng.uniform(0.24, 0.34), rng.uniform(0.62, 0.72)
    corners = [
        (left + rng.uniform(-0.04, 0.04), rng.uniform(0.14, 0.2)),
        (right + rng.uniform(-0.04, 0.04), rng.uniform(0.14, 0.2)),
        (right + rng.uniform(-0.03, 0.05), rng.uniform(0.7, 0.78)),
        (left + rng.uniform(-0.05, 0.03), rng.uniform(0.7, 0.78)),
    ]
    for n, (one, two) in enumerate(zip(corners, corners[1:] + corners[:1], strict=True)):
        sheet.rule(*at(*one), *at(*two), mm=0.45)
        middle = at((one[0] + two[0]) / 2, (one[1] + two[1]) / 2)
        text = f"{rng.randint(35, 260) / 10:.1f}".replace(".", ",")
        shift = ((-3.0, -5.0), (2.0, -2.0), (-3.0, 1.5), (-11.0, -2.0))[n]
        sheet.line(middle[0] + shift[0], middle[1] + shift[1], text, size=8)
        spot = at(*one)
        sheet.line(spot[0] - 3.5, spot[1] - 4, str(n + 1), size=7.5, style="b")
    inner = [((u - 0.48) * 0.6 + 0.48, (v - 0.45) * 0.55 + 0.42) for u, v in corners]
    for one, two in zip(inner, inner[1:] + inner[:1], strict=True):
        sheet.rule(*at(*one), *at(*two), "#505050", 0.25)
    for v in (0.83, 0.93):
        sheet.rule(*at(0.1, v), *at(0.9, v + rng.uniform(-0.02, 0.02)), mm=0.25)
    sheet.line(*at(0.4, 0.855), e.text or "Đường Mẫu", size=8, style="i")
    tip, foot = at(0.88, 0.08), at(0.88, 0.24)
    sheet.rule(*tip, *foot, mm=0.3)
    for side in (-1.4, 1.4):
        sheet.rule(*tip, tip[0] + side, tip[1] + 3, mm=0.3)
    sheet.line(tip[0] + 1.6, tip[1], "B", size=9, style="b")


_DRAW = {
    "band": _band,
    "signature": _signature,
    "stack": _stack,
    "plan": _plan,
    "text": _text,
    "emblem": _emblem,
    "portrait": _portrait,
    "qr": _qr,
    "chip": _chip,
    "finger": _finger,
    "mrz": _mrz,
    "barcode": _barcode,
    "stamp": _stamp,
    "seal": _seal,
    "rule": _rule,
    "box": _box,
    "photo": _photo,
}
