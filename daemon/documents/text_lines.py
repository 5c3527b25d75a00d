"""A second look at the lines of which the first was not sure: each alone, with more room around it.

On a whole page Tesseract cuts lines by the height of their letters; of titles in large capitals it
loses the tone marks.  Read alone the line has them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import msgspec
import numpy as np

from daemon.documents.messages import Word
from daemon.documents.text_engine import Plane, TextEngine

UNSURE = 0.92
"""Mean confidence of a line below which it is read again."""

BETTER = 0.01
"""By so much the other reading must be surer."""

MOST = 16
"""Lines of one page, the least sure first: about 0.02 s each."""

TALL_MM = 4.6
"""A line so high is also tried at half its size: Tesseract learnt on letters of 30 pixels."""

_ROOM, _RIM = 0.28, 10
"""Around the line: a share of its height, and white pixels."""


def again(grey: Plane, dpi: int, words: tuple[Word, ...], engine: TextEngine) -> tuple[Word, ...]:
    """The words with the surer reading of each line.  Raises as `TextEngine.words`."""
    lines = [list(group) for _, group in itertools.groupby(words, key=lambda word: word.line)]
    unsure = sorted((_sure(line), at) for at, line in enumerate(lines) if _sure(line) < UNSURE)
    for sure, at in unsure[:MOST]:
        read = max(_readings(grey, dpi, lines[at], engine), key=_sure, default=[])
        if read and _sure(read) >= sure + BETTER:
            lines[at] = read
    return tuple(itertools.chain.from_iterable(lines))


def _sure(line: Sequence[Word]) -> float:
    """Mean confidence of its letters."""
    letters = sum(len(word.text) for word in line)
    return sum(word.confidence * len(word.text) for word in line) / max(1, letters)


def _readings(grey: Plane, dpi: int, line: Sequence[Word], engine: TextEngine) -> list[list[Word]]:
    left, top = min(w.x for w in line), min(w.y for w in line)
    right, low = max(w.x + w.w for w in line), max(w.y + w.h for w in line)
    room = round(_ROOM * (low - top))
    left, top = max(0, left - room), max(0, top - room)
    part = grey[top : low + room, left : right + room]
    scales = (1.0, 0.5) if low - top >= TALL_MM / 25.4 * dpi else (1.0,)
    found = []
    for scale in scales:
        small = part
        if scale < 1:
            small = np.asarray(
                cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
            )
        framed = cv2.copyMakeBorder(
            small, _RIM, _RIM, _RIM, _RIM, cv2.BORDER_CONSTANT, value=(245,)
        )
        read = engine.words(np.asarray(framed, np.uint8), round(dpi * scale), "line")
        found.append(
            [
                msgspec.structs.replace(
                    word,
                    x=left + max(0, round((word.x - _RIM) / scale)),
                    y=top + max(0, round((word.y - _RIM) / scale)),
                    w=round(word.w / scale),
                    h=round(word.h / scale),
                    line=line[0].line,
                )
                for word in read
            ]
        )
    return found
