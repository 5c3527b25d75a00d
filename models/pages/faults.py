"""Is each fault of a photograph named, and is none named that is not there?

Specimens on a desk, of all levels and turns, each once with every fault and once without any, go
through what the product does before it reads: the page is found, flattened and judged.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from daemon.documents import covered, page, quality, rectify
from daemon.documents.decode import Pixels
from models.specimens import draw, photograph

KINDS = ("giay_khai_sinh", "cccd_gan_chip_2021", "quyet_dinh", "bang_dai_hoc", "hop_dong_lao_dong")
FAULTS = ("glare", "moved", "blur", "dark", "hand", "cut", "shadow")
SIZE = (2028, 1520)
FIRST = 7000
PLAIN = "none"


def faults(each: int, names: tuple[str, ...] = FAULTS) -> dict[str, dict[str, int]]:
    """Fault → verdict → how often, over `each` photographs; `none` are the plain ones."""
    told: dict[str, dict[str, int]] = {}
    for name in (*names, PLAIN):
        said = told.setdefault(name, {})
        for n in range(each):
            options: dict[str, Any] = {"level": n % 4, "turn": None, "size": SIZE}
            wanted: frozenset[str] = frozenset() if name == PLAIN else frozenset({name})
            sheet = draw(KINDS[n % len(KINDS)], FIRST + n, 1, 150)
            photo = photograph([sheet], FIRST + n, faults=wanted, **options)
            word = verdict(np.asarray(photo.image.convert("RGB"), np.uint8))
            said[word] = said.get(word, 0) + 1
    return told


def verdict(photo: Pixels) -> str:
    """As `daemon.documents.pipeline` judges, for a page that need not be turned."""
    found = page.find(photo)
    if found.corners is None:
        return "empty"
    if found.others or found.cut:
        return "two" if found.others else "cut"
    size = rectify.paper_size(found.corners, (photo.shape[1], photo.shape[0]))
    flat = rectify.flatten(photo, found.corners, size)
    judged = quality.judge(flat.pixels, flat.dpi, flat.source_dpi).quality
    if judged != "dark" and not found.whole and covered.find(photo, found.corners) is not None:
        return "cut"
    return judged
