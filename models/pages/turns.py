"""Is a page turned right whichever way it lay?  By kind, on drawn documents."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from daemon.documents import rectify, upright
from daemon.documents.decode import Pixels
from models.specimens import OTHER, draw, kinds

DPI = 150
"""Half of what a rectified page has: the size at which the product asks."""

BLUR, NOISE = 0.8, 5.0
"""Of the pages, in pixels and of 255."""


def turns(each: int) -> dict[str, Any]:
    """Share of all quarter turns that are undone; what failed, by kind and seed."""
    failed: dict[str, list[str]] = {}
    count = right = 0
    for kind in kinds():
        if kind == OTHER or kind == "khong_phai_giay_to":
            continue
        for seed in range(each):
            page = _worn(np.asarray(draw(kind, 9000 + seed, 1, DPI, "eval").convert("RGB")), seed)
            for quarters in range(4):
                need, sure = upright.quarters(rectify.turn(page, quarters))
                count += 1
                if (need + quarters) % 4 == 0:
                    right += 1
                else:
                    failed.setdefault(kind, []).append(f"{9000 + seed}/{quarters} {sure:.2f}")
    return {"pages": count, "right": round(right / max(1, count), 4), "failed": failed}


def _worn(page: Pixels, seed: int) -> Pixels:
    soft = cv2.GaussianBlur(page, (0, 0), BLUR).astype(np.float32)
    noise = np.random.default_rng(seed).normal(0, NOISE, soft.shape)
    return np.asarray(np.clip(soft + noise, 0, 255), np.uint8)
