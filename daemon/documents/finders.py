"""Is a dense patch a QR code?  Its three finder patterns tell, blurred as they may be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.code_places import Grey, Patch
from daemon.documents.sharpen import Values, even

LIKELY = 0.52
"""Correlation of the weakest of three places with a blurred finder; seals and photographs of the
specimens stay below 0.51 but for a few, blurred codes above 0.63."""

MOST = 2

_SIDE = 120
_MODULES = (29, 37, 45, 53, 65)
"""Modules along a code's side that are tried: versions 3 to 12."""


def likely(grey: Grey, patches: Sequence[Patch], side: int) -> list[tuple[Patch, Values, float]]:
    """The patches that look like a QR code, likeliest first, `side` pixels wide, light evened.

    With each, how many times it was enlarged.
    """
    found: list[tuple[float, Patch, Values, float]] = []
    for patch in patches:
        part = grey[patch.y : patch.y + patch.h, patch.x : patch.x + patch.w]
        scale = side / patch.side
        how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        values = even(
            np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=how), np.uint8)
        )
        sure = _finders(values, _SIDE / side)
        if sure > LIKELY:
            found.append((sure, patch, values, scale))
    found.sort(key=lambda one: -one[0])
    return [one[1:] for one in found[:MOST]]


def _finders(values: Values, scale: float) -> float:
    small = cv2.resize(
        np.clip(values, 0, 1), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA
    )
    best = -1.0
    for modules in _MODULES:
        pattern = _pattern(modules)
        if min(small.shape) <= len(pattern):
            continue
        match = cv2.matchTemplate(small, pattern, cv2.TM_CCOEFF_NORMED)
        third = -1.0
        for _ in range(3):
            _, third, _, at = cv2.minMaxLoc(match)
            cv2.circle(match, at, len(pattern) // 2 + 1, -1.0, -1)
        best = max(best, third)
    return best


@lru_cache(maxsize=len(_MODULES))
def _pattern(modules: int) -> npt.NDArray[np.float32]:
    """A finder with its rim of paper, as it looks on average when turned by up to 20°."""
    cells = np.ones((9, 9), np.float32)
    cells[1:8, 1:8], cells[2:7, 2:7], cells[3:6, 3:6] = 0, 1, 0
    large = cv2.resize(cells, None, fx=16, fy=16, interpolation=cv2.INTER_NEAREST)
    middle = (71.5, 71.5)
    turned = [
        cv2.warpAffine(
            large, cv2.getRotationMatrix2D(middle, angle, 1), (144, 144),
            borderMode=cv2.BORDER_REPLICATE,
        )
        for angle in range(-20, 21, 5)
    ]  # fmt: skip
    soft = cv2.GaussianBlur(np.mean(turned, axis=0), (0, 0), 7)
    side = round(_SIDE / modules * 9)
    return np.asarray(cv2.resize(soft, (side, side), interpolation=cv2.INTER_AREA), np.float32)
