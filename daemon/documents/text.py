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

_LARGER = 1.3
"""A second reading sees the letters in another size."""


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
    page: Pixels, dpi: int, engine: TextEngine, box: tuple[int, int, int, int]
) -> tuple[Word, ...]:
    """The words in a part of an upright page (x, y, w, h), larger and with stamps left in.

    Boxes are in pixels of the page.  What cannot be read has no words.
    """
    x, y, w, h = box
    edge = max(6, h // 3)
    left, top = max(0, x - edge), max(0, y - edge)
    part = page[top : y + h + edge, left : x + w + edge]
    grown = cv2.resize(part, None, fx=_LARGER, fy=_LARGER, interpolation=cv2.INTER_CUBIC)
    try:
        found = engine.words(lit(np.asarray(grown, np.uint8), round(dpi * _LARGER)), dpi, "line")
    except ReadingFailed:
        return ()
    return tuple(
        msgspec.structs.replace(
            word,
            x=left + round(word.x / _LARGER),
            y=top + round(word.y / _LARGER),
            w=round(word.w / _LARGER),
            h=round(word.h / _LARGER),
        )
        for word in found
    )
