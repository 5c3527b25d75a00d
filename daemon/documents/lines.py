"""Words of a page as runs: pieces of a line that belong together."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from functools import cached_property

from daemon.documents.marks import plain
from daemon.documents.messages import Word

_GAP = 1.8
"""A gap wider than this many letter heights parts two columns."""
_NO_LETTERS = re.compile(r"[^a-z0-9]")


def squeezed(text: str) -> str:
    """Letters and digits alone, without marks and case: lost spaces and marks do not matter."""
    return _NO_LETTERS.sub("", plain(text))


class Run:
    """Neighbouring words of one line.  `x`, `y`, `w`, `h` in pixels of the page."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(words)
        self.x = min(word.x for word in words)
        self.y = min(word.y for word in words)
        self.right = max(word.x + word.w for word in words)
        self.bottom = max(word.y + word.h for word in words)

    def __repr__(self) -> str:
        return f"Run({len(self.words)} words)"

    @property
    def h(self) -> int:
        return self.bottom - self.y

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def squeezed(self) -> str:
        return squeezed(self.text)

    @cached_property
    def shouted(self) -> bool:
        """In capitals, as titles and stamps are."""
        letters = [c for c in self.text if c.isalpha()]
        return sum(c.isupper() for c in letters) > 0.7 * len(letters)

    @cached_property
    def letter(self) -> float:
        """Height of its words, in pixels (median)."""
        return statistics.median(word.h for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean over its letters, 0 to 1."""
        count = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / count


def lines(words: Iterable[Word]) -> list[list[Word]]:
    """The words line by line, from the left."""
    found: dict[int, list[Word]] = {}
    for word in words:
        found.setdefault(word.line, []).append(word)
    return [sorted(line, key=lambda word: word.x) for line in found.values()]


def runs(words: Sequence[Word]) -> list[Run]:
    """Lines, parted where a gap says that a column ends."""
    found = []
    for line in lines(words):
        height = statistics.median(word.h for word in line)
        part = [line[0]]
        for word in line[1:]:
            if word.x - (part[-1].x + part[-1].w) > _GAP * height:
                found.append(Run(part))
                part = []
            part.append(word)
        found.append(Run(part))
    return found


def stacked(found: Sequence[Run], most: int = 3) -> list[Run]:
    """Runs, and up to `most` of them one below the other: a title may take more than one line."""
    out = list(found)
    level = [(run, run) for run in found]
    for _ in range(most - 1):
        grown = []
        for whole, last in level:
            for run in found:
                if _below(last, run):
                    grown.append((Run([*whole.words, *run.words]), run))
                    break
        out += [whole for whole, _ in grown]
        level = grown
    return out


def _below(upper: Run, lower: Run) -> bool:
    """Is `lower` the next line of the same block?"""
    step = lower.y - upper.bottom
    if lower.shouted != upper.shouted or lower.y <= upper.y:
        return False
    if not -0.5 * upper.letter < step < 1.6 * upper.letter:
        return False
    shared = min(upper.right, lower.right) - max(upper.x, lower.x)
    return shared > 0.5 * min(upper.right - upper.x, lower.right - lower.x)
