"""Specimen papers for the bed, drawn once a run: flat pages, and photographs with a fault."""

from __future__ import annotations

import functools
import io

from PIL import Image

from models.specimens import draw, photograph

DEGREE = ("bang_dai_hoc", 1, 1)
DECISION = (("quyet_dinh", 2, 1), ("quyet_dinh", 2, 2))
MARRIAGE = ("giay_chung_nhan_ket_hon", 1, 1)
CARD = (("cccd_gan_chip_2021", 1, 1), ("cccd_gan_chip_2021", 1, 2))
COPY = ("ban_sao_chung_thuc", 1, 1)
"""Kind, seed and page of what the model is sure of."""


@functools.cache
def flat(kind: str, seed: int, page: int) -> bytes:
    """One page in its true proportions; the simulated bed lays it down at an angle."""
    return encoded(draw(kind, seed=seed, page=page, dpi=400 if kind.startswith("cccd") else 250))


@functools.cache
def photo(*faults: str, papers: int = 1) -> bytes:
    """A photograph of the bed with so many cards on it, and what is wrong with it."""
    kind, dpi = ("bang_dai_hoc", 150) if papers == 1 else ("cccd_gan_chip_2021", 300)
    pages = [draw(kind, seed=1 + n, dpi=dpi) for n in range(papers)]
    taken = photograph(
        pages, seed=1, size=(2028, 1520), level=1, view_mm=420, mat=True, faults=set(faults)
    )
    return encoded(taken.image)


def encoded(image: Image.Image, form: str = "JPEG", mode: str = "RGB") -> bytes:
    held = io.BytesIO()
    image.convert(mode).save(held, form, quality=90)
    return held.getvalue()
