"""Reads the head of a page when its picture alone does not tell the kind.

A title is large and stands in the upper third: a quarter of the page at less than half the
resolution costs a tenth of reading it all.  Cards and their print are small: they are read whole.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping

import cv2
import msgspec
import numpy as np

from daemon.catalogue.kinds import Kind
from daemon.documents import fields, fuse, rectify
from daemon.documents.decode import Pixels
from daemon.documents.errors import DocumentsError, ReadingFailed
from daemon.documents.marks import CERTIFIED, COPY_KINDS
from daemon.documents.messages import Decision, Word
from daemon.documents.text_engine import Plane, TextEngine
from daemon.documents.text_ground import lit
from daemon.documents.wording import Lexicon

ENOUGH = 0.99
"""From this probability the picture is believed alone, except for a kind with look-alikes."""

HEAD = 0.25
"""Share of a page's height that mostly holds its title."""

_PARTS = ((0.23, 0.42, 0.995), (0.4, 1.0, 0.9))
"""What is read next, as shares of the height, where the probability is lower than the third."""

_HINT, _SAID = 0.05, 2.0
"""The picture's probability of a copy, or the weight of words for a certified one, that is worth
reading on.  Kinds with look-alikes share a fifth of their probability: each of them has 0.02 on any
white form."""

DPI, CARD_DPI = 120, 300
"""Resolutions that read the print of a title, and of a card, as well as the full one."""

PALE_DPI, _PALE = 200, 150
"""Resolution for print that cannot be read otherwise, and the brightness (of 255) from which down
all is black then.  Tesseract parts dark from bright once for the whole picture: beside bold black
print, as a machine-readable zone is, thin pale print counts as paper."""

_CARD_MM = 130
"""A longer page is no card and no passport."""

_MOST = 1.0
"""Seconds of the processor for one page, after which nothing more of it is read.  A head takes 0.1
here and 0.3 on a Raspberry Pi 5; a photograph full of small letters took nine."""

LETTERS = 1500
"""The most that is read at a time: what a stranger fills with small print is cut below them.  The
head of a page has 100 to 500, an A4 page in 11 points 2500."""

_INK, _SPECK = 150, 3
"""Brightness (of 255) that is darker than any ground, and an area in pixels that is no letter."""

_LATE = 8.0
"""Seconds on the wall for one strip, should it be full of what is not counted as letters.  Wide of
what a busy machine takes for a page, and less than what a worker is taken for stuck by."""

_DARKER = np.clip((np.arange(256) - _PALE) * (245 / (245 - _PALE)), 0, 255).astype(np.uint8)

_READABLE = 15
"""Letters of sure words from which a page counts as the right way up."""


class Look(msgspec.Struct, frozen=True):
    """What a look at a page told."""

    decision: Decision
    quarters: int = 0
    """By how many quarters the page has to be turned clockwise to be read."""
    words: tuple[Word, ...] = ()
    """What was read for it, boxes in pixels of the page after it was turned."""

    def __repr__(self) -> str:
        return f"Look({self.decision}, {self.quarters})"


class Judge:
    """Decides on kinds: the picture's probabilities, and words where they are needed."""

    def __init__(self, kinds: Mapping[str, Kind], engine: TextEngine | None) -> None:
        """`engine`: None = by the picture alone."""
        self._known = kinds
        self._kinds = tuple(kinds)
        self._engine = engine
        self._lexicon = Lexicon(kinds)
        self._alike = frozenset(kind.id for kind in kinds.values() if kind.read_title)
        self._cards = frozenset(
            kind.id for kind in kinds.values() if kind.size_mm and max(kind.size_mm) < 90
        )

    def needs_words(self, picture: Mapping[str, float]) -> bool:
        """Is the picture not enough?"""
        if not picture:
            return True
        best = max(picture, key=lambda kind: picture[kind])
        return picture[best] < ENOUGH or best in self._alike

    def look(self, page: Pixels, dpi: int, picture: Mapping[str, float]) -> Look:
        """The decision on a page, however it lies.

        A reader that fails leaves the decision to the picture.
        """
        if self._engine is None or not self.needs_words(picture):
            return Look(self.decide(picture, None, page.shape[:2]))
        try:
            return self._read(page, dpi, picture, self._engine)
        except DocumentsError:
            return Look(self.decide(picture, None, page.shape[:2]))

    def expired(self, look: Look, today: dt.date) -> bool:
        """Is the last day of a card over?  False for larger papers: their dates stand below."""
        kind = self._known.get(look.decision.kind)
        if kind is None or kind.id not in self._cards or not look.words:
            return False
        return fields.expired(fields.find(look.words, kind, ()), kind, today)

    def decide(
        self,
        picture: Mapping[str, float],
        words: tuple[Word, ...] | None,
        shape: tuple[int, ...],
    ) -> Decision:
        """The decision from words already read; `shape` is the page's (height, width)."""
        height, width = shape[:2]
        said = None if words is None else self._lexicon.weigh(words, height)
        proportions = max(height, width) / min(height, width)
        return fuse.decide(picture, said, self._kinds, proportions, self._cards)

    def _read(
        self, page: Pixels, dpi: int, picture: Mapping[str, float], engine: TextEngine
    ) -> Look:
        ends = time.thread_time() + _MOST
        words, quarters = read(page, dpi, engine), 0
        if _well_read(words) < _READABLE:
            words, quarters = _turned(page, dpi, engine, words, ends)
            page = rectify.turn(page, quarters)
        decision = self.decide(picture, words, page.shape[:2])
        for start, end, enough in () if _small(page, dpi) or not words else _PARTS:
            settled = decision.probability >= enough and not self._open(decision, picture)
            if settled or time.thread_time() > ends:
                break
            try:
                words = joined(words, read(page, dpi, engine, start, end))
            except ReadingFailed:
                break  # what was read of it holds
            decision = self.decide(picture, words, page.shape[:2])
        return Look(decision, quarters, words)

    @staticmethod
    def _open(decision: Decision, picture: Mapping[str, float]) -> bool:
        """May the foot of the page change it?  The statement of a certified copy stands there."""
        if decision.kind in COPY_KINDS:
            return False
        seen = max((picture.get(kind, 0.0) for kind in COPY_KINDS), default=0.0)
        # A copy from the register says so below its title, where it was read already.
        said = decision.words.get(CERTIFIED, 0.0)
        return seen > _HINT or said > _SAID


