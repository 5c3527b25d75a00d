"""The text of a page: prepared for reading, read by an engine, put in lines."""

from __future__ import annotations

import time

import cv2
import msgspec
import numpy as np

from daemon.documents.decode import Pixels
from daemon.documents.errors import ReadingFailed
from daemon.documents.messages import Reading, Word
from daemon.documents.text_engine import TextEngine
from daemon.documents.text_ground import even, lit
from daemon.documents.text_lines import again
from daemon.documents.text_rules import cleared
from daemon.documents.text_tsv import as_text


def read(page: Pixels, dpi: int, engine: TextEngine) -> Reading:
    """The text of an upright page.  Raises ReaderMissing, ReadingFailed."""
    start = time.perf_counter()
    grey = cleared(even(page, dpi), dpi)
    words = again(grey, dpi, engine.words(grey, dpi), engine)
    height, width = page.shape[:2]
    return Reading(
        text=as_text(words),
        words=words,
        width=width,
        height=height,
        seconds=round(time.perf_counter() - start, 3),
    )


def read_again(
    page: Pixels, dpi: int, engine: TextEngine, box: tuple[int, int, int, int], scale: float
) -> tuple[Word, ...]:
    """The words in a part of an upright page (x, y, w, h), `scale` times as large, stamps left in.

    Boxes are in pixels of the page.  What cannot be read has no words.
    """
    x, y, w, h = box
    edge = max(6, h // 3)
    left, top = max(0, x - edge), max(0, y - edge)
    part = page[top : y + h + edge, left : x + w + edge]
    if not part.size:
        return ()
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    grown = cv2.resize(part, None, fx=scale, fy=scale, interpolation=how)
    try:
        found = engine.words(lit(np.asarray(grown, np.uint8), round(dpi * scale)), dpi, "line")
    except ReadingFailed:
        return ()
    return tuple(
        msgspec.structs.replace(
            word,
            x=left + round(word.x / scale),
            y=top + round(word.y / scale),
            w=round(word.w / scale),
            h=round(word.h / scale),
        )
        for word in found
    )
