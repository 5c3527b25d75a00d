"""Machine-readable zones of fictional people on pages, and how many are read exactly.

Nothing here is shared with the training: the letters are OCR-B with square ends (`OCRBS.otf`, or
any face named), the grounds are those of the specimens' evaluation forms and plain gradients, the
camera is the one of the specimens.  Levels: 0 clean; 1 blur 1.2 px, noise 5, shade 15 %; 2 blur
2 px, noise 9, shade 30 %, 1 % warp; 3 blur 2.8 px, noise 13, shade 45 %, 2 % warp; at 300 dpi.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from daemon.documents import mrz
from daemon.documents.mrz_glyphs import Glyphs
from daemon.documents.mrz_layout import layout_of
from models.specimens import fonts, people
from models.specimens.numbers import td3
from models.specimens.people import day, person

Pixels = npt.NDArray[np.uint8]

SHARP = str(fonts.OCR_B / "OCRBS.otf")
SIZES = {"TD1": (85.6, 53.98), "TD3": (125.0, 88.0)}
_LEVELS = ((0.0, 0.0, 0.0, 0.0), (1.2, 5, 0.15, 0.0), (2.0, 9, 0.3, 0.01), (2.8, 13, 0.45, 0.02))
_DPI = 300


def lines(rng: random.Random, form: str) -> str:
    """The zone of a fictional person."""
    who = person(rng, "eval")
    until = day(rng, 2101, 2120)
    if form == "TD1":
        return people.mrz(who, until)
    return td3(who, f"{rng.choice('BCKNP')}{rng.randrange(10**7):07d}", until)


def page(seed: int, form: str, level: int, face: str = SHARP) -> tuple[Pixels, str]:
    """A flat page at 300 dpi with a zone, and its lines."""
    rng = random.Random(f"zone/{seed}/{form}")
    text = lines(rng, form)
    scale = 2
    size = tuple(round(mm / 25.4 * _DPI * scale) for mm in SIZES[form])
    sheet = Image.fromarray(_ground(size, rng))
    draw = ImageDraw.Draw(sheet)
    dot = _DPI * scale / 25.4
    rows = text.split("\n")
    pitch, step = 2.54 * rng.uniform(0.99, 1.02), rng.uniform(4.0, 4.8) if form == "TD1" else 6.35
    points = rng.uniform(9.4, 10.4)
    font = fonts.load(face, round(points * _DPI * scale / 72))
    left = (SIZES[form][0] - pitch * len(rows[0])) / 2
    top = SIZES[form][1] - step * len(rows) - rng.uniform(2, 5)
    ink = tuple(rng.randint(5, 60) for _ in range(3))
    for r, row in enumerate(rows):
        for k, letter in enumerate(row):
            at = (left + pitch * (k + 0.5)) * dot, (top + step * (r + 0.5)) * dot
            draw.text(at, letter, ink, font, "mm", stroke_width=seed % 3 // 2)
    small = sheet.resize((size[0] // scale, size[1] // scale), Image.Resampling.BOX)
    return _seen(np.asarray(small, np.float32), level, seed), text


def _ground(size: tuple[int, ...], rng: random.Random) -> Pixels:
    """A tint with chords of circles across it, and some words above the zone."""
    tint = np.array([rng.randint(200, 248) for _ in range(3)], np.uint8)
    picture = np.broadcast_to(tint, (size[1], size[0], 3)).copy()
    for _ in range(rng.randint(2, 5)):
        middle = rng.randint(0, size[0]), rng.randint(0, size[1])
        colour = [int(c) - rng.randint(0, 60) for c in tint]
        for radius in range(20, size[0], rng.randint(14, 50)):
            cv2.circle(picture, middle, radius, colour, rng.randint(1, 3), cv2.LINE_AA)
    for n in range(5):
        words = "".join(rng.choice("ABCDEGHIKLMNOPQRSTUVXY abcdeghiklmn") for _ in range(40))
        at = round(size[0] * 0.35), round(size[1] * (0.1 + 0.09 * n))
        cv2.putText(picture, words, at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (40, 40, 50), 2)
    return picture


def _seen(picture: npt.NDArray[np.float32], level: int, seed: int) -> Pixels:
    sigma, noise, shade, warp = _LEVELS[level]
    rng = np.random.default_rng([seed, level])
    height, width = picture.shape[:2]
    if warp:
        square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        moved = square + rng.uniform(-1, 1, (4, 2)).astype(np.float32) * warp * width
        matrix = cv2.getPerspectiveTransform(square, moved.astype(np.float32))
        picture = np.asarray(
            cv2.warpPerspective(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE),
            np.float32,
        )
    far = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    picture = picture * (1 - np.float32(shade) * (far if rng.random() < 0.5 else 1 - far))
    if sigma:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    picture = picture + rng.standard_normal((height, width, 1), dtype=np.float32) * noise
    return np.clip(picture, 0, 255).astype(np.uint8)


class Figures(msgspec.Struct, frozen=True):
    """Of one format, level and face."""

    form: str
    level: int
    face: str
    exact: int
    of: int
    repaired: int
    wrong: int
    """Accepted though a letter is wrong (no check digit covers names, sex and states)."""
    wrong_checked: int
    """Accepted though a letter that a check digit covers is wrong."""
    milliseconds: float


def measure(glyphs: Glyphs, form: str, level: int, count: int, face: str = SHARP) -> Figures:
    """How many of `count` zones are read exactly."""
    exact = repaired = wrong = wrong_checked = 0
    spent = 0.0
    for seed in range(count):
        made, text = page(seed, form, level, face)
        start = time.process_time()
        zone = mrz.read(made, glyphs)
        spent += time.process_time() - start
        if zone is None:
            continue
        exact += zone.code.text == text
        repaired += zone.repaired
        wrong += zone.code.text != text
        layout = layout_of(zone.mrz.lines)
        true = text.split("\n")
        if layout is not None and zone.code.text != text:
            wrong_checked += any(zone.mrz.lines[r][c] != true[r][c] for r, c in layout.checked())
    name = Path(face).stem
    return Figures(
        form, level, name, exact, count, repaired, wrong, wrong_checked,
        round(spent / count * 1000, 1),
    )  # fmt: skip
