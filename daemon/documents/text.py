"""The text of a page: prepared for reading, read by an engine, put in lines."""

from __future__ import annotations

import time

from daemon.documents.decode import Pixels
from daemon.documents.messages import Reading
from daemon.documents.text_engine import TextEngine
from daemon.documents.text_ground import even
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
