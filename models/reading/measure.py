"""The cases of the reading bench and their figures."""

from __future__ import annotations

import resource
import statistics
import time
from collections import Counter
from typing import NamedTuple

from daemon.documents import text
from daemon.documents.text_engine import TextEngine
from models.reading import errors, forms, pages


class Case(NamedTuple):
    """What is drawn, and how it is spoilt."""

    name: str
    level: int
    points: float = 13.0
    stamp: bool = False
    form: bool = False


def cases() -> tuple[Case, ...]:
    """A4 on all levels, small print, stamps over the lines, filled forms.

    The character error of a form counts the order too: its two-columned head is read row by row.
    """
    plain = tuple(Case(f"A4 300 dpi, level {level}", level) for level in pages.LEVELS)
    small = tuple(Case(f"A4 300 dpi, 9 pt, level {level}", level, 9.0) for level in (0, 2))
    stamped = tuple(Case(f"A4 300 dpi, red stamps, level {n}", n, stamp=True) for n in (0, 2))
    filled = tuple(Case(f"filled form, level {level}", level, form=True) for level in (0, 2))
    return (*plain, *small, *stamped, *filled)


def measured(case: Case, engine: TextEngine, count: int, first: int = 500) -> dict[str, float]:
    """Errors over all characters of `count` pages; the seconds are the median of a page."""
    wrong = unmarked = length = lost = words = 0
    rates, taken, used = [], [], []
    for seed in range(first, first + count):
        printed = forms.page(seed) if case.form else pages.page(seed, case.points, case.stamp)
        photo = pages.spoilt(printed.pixels, case.level, seed)
        began, cpu = time.perf_counter(), _cpu()
        read = text.read(photo, pages.DPI, engine).text
        taken.append(time.perf_counter() - began)
        used.append(_cpu() - cpu)
        edits, characters = errors.edits(printed.text, read)
        wrong += edits
        length += characters
        unmarked += errors.edits(errors.unmarked(printed.text), errors.unmarked(read))[0]
        rates.append(edits / characters)
        asked = Counter(errors.plain(printed.text).split())
        lost += sum((asked - Counter(errors.plain(read).split())).values())
        words += sum(asked.values())
    return {
        "cer": wrong / length,
        "unmarked": unmarked / length,
        "words_wrong": lost / words,
        "lowest": min(rates),
        "highest": max(rates),
        "characters": length,
        "seconds": statistics.median(taken),
        "cpu": statistics.median(used),
    }


def _cpu() -> float:
    """Processor time of this process and its ended children."""
    whole = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in whole)
