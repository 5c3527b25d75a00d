"""Drawn machine-readable zones with the place of every letter: what the network learns from.

Random letters in one pitch on patterned grounds, printed thin or fat, seen askew, bent, blurred,
shaded and noisy; nothing of a person.  The same generator gives the same zones.
"""

from __future__ import annotations

import functools
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from daemon.documents.mrz_layout import GLYPHS
from models.specimens import fonts

Field = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Places = npt.NDArray[np.float64]

LARGE = 56
"""Height of a letter as it is drawn, before the camera sees it."""

ROWS, COLUMNS = 2, 15

_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
FACES: tuple[tuple[str, float], ...] = (
    (str(fonts.OCR_B / "OCRB.otf"), 0.84),
    (str(_DEJAVU / "DejaVuSansMono.ttf"), 0.1),
    (str(_DEJAVU / "DejaVuSansMono-Bold.ttf"), 0.06),
)
"""Faces and how often each; `OCRBS.otf`, whose strokes end square, is kept for measuring."""


class Zone(msgspec.Struct, frozen=True):
    """A photographed piece of a zone."""

    picture: Pixels
    """Height × width × 3."""
    centres: Places
    """rows × columns × 2: the middles of the letters in pixels of the picture."""
    height: float
    """Of a letter, in pixels."""
    letters: npt.NDArray[np.int64]
    """Row after row, as places in GLYPHS."""


@functools.lru_cache(maxsize=256)
def letter(face: str, character: str) -> Field:
    """A letter, 0 to 1, in the middle of a square of twice its height."""
    font = fonts.load(face, round(LARGE / 0.725))
    _, top, _, bottom = font.getbbox("H")
    mask = Image.new("L", (2 * LARGE, 2 * LARGE))
    at = LARGE - font.getlength("H") / 2, LARGE - (top + bottom) / 2
    ImageDraw.Draw(mask).text(at, character, 255, font)
    return np.asarray(np.asarray(mask, np.float32) / 255, np.float32)


def zone(rng: np.random.Generator, faces: tuple[tuple[str, float], ...] = FACES) -> Zone:
    """One zone of `ROWS` × `COLUMNS` random letters."""
    chance = np.array([share for _, share in faces])
    face = faces[rng.choice(len(faces), p=chance / chance.sum())][0]
    letters = rng.integers(len(GLYPHS), size=(ROWS, COLUMNS))
    letters[rng.random(letters.shape) < 0.1] = GLYPHS.index("<")
    pitch, step = LARGE * rng.uniform(0.93, 1.2), LARGE * rng.uniform(1.5, 2.6)
    size = round(pitch * COLUMNS + 3 * LARGE), round(step * (ROWS - 1) + 4 * LARGE)
    places = np.stack(
        np.meshgrid(
            1.5 * LARGE + pitch * (np.arange(COLUMNS) + 0.5),
            2 * LARGE + step * np.arange(ROWS),
        ),
        axis=2,
    )
    ink = np.zeros((size[1], size[0]), np.float32)
    for which, (x, y) in zip(letters.ravel(), places.reshape(-1, 2), strict=True):
        left, top = round(x) - LARGE, round(y) - LARGE
        part = ink[top : top + 2 * LARGE, left : left + 2 * LARGE]
        np.maximum(part, letter(face, GLYPHS[which]), out=part)
    ink = _printed(ink, rng)
    picture = ground(size, rng)
    colour = rng.uniform(5, 75) + rng.uniform(-12, 12, 3)
    ink = ink[..., None] * np.float32(rng.uniform(0.8, 1))
    picture = picture * (1 - ink) + colour.astype(np.float32) * ink
    if rng.random() < 0.25:
        picture = _overprint(picture, rng)
    return _photographed(picture, places.astype(np.float64), letters.ravel(), rng)


def _printed(ink: Field, rng: np.random.Generator) -> Field:
    """Ink that spread or failed to, with a rim that is not quite even."""
    soft = cv2.GaussianBlur(ink, (0, 0), LARGE / 26)
    fat = rng.uniform(-0.9, 1)
    rough = _smooth(ink.shape, rng, 0.2) * 0.2
    level = 0.5 - 0.26 * fat + rough
    return np.asarray(np.clip((soft - level) * 7 + 0.5, 0, 1), np.float32)


