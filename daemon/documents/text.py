"""The words of a page: light evened out, read by Tesseract, put in lines."""

from __future__ import annotations

import csv
import io
import time
import unicodedata
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.messages import Reading, Word

Plane = npt.NDArray[np.uint8]

Recognise = Callable[[bytes, int, int], str]
"""(PGM, dpi, page segmentation mode) → TSV: `reader.Reader.read`."""

BLOCK = 6
"""Tesseract's mode for one even block of text: reads forms as well as mode 3, and is faster."""


def even(page: Pixels, dpi: int) -> Plane:
    """Grey with shadows and tinted grounds removed: dark print on white."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    # The ground at an eighth of the size: the brightest nearby, smoothed.
    small = cv2.resize(grey, None, fx=0.125, fy=0.125, interpolation=cv2.INTER_AREA)
    reach = max(3, round(dpi / 300 * 9)) | 1
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    ground = cv2.GaussianBlur(ground, (0, 0), reach / 2)
    ground = cv2.resize(ground, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(grey, ground, scale=245), np.uint8)


def pgm(grey: Plane) -> bytes:
    """Netpbm grey map: uncompressed, read by Leptonica without a library that decodes."""
    height, width = grey.shape
    return b"P5\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(grey).tobytes()


def read(page: Pixels, dpi: int, recognise: Recognise) -> Reading:
    """The text of an upright page.  Raises ReaderMissing, ReadingFailed."""
    start = time.perf_counter()
    words = parse(recognise(pgm(even(page, dpi)), dpi, BLOCK))
    height, width = page.shape[:2]
    return Reading(
        text=as_text(words),
        words=words,
        width=width,
        height=height,
        seconds=round(time.perf_counter() - start, 3),
    )


def parse(tsv: str) -> tuple[Word, ...]:
    """The words of Tesseract's TSV (level 5 rows), in reading order."""
    rows = csv.DictReader(io.StringIO(tsv), delimiter="\t", quoting=csv.QUOTE_NONE)
    words: list[Word] = []
    numbers: dict[tuple[str, ...], int] = {}
    for row in rows:
        text = unicodedata.normalize("NFC", (row.get("text") or "").strip())
        if row.get("level") != "5" or not text:
            continue
        line = numbers.setdefault((row["block_num"], row["par_num"], row["line_num"]), len(numbers))
        x, y, w, h = (int(row[key]) for key in ("left", "top", "width", "height"))
        confidence = max(0.0, min(1.0, float(row["conf"]) / 100))
        words.append(Word(text, x, y, w, h, round(confidence, 3), line))
    return tuple(words)


def as_text(words: tuple[Word, ...]) -> str:
    """One line of text for each line of the page."""
    lines: dict[int, list[str]] = {}
    for word in words:
        lines.setdefault(word.line, []).append(word.text)
    return "\n".join(" ".join(line) for line in lines.values())
