"""Surfaces and pictures of nothing, made of noise: wood, cloth, stone, landscapes, skin."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""height × width × 3, RGB."""

Plane = npt.NDArray[np.float32]
Size = tuple[int, int]
"""Width and height in pixels."""


def clouds(size: Size, rng: np.random.Generator, first: int = 3, octaves: int = 6) -> Plane:
    """Noise of several grains, 0 to 1; `first`: cells of the coarsest along the longer side."""
    out = np.zeros((size[1], size[0]), np.float32)
    long = max(size)
    for octave in range(octaves):
        cells = first * 2**octave
        if cells > long:
            break
        grid = (max(2, cells * size[0] // long), max(2, cells * size[1] // long))
        noise = rng.random((grid[1], grid[0]), dtype=np.float32)
        out += cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC) / 2**octave
    low, high = float(out.min()), float(out.max())
    return np.asarray((out - low) / max(high - low, 1e-6), np.float32)


def coloured(plane: Plane, stops: list[tuple[int, int, int]]) -> Picture:
    """0 to 1 as colours: the stops lie evenly between."""
    at = np.linspace(0, 1, len(stops))
    parts = [np.interp(plane, at, [stop[c] for stop in stops]) for c in range(3)]
    return np.asarray(np.stack(parts, 2), np.uint8)


def wood(size: Size, rng: np.random.Generator) -> Picture:
    """Boards with a grain and gaps between them."""
    if rng.random() < 0.5:
        return np.ascontiguousarray(np.rot90(_boards((size[1], size[0]), rng)))
    return _boards(size, rng)


def _boards(size: Size, rng: np.random.Generator) -> Picture:
    w, h = size
    along = clouds((max(2, w // 24), h), rng, 6)
    grain = cv2.resize(along, size, interpolation=cv2.INTER_LINEAR)
    rings = np.sin(clouds(size, rng, 2, 3) * rng.uniform(25, 70)) * 0.5 + 0.5
    plane = np.asarray(0.75 * grain + 0.25 * rings, np.float32)
    dark, light = _tones(rng, [((70, 40, 22), (150, 100, 60)), ((140, 108, 76), (214, 180, 138)),
                               ((45, 34, 30), (96, 78, 66))])  # fmt: skip
    picture = coloured(plane, [dark, light])
    boards = int(rng.integers(1, 6))
    for board in range(1, boards):
        y = board * h // boards
        picture[y : y + max(2, h // 300)] = np.asarray(dark, np.uint8) // 2
    return picture


def cloth(size: Size, rng: np.random.Generator) -> Picture:
    """A weave with soft folds, sometimes with checks."""
    w, h = size
    x, y = np.arange(w, dtype=np.float32)[None, :], np.arange(h, dtype=np.float32)[:, None]
    pitch = rng.uniform(3, 9)
    weave = np.sin(x * 2 * np.pi / pitch) * np.sin(y * 2 * np.pi / pitch) * 0.12
    base = rng.integers(30, 225, 3).astype(np.float32)
    light = 0.75 + 0.4 * clouds(size, rng, 3, 3) + weave
    picture = base[None, None, :] * light[..., None]
    if rng.random() < 0.5:
        step, other = rng.uniform(0.04, 0.15) * w, rng.integers(20, 235, 3).astype(np.float32)
        bands = ((x % step < step * 0.4) * 0.5 + (y % step < step * 0.4) * 0.5)[..., None]
        picture = picture * (1 - bands) + other * bands * light[..., None]
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def stone(size: Size, rng: np.random.Generator) -> Picture:
    """Terrazzo, granite, a laminated board."""
    plane = clouds(size, rng, int(rng.integers(4, 60)), 5)
    plane = np.asarray(plane ** rng.uniform(0.5, 2), np.float32)
    one, two = (tuple(int(v) for v in rng.integers(60, 250, 3)) for _ in range(2))
    return coloured(plane, [_three(one), _three(two)])


def landscape(size: Size, rng: np.random.Generator) -> Picture:
    """Sky, hills one behind another, sometimes a sun and water: a holiday picture."""
    w, h = size
    sky = np.linspace(0, 1, h, dtype=np.float32)[:, None] + 0.25 * clouds(size, rng, 4)
    tops = [(60, 110, 190), (240, 150, 90), (120, 130, 145), (20, 26, 60)]
    lows = [(200, 220, 240), (250, 220, 170), (190, 190, 190), (90, 60, 90)]
    kind = int(rng.integers(len(tops)))
    picture = coloured(np.asarray(np.clip(sky, 0, 1), np.float32), [tops[kind], lows[kind]])
    if rng.random() < 0.4:
        at = (int(rng.uniform(0.1, 0.9) * w), int(rng.uniform(0.1, 0.4) * h))
        cv2.circle(picture, at, int(min(size) * rng.uniform(0.03, 0.1)), (255, 245, 215), -1)
    rows = np.arange(h)[:, None]
    for hill in range(int(rng.integers(2, 6))):
        ridge = clouds((w, 4), rng, 3, 7)[1] * rng.uniform(0.1, 0.4) * h
        top = h * (0.4 + 0.12 * hill) + ridge.max() - ridge
        body = coloured(clouds(size, rng, 30, 4), [_three(rng.integers(5, 90, 3)),
                                                   _three(rng.integers(60, 170, 3))])  # fmt: skip
        picture = np.where((rows > top[None, :])[..., None], body, picture)
    return np.asarray(picture, np.uint8)


def portrait(size: Size, rng: np.random.Generator) -> Picture:
    """Blobs in the place of a head and shoulders before something soft; nobody's face."""
    w, h = size
    picture = coloured(clouds(size, rng, 2, 3), [_three(rng.integers(20, 240, 3)),
                                                 _three(rng.integers(20, 240, 3))])  # fmt: skip
    skin = SKINS[int(rng.integers(len(SKINS)))]
    for _ in range(int(rng.integers(1, 5))):
        x, y = int(rng.uniform(0.2, 0.8) * w), int(rng.uniform(0.3, 0.6) * h)
        r = int(min(size) * rng.uniform(0.07, 0.18))
        body = _three(rng.integers(10, 240, 3))
        cv2.ellipse(picture, (x, y + 3 * r), (int(1.8 * r), 2 * r), 0, 0, 360, body, -1)
        cv2.ellipse(picture, (x, y), (int(0.78 * r), r), 0, 0, 360, skin, -1)
        cv2.ellipse(picture, (x, y - r // 3), (int(0.85 * r), int(0.8 * r)), 0, 180, 360,
                    (28, 22, 20), -1)  # fmt: skip
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(1.0, w / 400)), np.uint8)


SKINS = [(226, 184, 152), (196, 146, 110), (150, 104, 76), (98, 66, 50)]


def _three(values: npt.NDArray[np.int64] | tuple[int, ...]) -> tuple[int, int, int]:
    return int(values[0]), int(values[1]), int(values[2])


def _tones(
    rng: np.random.Generator, pairs: list[tuple[tuple[int, int, int], tuple[int, int, int]]]
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return pairs[int(rng.integers(len(pairs)))]