def _smooth(shape: tuple[int, ...], rng: np.random.Generator, cells: float) -> Field:
    """Noise of -0.5 to 0.5 with so many cells a letter's height."""
    rows = max(3, int(shape[0] / LARGE * cells) + 2), max(3, int(shape[1] / LARGE * cells) + 2)
    grid = rng.random(rows, dtype=np.float32) - 0.5
    return np.asarray(
        cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32
    )


def ground(size: tuple[int, int], rng: np.random.Generator) -> Field:
    """A tinted, patterned paper: waves, rings, blends, the rainbow of a hologram."""
    width, height = size
    tint = rng.uniform(165, 250) + rng.uniform(-22, 22, 3)
    paper = np.broadcast_to(tint.astype(np.float32), (height, width, 3)).copy()
    x = np.arange(width, dtype=np.float32)[None, :] / LARGE
    y = np.arange(height, dtype=np.float32)[:, None] / LARGE
    for _ in range(rng.integers(0, 4)):
        kind = rng.random()
        colour = rng.uniform(-70, 25, 3).astype(np.float32)
        if kind < 0.45:  # wavy lines
            bend = np.sin(x * rng.uniform(0.3, 3) + rng.uniform(0, 6)) * rng.uniform(0.2, 1.5)
            wave = np.sin((y * rng.uniform(0.3, 1) + x * rng.uniform(-1, 1) + bend)
                          * rng.uniform(4, 18))  # fmt: skip
            shape = np.clip((wave - rng.uniform(0.3, 0.9)) * 5, 0, 1)
        elif kind < 0.65:  # rings of a rosette
            cx, cy = rng.uniform(0, width / LARGE), rng.uniform(0, height / LARGE)
            far = np.hypot(x - cx, y - cy)
            turn = np.arctan2(y - cy, x - cx)
            wave = np.sin(far * rng.uniform(4, 16) + np.sin(turn * rng.integers(4, 14)) * 2)
            shape = np.clip((wave - 0.5) * 5, 0, 1)
        elif kind < 0.85:  # a blend
            shape = np.asarray(_smooth((height, width), rng, 0.15) + 0.5, np.float64)
        else:  # hologram: the hues of a slow wave
            phase = x * rng.uniform(0.1, 1) + y * rng.uniform(0.1, 1)
            hue = np.stack([np.sin(phase + 2.1 * n + rng.uniform(0, 1)) for n in range(3)], axis=2)
            spot = np.clip(_smooth((height, width), rng, 0.2) * 3, 0, 1)[..., None]
            paper += hue.astype(np.float32) * spot * np.float32(rng.uniform(10, 50))
            continue
        paper += shape[..., None].astype(np.float32) * colour
    return np.asarray(np.clip(paper, 90, 255), np.float32)


def _overprint(picture: Field, rng: np.random.Generator) -> Field:
    """A stamp's or watermark's pale bar across the letters, a scratch, a speck of dirt."""
    height, width = picture.shape[:2]
    layer = picture.copy()
    for _ in range(rng.integers(1, 4)):
        start = rng.uniform(0, width), rng.uniform(0, height)
        end = start[0] + rng.normal() * 4 * LARGE, start[1] + rng.normal() * 3 * LARGE
        thick = int(rng.choice([2, 4, 10, 26, 40]))
        colour = [float(c) for c in rng.uniform(30, 255, 3)]
        cv2.line(layer, _pixel(start), _pixel(end), colour, thick, cv2.LINE_AA)
    share = np.float32(rng.uniform(0.1, 0.45))
    return np.asarray(picture * (1 - share) + layer * share, np.float32)


def _pixel(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0]), round(point[1])


