"""QR codes of fictional cards, small, askew and blurred, and how many of them are read.

A code of 20 mm on a card-sized page; turned by up to ±20°, its corners moved by up to 3 % of its
side, shaded, blurred by `sigma` pixels, noisy.
"""

from __future__ import annotations

import random
import time

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import segno

from daemon.documents import codes
from models.specimens import people
from models.specimens.people import day, person

Pixels = npt.NDArray[np.uint8]

SIDE_MM = 20.0
PAGE_MM = (85.6, 53.98)


class Drawn(msgspec.Struct, frozen=True):
    """A page with one code, and what it says."""

    page: Pixels
    text: str
    modules: int


def payload(rng: random.Random, new: bool) -> str:
    """What the card of a fictional person says: the card of 2024 (`new`) or that of 2021."""
    text = people.qr(person(rng, "eval"), day(rng, 2021, 2026))
    return text + "||||" if new else text


def drawn(seed: int, dpi: int, sigma: float, new: bool, noise: float = 6.0) -> Drawn:
    """The page of this seed."""
    rng = random.Random(f"qr/{seed}/{new}")
    text = payload(rng, new)
    # The cards' codes have 49 modules or more.
    version = max(8, segno.make_qr(text, error="m", boost_error=False).version)
    code = segno.make_qr(text, error="m", version=version, boost_error=False)
    cells = np.array([[0 if cell else 1 for cell in row] for row in code.matrix], np.uint8)
    cells = np.pad(cells, 4, constant_values=1)
    large = cv2.resize(cells * 255, None, fx=12, fy=12, interpolation=cv2.INTER_NEAREST)
    scale = 2  # drawn larger than it is seen, so that no edge is a staircase
    size = tuple(round(mm / 25.4 * dpi * scale) for mm in PAGE_MM)
    modules = len(cells) - 8
    side = SIDE_MM / 25.4 * dpi * scale * len(cells) / modules
    page = _ground(size, rng)
    middle = np.array([size[0] * rng.uniform(0.35, 0.65), size[1] / 2])
    angle = np.radians(rng.uniform(-20, 20))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * side / 2
    jitter = np.array([[rng.uniform(-1, 1) for _ in range(2)] for _ in range(4)]) * 0.03 * side
    target = (square + jitter) @ turn.T + middle
    edge = float(len(large))
    source = np.array([[0, 0], [edge, 0], [edge, edge], [0, edge]], np.float32)
    warp = cv2.getPerspectiveTransform(source, target.astype(np.float32))
    soft = cv2.GaussianBlur(large, (0, 0), 2.0)
    laid = cv2.warpPerspective(soft, warp, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full_like(large, 255), warp, size)
    page = np.where(mask[..., None] > 127, (laid * 0.88 + 22)[..., None], page)
    small = cv2.resize(
        page.astype(np.float32), (size[0] // scale, size[1] // scale), interpolation=cv2.INTER_AREA
    )
    return Drawn(_seen(np.asarray(small, np.float32), sigma, noise, seed), text, modules)


def _ground(size: tuple[int, ...], rng: random.Random) -> npt.NDArray[np.float32]:
    """A tinted card with words on it."""
    tint = np.array([rng.uniform(200, 250) for _ in range(3)], np.uint8)
    page = np.broadcast_to(tint, (size[1], size[0], 3)).copy()
    for n in range(7):
        words = "".join(rng.choice("ABCDEGHIKLMNOPQRSTUVXY abcdeghiklmn") for _ in range(60))
        at = round(size[0] * 0.03), round(size[1] * (0.1 + 0.13 * n))
        high = size[1] / 1900
        cv2.putText(page, words, at, cv2.FONT_HERSHEY_SIMPLEX, high, (40, 40, 50), 3, cv2.LINE_AA)
    return np.asarray(page, np.float32)


def _seen(page: npt.NDArray[np.float32], sigma: float, noise: float, seed: int) -> Pixels:
    rng = np.random.default_rng(seed)
    height, width = page.shape[:2]
    far = np.linspace(0, 1, width, dtype=np.float32)[None, :, None]
    page = page * (1 - np.float32(rng.uniform(0.1, 0.3)) * far)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.float32)
    page = page + rng.standard_normal((height, width, 1), dtype=np.float32) * noise
    return np.clip(page, 0, 255).astype(np.uint8)


class Figures(msgspec.Struct, frozen=True):
    """Of one dpi, blur and kind of card."""

    dpi: int
    sigma: float
    card: str
    read: int
    of: int
    wrong: int
    milliseconds: float


def measure(dpi: int, sigma: float, new: bool, count: int) -> Figures:
    """How many of `count` codes are read, and how many wrongly (as another text)."""
    read = wrong = 0
    spent = 0.0
    for seed in range(count):
        made = drawn(seed, dpi, sigma, new)
        start = time.process_time()
        found = codes.find(made.page, dpi)
        spent += time.process_time() - start
        texts = [code.text for code in found]
        read += made.text in texts
        wrong += any(text != made.text for text in texts)
    return Figures(
        dpi, sigma, "2024" if new else "2021", read, count, wrong, round(spent / count * 1000, 1)
    )
