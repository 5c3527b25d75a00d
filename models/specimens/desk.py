"""What lies under a paper: desks, cloths and kiosk mats, grown from noise by a seed."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from models.specimens.fonts import Split

Pixels = npt.NDArray[np.uint8]
Field = npt.NDArray[np.float32]


def _noise(size: tuple[int, int], cells: tuple[float, float], rng: np.random.Generator) -> Field:
    """Smooth value noise in 0–1 with about this many cells across and down."""
    grid = rng.random((max(2, int(cells[1]) + 1), max(2, int(cells[0]) + 1)), dtype=np.float32)
    return np.clip(cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC), 0, 1)


def _mix(field: Field, dark: tuple[int, int, int], light: tuple[int, int, int]) -> Field:
    low, high = np.asarray(dark, np.float32), np.asarray(light, np.float32)
    return low + field[..., None] * (high - low)


def _wood(size: tuple[int, int], rng: np.random.Generator) -> Field:
    tones = [
        ((70, 42, 24), (128, 84, 50)),
        ((150, 108, 66), (206, 168, 120)),
        ((96, 66, 44), (160, 120, 84)),
    ]
    dark, light = tones[rng.integers(len(tones))]
    warp = _noise(size, (3, 2), rng) * 6
    rows = np.linspace(0, rng.uniform(18, 50), size[1], dtype=np.float32)[:, None]
    grain = 0.5 + 0.5 * np.sin((rows + warp * 3) * 1.7)
    fine = _noise(size, (6, size[1] / 3), rng)
    return _mix(0.45 * grain + 0.55 * fine, dark, light)


def _laminate(size: tuple[int, int], rng: np.random.Generator) -> Field:
    base = rng.uniform(120, 240)
    tint = np.asarray([base + rng.uniform(-10, 10) for _ in range(3)], np.float32)
    specks = _noise(size, (size[0] / 2, size[1] / 2), rng)
    return tint + (specks[..., None] - 0.5) * rng.uniform(10, 50)


def _cloth(size: tuple[int, int], rng: np.random.Generator) -> Field:
    tones = [(40, 60, 110), (110, 30, 40), (40, 90, 60), (60, 60, 64), (150, 140, 120)]
    tone = np.asarray(tones[rng.integers(len(tones))], np.float32)
    x = np.sin(np.arange(size[0], dtype=np.float32) * rng.uniform(0.7, 1.6))
    y = np.sin(np.arange(size[1], dtype=np.float32) * rng.uniform(0.7, 1.6))
    weave = (x[None, :] * y[:, None])[..., None] * 14
    return np.asarray(tone + weave + (_noise(size, (5, 4), rng)[..., None] - 0.5) * 30)


def _plain(size: tuple[int, int], rng: np.random.Generator) -> Field:
    tones = [(28, 28, 30), (225, 223, 218), (90, 92, 96), (60, 66, 80), (200, 190, 170)]
    tone = np.asarray(tones[rng.integers(len(tones))], np.float32)
    return tone + (_noise(size, (4, 3), rng)[..., None] - 0.5) * 14


def mat(size: tuple[int, int], rng: np.random.Generator) -> Field:
    """The kiosk's dark matt bed."""
    tone = np.asarray([34, 36, 40], np.float32) + np.float32(rng.uniform(-8, 8))
    grain = _noise(size, (size[0] / 3, size[1] / 3), rng)
    return tone + (grain[..., None] - 0.5) * 12


def _tiles(size: tuple[int, int], rng: np.random.Generator) -> Field:
    base = _mix(_noise(size, (14, 10), rng), (176, 170, 160), (222, 218, 208))
    step = max(24, size[0] // int(rng.integers(4, 9)))
    base[::step, :] = 120
    base[:, ::step] = 120
    return np.asarray(cv2.GaussianBlur(base, (0, 0), 1.2), np.float32)


def _granite(size: tuple[int, int], rng: np.random.Generator) -> Field:
    specks = 0.6 * _noise(size, (size[0] / 3, size[1] / 3), rng) + 0.4 * _noise(size, (40, 30), rng)
    tones = [((40, 38, 40), (150, 146, 148)), ((120, 100, 92), (214, 196, 186))]
    dark, light = tones[rng.integers(len(tones))]
    return _mix(specks, dark, light)


def _leather(size: tuple[int, int], rng: np.random.Generator) -> Field:
    cells = _noise(size, (size[0] / 9, size[1] / 9), rng)
    ridges = np.abs(cells - 0.5) * 2
    tones = [((40, 24, 18), (104, 62, 44)), ((18, 18, 20), (70, 70, 74))]
    dark, light = tones[rng.integers(len(tones))]
    return _mix(ridges, dark, light)


def _stripes(size: tuple[int, int], rng: np.random.Generator) -> Field:
    x = np.arange(size[0], dtype=np.float32)[None, :]
    y = np.arange(size[1], dtype=np.float32)[:, None]
    band = np.sin((x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1)) / rng.uniform(6, 20)) > 0.3
    return _mix(band.astype(np.float32), (70, 96, 120), (198, 204, 206))


_POOLS: dict[Split, tuple[Callable[[tuple[int, int], np.random.Generator], Field], ...]] = {
    "train": (_wood, _laminate, _cloth, _plain, mat),
    "eval": (_tiles, _granite, _leather, _stripes, mat),
}


def texture(size: tuple[int, int], seed: int, split: Split, *, mat_only: bool = False) -> Pixels:
    """A desk of `size` (width, height) pixels, RGB; the splits share only the kiosk's own mat."""
    rng = np.random.default_rng(seed)
    pool = _POOLS[split]
    grow = mat if mat_only else pool[int(rng.integers(len(pool)))]
    return np.clip(grow(size, rng), 0, 255).astype(np.uint8)