def _photographed(
    picture: Field, places: Places, letters: npt.NDArray[np.int64], rng: np.random.Generator
) -> Zone:
    scale = rng.uniform(9, 32) / LARGE
    height, width = picture.shape[:2]
    size = round(width * scale), round(height * scale)
    angle, shear = np.radians(rng.uniform(-2.5, 2.5)), rng.uniform(-0.06, 0.06)
    turn = np.array([[np.cos(angle), -np.sin(angle) + shear], [np.sin(angle), np.cos(angle)]])
    stretch = np.array([scale, scale * rng.uniform(0.95, 1.05)])
    middle = np.array([width / 2, height / 2])
    bow = rng.uniform(-0.25, 0.25) * LARGE

    def seen(points: Places) -> Places:
        curl = bow * np.sin((points[..., 0] / width) * np.pi)
        bent = points + np.stack([np.zeros_like(curl), curl], axis=-1)
        turned = (bent - middle) @ turn.T * stretch + np.array(size) / 2
        return np.asarray(turned, np.float64)

    grid = np.stack(np.meshgrid(np.arange(size[0]), np.arange(size[1])), axis=2)
    back = (grid - np.array(size) / 2) / stretch @ np.linalg.inv(turn).T + middle
    back[..., 1] -= bow * np.sin(back[..., 0] / width * np.pi)
    soft = cv2.GaussianBlur(picture, (0, 0), max(0.3, 0.45 / scale))
    laid = cv2.remap(
        soft, back[..., 0].astype(np.float32), back[..., 1].astype(np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    small = _sensed(np.asarray(laid, np.float32), LARGE * scale, rng)
    grow = rng.uniform(1, 2.2)
    final = cv2.resize(small, None, fx=grow, fy=grow, interpolation=cv2.INTER_LINEAR)
    grow_x, grow_y = final.shape[1] / small.shape[1], final.shape[0] / small.shape[0]
    centres = (seen(places) + 0.5) * (grow_x, grow_y) - 0.5
    return Zone(np.asarray(final, np.uint8), centres, LARGE * stretch[1] * grow_y, letters)


def _sensed(picture: Field, letter: float, rng: np.random.Generator) -> Pixels:
    """Light, blur, noise and JPEG; `letter`: its height in pixels."""
    height, width = picture.shape[:2]
    far = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * rng.uniform(-1, 1) + np.linspace(
        -1, 1, height, dtype=np.float32
    )[:, None] * rng.uniform(-1, 1)
    light = rng.uniform(0.55, 1.05) * (1 - rng.uniform(0, 0.4) * np.clip(far, -0.3, 1))
    if rng.random() < 0.1:  # a spot of glare
        cx, cy = rng.uniform(0, width), rng.uniform(0, height)
        reach = letter * rng.uniform(0.5, 2.5)
        y, x = np.mgrid[:height, :width].astype(np.float32)
        spot = np.exp(-(((x - cx) / reach) ** 2) - ((y - cy) / reach) ** 2)
        picture = picture + spot[..., None].astype(np.float32) * np.float32(rng.uniform(30, 130))
    picture = picture * light[..., None].astype(np.float32)
    picture *= (1 + rng.uniform(-0.08, 0.08, 3)).astype(np.float32)
    sigma = letter * rng.uniform(0.0, 0.125)
    if rng.random() < 0.12:  # moved
        length = max(2, round(letter * rng.uniform(0.05, 0.22)))
        kernel = np.zeros((length, length), np.float32)
        if rng.random() < 0.5:
            kernel[length // 2] = 1 / length
        else:
            kernel[:, length // 2] = 1 / length
        picture = np.asarray(cv2.filter2D(picture, -1, kernel), np.float32)
        sigma *= 0.6
    if sigma > 0.2:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32)
    noise = rng.uniform(0, 13)
    picture = picture + rng.standard_normal((height, width, 1), dtype=np.float32) * noise
    coarse = rng.standard_normal((height // 2 + 1, width // 2 + 1, 3), dtype=np.float32)
    picture = picture + cv2.resize(coarse, (width, height)) * noise * 0.5
    bytes_ = np.clip(picture, 0, 255).astype(np.uint8)
    quality = int(rng.integers(60, 96))
    _, held = cv2.imencode(".jpg", bytes_[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(held, cv2.IMREAD_COLOR), np.uint8)[..., ::-1]
