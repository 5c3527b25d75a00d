"""What the fixtures of this folder hand to the tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from daemon.children import Child
from daemon.documents import rectify
from daemon.documents.client import DocumentsClient
from daemon.documents.geometry import Quad


class Taken(NamedTuple):
    """A photograph with the truth about it."""

    pixels: npt.NDArray[np.uint8]
    quads: tuple[Quad, ...]
    """Of each paper, clockwise as seen."""
    quarters: int
    """Clockwise quarter turns that make the first paper upright."""

    def jpeg(self) -> bytes:
        held = io.BytesIO()
        Image.fromarray(self.pixels).save(held, "JPEG", quality=92)
        return held.getvalue()

    def page(self) -> rectify.Flat:
        """The first paper, cut out at its true corners."""
        size = self.pixels.shape[1], self.pixels.shape[0]
        flat = rectify.flatten(self.pixels, self.quads[0], rectify.paper_size(self.quads[0], size))
        return rectify.Flat(rectify.turn(flat.pixels, self.quarters), flat.dpi, flat.source_dpi)


Take = Callable[..., Taken]
"""`take("giay_khai_sinh", seed, level=…, turn=…, faults=…)`; several kinds, or none."""


class Running(NamedTuple):
    client: DocumentsClient
    child: Child
