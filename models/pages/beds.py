"""What a paper may lie on, light included: arrays of float32, height × width × 3, 0 to 255."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
Shape = tuple[int, int]
"""Height, width."""


def spectrum(shape: Shape, power: float, rng: np.random.Generator) -> Picture:
    """Noise whose amplitude falls with frequency^power; zero mean, unit deviation, h × w."""
    small = (min(512, shape[0]), min(512, shape[1]))
    fy = np.fft.fftfreq(small[0])[:, None]
    fx = np.fft.rfftfreq(small[1])[None, :]
    radius = np.maximum(np.hypot(fy, fx), 1 / max(small))
    phase = rng.standard_normal(radius.shape) + 1j * rng.standard_normal(radius.shape)
    field = np.fft.irfft2(phase / radius**power, s=small)
    field = (field - field.mean()) / (field.std() + 1e-9)
    size = (shape[1], shape[0])
    return np.asarray(cv2.resize(field.astype(np.float32), size, interpolation=cv2.INTER_CUBIC))


def _tinted(field: Picture, tone: npt.ArrayLike, contrast: float) -> Picture:
    return np.asarray(np.asarray(tone, np.float32) + field[..., None] * np.float32(contrast))


def dark(shape: Shape, rng: np.random.Generator) -> Picture:
    """A dark desk or mat."""
    tone = rng.uniform(14, 60) + rng.uniform(-8, 8, 3)
    return _tinted(spectrum(shape, 0.4, rng), tone, rng.uniform(1, 5))


def grey(shape: Shape, rng: np.random.Generator) -> Picture:
    """A grey desk."""
    tone = rng.uniform(70, 170) + rng.uniform(-12, 12, 3)
    return _tinted(spectrum(shape, 0.8, rng), tone, rng.uniform(1, 6))


def white(shape: Shape, rng: np.random.Generator) -> Picture:
    """A white desk: papers differ from it by a few steps and by their shadow."""
    tone = rng.uniform(205, 238) + rng.uniform(-7, 7, 3)
    return _tinted(spectrum(shape, 1.0, rng), tone, rng.uniform(0.5, 3))


def planks(shape: Shape, rng: np.random.Generator) -> Picture:
    """Boards with grain along them and joints between them."""
    h, w = shape
    tone = np.asarray([(168, 122, 78), (104, 72, 48), (206, 170, 124), (78, 60, 50)])[
        rng.integers(4)
    ]
    thin = spectrum((h, max(8, w // 40)), 0.7, rng)
    grain = cv2.resize(thin, (w, h), interpolation=cv2.INTER_LINEAR)
    picture = _tinted(np.asarray(grain), tone, rng.uniform(5, 14))
    step = int(h / rng.uniform(2, 7))
    for row in range(0, h, step):
        picture[row : row + step] *= rng.uniform(0.86, 1.1)
        picture[row : row + max(2, h // 400)] *= 0.55
    return picture if rng.random() < 0.5 else _sideways(picture, shape)


def checked(shape: Shape, rng: np.random.Generator) -> Picture:
    """A table cloth with crossing bands."""
    h, w = shape
    period, angle = w / rng.uniform(6, 22), rng.uniform(-0.6, 0.6)
    y, x = np.mgrid[:h, :w].astype(np.float32)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    bands = ((u % period) < period / 2).astype(np.float32) + ((v % period) < period / 2)
    one, two = rng.uniform(40, 240, 3), rng.uniform(40, 240, 3)
    picture = one + (two - one) * (bands[..., None] / 2)
    return np.asarray(picture + spectrum(shape, 0.2, rng)[..., None] * 5, np.float32)


def printed(shape: Shape, rng: np.random.Generator) -> Picture:
    """An oilcloth with blobs of several colours."""
    field, other = spectrum(shape, 1.6, rng), spectrum(shape, 1.6, rng)
    tones = rng.uniform(30, 235, (4, 3))
    index = (field > 0).astype(int) * 2 + (other > 0.3)
    picture = cv2.GaussianBlur(tones[index].astype(np.float32), (0, 0), max(0.8, shape[1] / 900))
    return np.asarray(picture, np.float32)


def stone(shape: Shape, rng: np.random.Generator) -> Picture:
    """Terrazzo: chips in a paler ground."""
    picture = _tinted(spectrum(shape, 0.9, rng), rng.uniform(120, 210) + rng.uniform(-8, 8, 3), 4)
    for _ in range(int(rng.integers(200, 900))):
        at = (int(rng.integers(shape[1])), int(rng.integers(shape[0])))
        axes = tuple(int(v) for v in rng.uniform(0.002, 0.012, 2) * shape[1] + 1)
        tone = tuple(float(v) for v in rng.uniform(50, 230) + rng.uniform(-15, 15, 3))
        cv2.ellipse(picture, at, axes, rng.uniform(0, 180), 0, 360, tone, -1, cv2.LINE_AA)
    return picture


def metal(shape: Shape, rng: np.random.Generator) -> Picture:
    """Brushed steel with a broad highlight."""
    h, w = shape
    rows = cv2.resize(rng.standard_normal((h, 4)).astype(np.float32), (w, h))
    x = np.linspace(-1, 1, w, dtype=np.float32)[None, :]
    light = 120 + 70 * np.exp(-((x - rng.uniform(-0.6, 0.6)) ** 2) / 0.15)
    tone = np.array([1.0, 1.0, 1.03], np.float32)
    return np.asarray((light + np.asarray(rows) * 6)[..., None] * tone, np.float32)


def coloured(shape: Shape, rng: np.random.Generator) -> Picture:
    """Felt, a coloured folder, a mouse mat."""
    tone = np.asarray([(40, 90, 60), (30, 60, 130), (150, 40, 44), (210, 170, 60), (90, 60, 120)])
    return _tinted(spectrum(shape, 0.3, rng), tone[rng.integers(5)], rng.uniform(2, 9))


def _sideways(picture: Picture, shape: Shape) -> Picture:
    turned = np.ascontiguousarray(picture.transpose(1, 0, 2))
    return np.asarray(cv2.resize(turned, (shape[1], shape[0])), np.float32)


BEDS: dict[str, Callable[[Shape, np.random.Generator], Picture]] = {
    "dark": dark, "grey": grey, "white": white, "planks": planks, "checked": checked,
    "printed": printed, "stone": stone, "metal": metal, "coloured": coloured,
}  # fmt: skip