def joined(words: tuple[Word, ...], more: tuple[Word, ...]) -> tuple[Word, ...]:
    """Two readings as one; the lines of the second come after those of the first."""
    last = max((word.line for word in words), default=-1) + 1
    return words + tuple(msgspec.structs.replace(word, line=word.line + last) for word in more)


def read(
    page: Pixels,
    dpi: int,
    engine: TextEngine,
    start: float = 0.0,
    end: float = HEAD,
    *,
    pale: bool = False,
) -> tuple[Word, ...]:
    """The words between two shares of a page's height (a card: all), boxes in pixels of the page.

    Raises ReaderMissing, ReadingFailed.
    """
    small = _small(page, dpi)
    top = 0 if small else round(start * page.shape[0])
    head = page if small else page[top : round(end * page.shape[0])]
    wanted = CARD_DPI if small else PALE_DPI if pale else DPI
    scale = min(1.0, wanted / dpi)
    if scale < 1.0:
        size = (round(head.shape[1] * scale), round(head.shape[0] * scale))
        head = np.asarray(cv2.resize(head, size, interpolation=cv2.INTER_AREA), np.uint8)
    resolution = round(dpi * scale)
    plane = lit(head, resolution)
    if pale:
        plane = np.asarray(cv2.LUT(plane, _DARKER), np.uint8)
    found = engine.words(plane[: affordable(plane)], resolution, within=_LATE)
    return tuple(
        Word(
            word.text,
            round(word.x / scale),
            round(word.y / scale) + top,
            round(word.w / scale),
            round(word.h / scale),
            word.confidence,
            word.line,
        )
        for word in found
    )


def affordable(plane: Plane, most: int = LETTERS) -> int:
    """The rows from the top that hold `most` letters; `plane`: dark print on white.

    What a strip costs goes with its letters, so this bounds it, on a busy machine as well.
    """
    ink = np.asarray(cv2.threshold(plane, _INK, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    if count <= most:
        return len(plane)
    letters = stats[1:][stats[1:, cv2.CC_STAT_AREA] > _SPECK]
    if len(letters) <= most:
        return len(plane)
    return max(1, int(np.partition(letters[:, cv2.CC_STAT_TOP], most)[most]))


def _turned(
    page: Pixels, dpi: int, engine: TextEngine, words: tuple[Word, ...], ends: float
) -> tuple[tuple[Word, ...], int]:
    """The words of the turn that can be read, and its quarters; as it lies where none can.

    Where none can, all turns are looked at once more for pale print.

    `ends`: processor time of this thread from which on nothing more is read.
    """
    for pale, turns in ((False, (2, 1, 3)), (True, (0, 2, 1, 3))):
        for quarters in turns:
            if time.thread_time() > ends:
                return words, 0
            other = read(rectify.turn(page, quarters), dpi, engine, pale=pale)
            if _well_read(other) >= _READABLE:
                return other, quarters
    return words, 0


def _small(page: Pixels, dpi: int) -> bool:
    return bool(max(page.shape[:2]) / dpi * 25.4 < _CARD_MM)


def readable(words: tuple[Word, ...]) -> bool:
    """Do the words show that the page lies the right way up?"""
    return _well_read(words) >= _READABLE


def _well_read(words: tuple[Word, ...]) -> int:
    """Letters of sure words; none where most is guesswork, as on a page that stands on its head."""
    letters = [(sum(c.isalpha() for c in word.text), word.confidence) for word in words]
    total = sum(count for count, _ in letters)
    sure = sum(count for count, confidence in letters if count > 1 and confidence > 0.8)
    return sure if sure > 0.5 * total else 0
