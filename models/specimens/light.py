"""The light on a bed: lamps, shadows, creases, reflections and the colour of the lamp.

Levels as in `camera`.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

_SHADE = (0.04, 0.15, 0.3, 0.45)
"""Share of the light that is missing in the far corner."""

Size = tuple[int, int]
"""Width and height of a picture in pixels."""


def folds(
    wide: bool, level: int, shape: tuple[int, int], warp: npt.NDArray[np.float64],
    box: Size, light: np.random.Generator,
) -> npt.NDArray[np.float32]:  # fmt: skip
    """Shading of creases and of a sheet that does not lie quite flat.

    `wide`: large enough to be folded; `shape`: height and width of the flat page, which `warp`
    brings into a picture of size `box`.
    """
    soft = np.ones((24, 24), np.float32)
    if level >= 1:
        soft += (light.random((24, 24), dtype=np.float32) - 0.5) * 0.02 * level
        x = np.linspace(0, 1, 24, dtype=np.float32)
        wave = np.sin(x * light.uniform(2, 9) + light.uniform(0, 6)) * 0.025 * level
        soft += wave[None, :] if light.random() < 0.5 else wave[:, None]
        if wide and light.random() < 0.3:
            at = int(24 * light.choice([0.33, 0.5, 0.66]))
            if light.random() < 0.7:
                soft[at, :] *= 0.9
            else:
                soft[:, at] *= 0.9
    grid = np.diag([shape[1] / 24, shape[0] / 24, 1.0])
    laid = cv2.warpPerspective(
        soft, warp @ grid, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return laid[..., None].astype(np.float32)


def lighting(
    size: Size, level: int, faults: frozenset[str], light: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Brightness of every pixel: lamps, and what stands between them and the paper."""
    small = (64, 48)
    x = np.linspace(-1, 1, small[0], dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, small[1], dtype=np.float32)[:, None]
    shade = _SHADE[level]
    lamp = (light.uniform(-0.9, 0.9), light.uniform(-0.9, 0.9))
    far = ((x - lamp[0]) ** 2 + (y - lamp[1]) ** 2) / 4
    bright = light.uniform(0.92, 1.04)
    field = np.asarray(bright * (1 - shade * np.clip(far, 0, 1)), np.float32)
    casts = 1 if "shadow" in faults else int(light.random() < 0.12 * level)
    for _ in range(casts):  # a head or an arm between lamp and paper
        cx, cy = light.uniform(-1, 1), light.uniform(-1, 1)
        rx, ry = light.uniform(0.3, 0.9), light.uniform(0.3, 0.9)
        inside = (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 - 1) * 6
        soft = 1 / (1 + np.exp(np.minimum(inside, 60)))
        depth = 0.45 if "shadow" in faults else light.uniform(0.1, 0.4)
        field *= np.asarray(1 - depth * soft, np.float32)
    wide = cv2.resize(field.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide, np.float32)


def white_balance(level: int, light: np.random.Generator) -> npt.NDArray[np.float32]:
    """Gains of red, green and blue."""
    swing = 0.02 + 0.04 * level
    warm = light.uniform(-swing, swing)
    gains = [1 + warm, 1 + light.uniform(-0.3, 0.3) * swing, 1 - warm]
    return np.asarray(gains, np.float32)


def glare(
    picture: npt.NDArray[np.float32], size: Size, corners: npt.NDArray[np.float64], strong: bool,
    light: np.random.Generator,
) -> None:  # fmt: skip
    """A lamp mirrored in the paper with these corners (n × 2 pixels; one = a bare bed's middle)."""
    middle, reach = corners.mean(0), np.ptp(corners, axis=0) if len(corners) > 1 else size
    cx = middle[0] + light.uniform(-0.25, 0.25) * reach[0]
    cy = middle[1] + light.uniform(-0.25, 0.25) * reach[1]
    radius = (light.uniform(0.1, 0.2) if strong else light.uniform(0.03, 0.08)) * max(reach)
    x = (np.arange(size[0], dtype=np.float32)[None, :] - cx) / radius
    y = (np.arange(size[1], dtype=np.float32)[:, None] - cy) / (radius * light.uniform(0.5, 1))
    spot = np.exp(-(x**2 + y**2)) * np.float32(420 if strong else 200)
    picture += spot[..., None]
