"""Papers on a bed, in millimetres: where each of them lies, and how much of the bed is seen."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image


class Lying(msgspec.Struct, frozen=True):
    """Where one paper lies on the bed: centre and size in mm, angle in degrees clockwise."""

    x: float
    y: float
    w: float
    h: float
    angle: float

    def corners(self) -> npt.NDArray[np.float64]:
        """4 × 2, mm on the bed, TL TR BR BL of the paper."""
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * [self.w / 2, self.h / 2]
        turn = math.radians(self.angle)
        cos, sin = math.cos(turn), math.sin(turn)
        turned = half @ np.array([[cos, sin], [-sin, cos]])
        return np.asarray(turned + np.array([self.x, self.y]), np.float64)


def true_size(image: Image.Image) -> tuple[float, float]:
    """Millimetres of a flat page; without a resolution it is taken for A4's long side."""
    dpi = image.info.get("dpi")
    if dpi and dpi[0] >= 20:
        return image.width * 25.4 / float(dpi[0]), image.height * 25.4 / float(dpi[1])
    scale = 297 / max(image.size)
    return image.width * scale, image.height * scale


def view_of(
    sizes: Sequence[tuple[float, float]], angles: Sequence[float], aspect: float, rng: random.Random
) -> tuple[float, float]:
    """Room on the bed that holds the papers side by side with a margin."""
    if not sizes:
        return 340.0, 340.0 / aspect
    boxes = [_reach(s, a) for s, a in zip(sizes, angles, strict=True)]
    wide = sum(b[0] for b in boxes) * 1.02
    high = max(b[1] for b in boxes)
    need = max(wide, high * aspect) * rng.uniform(1.1, 1.28)
    return need, need / aspect


def lay(
    sizes: Sequence[tuple[float, float]], angles: Sequence[float], view: tuple[float, float],
    rng: random.Random, cut: bool,
) -> list[Lying]:  # fmt: skip
    """Papers side by side, each somewhere in its share of the bed."""
    out: list[Lying] = []
    if not sizes:
        return out
    boxes = [_reach(s, a) for s, a in zip(sizes, angles, strict=True)]
    total = sum(b[0] for b in boxes)
    left = 0.0
    for size, angle, (wide, high) in zip(sizes, angles, boxes, strict=True):
        share = view[0] * wide / total
        slack_x, slack_y = max(0.0, share - wide) * 0.4, max(0.0, view[1] - high) * 0.4
        x = left + share / 2 + rng.uniform(-1, 1) * slack_x / 2
        y = view[1] / 2 + rng.uniform(-1, 1) * slack_y / 2
        if cut:
            x += (share / 2 - wide * 0.3) * rng.choice([-1, 1])
        out.append(Lying(x, y, size[0], size[1], angle))
        left += share
    return out


def _reach(size: tuple[float, float], angle: float) -> tuple[float, float]:
    """Width and height of the upright box around a turned paper."""
    turn = math.radians(angle)
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    return size[0] * cos + size[1] * sin, size[0] * sin + size[1] * cos
