"""The worker's memory on a photograph of 12 megapixels, all steps, again and again."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.documents.bare_worker import BareWorker
from tests.documents.hostile import paper, saved

MOST = 300
"""MiB at the peak, whatever it shares with other processes counted in full."""


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_peak_stays_below_300_megabytes(kind: str) -> None:
    pixels = np.asarray(paper(4056, 3040)).copy()
    rng = np.random.default_rng(1)
    pixels[::2, ::2] ^= rng.integers(0, 8, (1520, 2028, 3), np.uint8)
    photo = saved(Image.fromarray(pixels), kind, **({"quality": 92} if kind == "JPEG" else {}))
    worker = BareWorker()
    try:
        for _ in range(3):
            seen = worker.examine(photo)
            assert seen.page_jpeg
            if worker.ready.reader:
                worker.read(seen.page_jpeg)
        assert worker.peak() <= MOST
    finally:
        worker.close()
