"""Paper grounds: tints, wavy patterns and frames, drawn here and like no real security print."""

from __future__ import annotations

import math
import random

from models.specimens.forms import Ground
from models.specimens.sheet import Sheet


def paint(sheet: Sheet, ground: Ground, rng: random.Random) -> None:
    """Pattern and frame of a side (its tint is the sheet's own)."""
    pattern = rng.choice(ground.patterns)
    colour = rng.choice(ground.pattern_colours)
    if pattern == "waves":
        _waves(sheet, colour, rng)
    elif pattern == "rosette":
        _rosette(sheet, colour, rng)
    elif pattern == "blend":
        _blend(sheet, [rng.choice(ground.pattern_colours) for _ in range(3)])
        _waves(sheet, rng.choice(ground.pattern_colours), rng)
    elif pattern == "sunrise":
        edge, middle = ground.pattern_colours[:2]
        _blend(sheet, [edge, middle, edge])
        _waves(sheet, rng.choice(ground.pattern_colours), rng)
    elif pattern == "rings":
        _rings(sheet, colour)
    frame = rng.choice(ground.frames)
    if frame != "none":
        _frame(sheet, frame, rng.choice(ground.frame_colours), rng)


def _waves(sheet: Sheet, colour: str, rng: random.Random) -> None:
    width, height = sheet.size_mm
    pitch = rng.uniform(1.6, 3.2) * (0.5 if width < 100 else 1)
    swing, length = rng.uniform(1, 4), rng.uniform(15, 60)
    lean = rng.uniform(-0.3, 0.3)
    y = -swing * 2 - abs(lean) * width
    while y < height + swing * 2 + abs(lean) * width:
        points = []
        for i in range(41):
            x = width * i / 40
            wave = swing * math.sin(x / length * 6.28 + y * 0.15)
            points.append(sheet.at(x, y + wave + lean * x))
        sheet.draw.line(points, sheet.style.colour(colour), max(1, sheet.px(0.15)))
        y += pitch


def _rosette(sheet: Sheet, colour: str, rng: random.Random) -> None:
    width, height = sheet.size_mm
    cx, cy, reach = width / 2, height * rng.uniform(0.42, 0.58), min(width, height) * 0.42
    petals = rng.choice([7, 9, 12, 16])
    for ring in range(9):
        base = reach * (0.25 + 0.08 * ring)
        points = []
        for i in range(241):
            angle = 6.2832 * i / 240
            radius = base + reach * 0.12 * math.sin(petals * angle + ring)
            points.append(sheet.at(cx + radius * math.cos(angle), cy + radius * math.sin(angle)))
        sheet.draw.line(points, sheet.style.colour(colour), max(1, sheet.px(0.18)))


def _rings(sheet: Sheet, colour: str) -> None:
    """Rings around a many-pointed star: a drum as a child would draw it."""
    width, height = sheet.size_mm
    cx, cy, reach = width / 2, height / 2, min(width, height) * 0.4
    ink, pen = sheet.style.colour(colour), max(1, sheet.px(0.25))
    for share in (0.3, 0.34, 0.5, 0.54, 0.72, 0.76, 0.94, 1.0):
        r = reach * share
        sheet.draw.ellipse((sheet.at(cx - r, cy - r), sheet.at(cx + r, cy + r)), None, ink, pen)
    star, teeth = [], []
    for i in range(28):
        angle, far = math.pi * i / 14, reach * (0.27 if i % 2 else 0.08)
        star.append(sheet.at(cx + far * math.cos(angle), cy + far * math.sin(angle)))
    for i in range(145):
        angle, far = math.pi * i / 72, reach * (0.8 if i % 2 else 0.9)
        teeth.append(sheet.at(cx + far * math.cos(angle), cy + far * math.sin(angle)))
    sheet.draw.polygon(star, None, ink)
    sheet.draw.line(teeth, ink, pen)


def _blend(sheet: Sheet, colours: list[str]) -> None:
    stops = [sheet.style.colour(c) for c in colours]
    width, height = sheet.image.size
    for x in range(width):
        t = x / width * (len(stops) - 1)
        i = min(int(t), len(stops) - 2)
        f = t - i
        mix = tuple(round(a * (1 - f) + b * f) for a, b in zip(stops[i], stops[i + 1], strict=True))
        sheet.draw.line((x, 0, x, height), mix)


def _frame(sheet: Sheet, frame: str, colour: str, rng: random.Random) -> None:
    width, height = sheet.size_mm
    edge = rng.uniform(7, 13) if width > 120 else rng.uniform(2, 4)
    if frame == "line":
        sheet.box(edge, edge, width - 2 * edge, height - 2 * edge, outline=colour, mm=0.5)
        return
    band = rng.uniform(4, 9)
    for inset, mm in ((0.0, 0.7), (band, 0.4), (band + 1.2, 0.2)):
        e = edge + inset
        sheet.box(e, e, width - 2 * e, height - 2 * e, outline=colour, mm=mm)
    if frame == "double":
        return
    step = band * rng.uniform(0.7, 1.1)
    across, down = width - 2 * edge - band, height - 2 * edge - band
    spots = []
    for length, horizontal in ((across, True), (down, False)):
        count = max(2, round(length / step))
        for i in range(count + 1):
            along = edge + band / 2 + length * i / count
            for far in (edge + band / 2, (height if horizontal else width) - edge - band / 2):
                spots.append((along, far) if horizontal else (far, along))
    ornament = rng.choice(["ring", "lozenge", "petal"])
    ink = sheet.style.colour(colour)
    r = band * 0.36
    for x, y in spots:
        if ornament == "lozenge":
            corners = [(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
            sheet.draw.polygon([sheet.at(*c) for c in corners], outline=ink, fill=None)
        else:
            sheet.draw.ellipse((sheet.at(x - r, y - r), sheet.at(x + r, y + r)), outline=ink)
            if ornament == "petal":
                q = r * 0.5
                sheet.draw.ellipse((sheet.at(x - q, y - q), sheet.at(x + q, y + q)), fill=ink)
