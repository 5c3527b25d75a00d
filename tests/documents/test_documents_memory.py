"""The worker's memory on a photograph of 12 megapixels, all steps, again and again."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.documents.bare_worker import BareWorker
from tests.documents.hostile import paper, saved

MOST = 250
"""MiB of its own at the peak.  With the pages of program files, some 60 MiB where the kernel maps
only what is touched, it stays below 300 (`python -m tests.bench.memory`)."""


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
        assert worker.own_peak() <= MOST
    finally:
        worker.close()
