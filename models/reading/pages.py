"""Pages of print whose text is known, and what a camera makes of them.

The levels: 0 as drawn; 1 = blur 1.2 px, noise 5, shade 15 %; 2 (a typical photograph of the kiosk)
= blur 2 px, noise 9, shade 30 %, 1 % warp; 3 = blur 2.8 px, noise 13, shade 45 %, 2 % warp.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Pixels = npt.NDArray[np.uint8]

FOLDER = Path("/usr/share/fonts/truetype/noto")
FACES = ("NotoSerif-Regular.ttf", "NotoSans-Regular.ttf", "NotoSerif-Italic.ttf")
DPI = 300
A4 = (2480, 3508)
MARGIN = 236
"""Pixels: 20 mm, as Decree 30/2020/NĐ-CP wants of a left margin at the least."""

LEVELS = {0: (0.0, 0.0, 0.0, 0.0), 1: (1.2, 5, 0.15, 0.0), 2: (2.0, 9, 0.3, 0.01)}
LEVELS[3] = (2.8, 13, 0.45, 0.02)
"""Blur in pixels, noise of 255, share of light lost in the shade, warp as a share of the page."""


class Printed(NamedTuple):
    """A page and what stands on it."""

    pixels: Pixels
    text: str
    """Line by line, NFC."""


def missing() -> str:
    """Which font is not installed, or empty."""
    return next((name for name in FACES if not (FOLDER / name).is_file()), "")


@lru_cache(maxsize=1)
def passages() -> tuple[str, ...]:
    """Paragraphs as offices write them, invented, NFC."""
    text = (Path(__file__).parent / "passages.txt").read_text(encoding="utf-8")
    return tuple(unicodedata.normalize("NFC", line) for line in text.splitlines() if line.strip())


def page(seed: int, points: float = 13.0, stamp: bool = False) -> Printed:
    """An A4 page of paragraphs; each seed has its own order, words a line and face."""
    rng = np.random.default_rng(seed)
    face = FACES[seed % len(FACES)]
    font = ImageFont.truetype(str(FOLDER / face), points / 72 * DPI)
    pitch = round(points / 72 * DPI * 1.45)
    image = Image.new("RGB", A4, (250, 249, 245))
    pen = ImageDraw.Draw(image)
    lines: list[str] = []
    y = MARGIN
    for at in rng.permutation(len(passages())):
        for line in _broken(passages()[at], font, A4[0] - 2 * MARGIN):
            if y + pitch > A4[1] - MARGIN:
                break
            pen.text((MARGIN, y), line, fill=(28, 28, 32), font=font)
            lines.append(line)
            y += pitch
    pixels = np.asarray(image, np.uint8)
    if stamp:
        pixels = _stamped(pixels, rng)
    return Printed(pixels, "\n".join(lines))


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}".strip()
        if font.getlength(longer) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line]


def _stamped(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A round red stamp of 36 mm and a framed one over the lines, in ink that shows print.

    They are rings and words MẪU: no seal of anyone.
    """
    ink = np.full((A4[1], A4[0]), 255, np.uint8)
    image = Image.fromarray(ink)
    pen = ImageDraw.Draw(image)
    mm = DPI / 25.4
    font = ImageFont.truetype(str(FOLDER / "NotoSans-Bold.ttf"), round(6 * mm))
    x, y = (float(rng.uniform(0.3, 0.6) * side) for side in A4)
    for radius, wide in ((18.0, 0.9), (16.2, 0.35), (10.5, 0.35)):
        reach = radius * mm
        pen.ellipse((x - reach, y - reach, x + reach, y + reach), outline=0, width=round(wide * mm))
    pen.text((x, y), "MẪU", fill=0, font=font, anchor="mm")
    x, y = A4[0] * 0.3, A4[1] * float(rng.uniform(0.12, 0.25))
    pen.rectangle((x, y, x + 48 * mm, y + 15 * mm), outline=0, width=round(0.8 * mm))
    pen.text((x + 24 * mm, y + 7.5 * mm), "BẢN MẪU", fill=0, font=font, anchor="mm")
    cover = (255 - np.asarray(image, np.float32))[:, :, None] / 255
    # Ink multiplies: black print below stays black.
    tint = np.array((205, 45, 60), np.float32) / 255
    return np.asarray(pixels * (1 - cover * (1 - tint)), np.uint8)


def spoilt(pixels: Pixels, level: int, seed: int) -> Pixels:
    """The page as a camera of this level gives it after rectification."""
    blur, noise, shade, warp = LEVELS[level]
    rng = np.random.default_rng(seed + 1000 * level)
    height, width = pixels.shape[:2]
    out: cv2.typing.MatLike = pixels
    if warp:
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        moved = corners + rng.uniform(-warp, warp, (4, 2)).astype(np.float32) * width
        out = cv2.warpPerspective(
            out,
            cv2.getPerspectiveTransform(corners, moved),
            (width, height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    if blur:
        out = cv2.GaussianBlur(out, (0, 0), blur)
    if not (shade or noise):
        return np.asarray(out, np.uint8)
    angle = float(rng.uniform(0, 2 * np.pi))
    across = np.linspace(-0.5, 0.5, width, dtype=np.float32) * np.float32(np.cos(angle))
    down = np.linspace(-0.5, 0.5, height, dtype=np.float32) * np.float32(np.sin(angle))
    light = 1 - shade * np.clip(across[None, :] + down[:, None] + 0.5, 0, 1)
    grain = np.asarray(rng.standard_normal(out.shape, np.float32)) * np.float32(noise)
    return np.asarray(np.clip(out * light[:, :, None] + grain, 0, 255), np.uint8)
