"""The cases of the reading bench and their figures."""

from __future__ import annotations

import resource
import statistics
import time
from typing import NamedTuple

from daemon.documents import text
from daemon.documents.text_engine import TextEngine
from models.reading import errors, pages


class Case(NamedTuple):
    """What is drawn, and how it is spoilt."""

    name: str
    level: int
    points: float = 13.0
    stamp: bool = False


def cases() -> tuple[Case, ...]:
    """A4 on all levels, small print, stamps over the lines."""
    plain = tuple(Case(f"A4 300 dpi, level {level}", level) for level in pages.LEVELS)
    small = tuple(Case(f"A4 300 dpi, 9 pt, level {level}", level, 9.0) for level in (0, 2))
    stamped = tuple(Case(f"A4 300 dpi, red stamps, level {n}", n, stamp=True) for n in (0, 2))
    return (*plain, *small, *stamped)


def measured(case: Case, engine: TextEngine, count: int, first: int = 500) -> dict[str, float]:
    """Errors over all characters of `count` pages; the seconds are the median of a page."""
    wrong = unmarked = length = 0
    rates, taken, used = [], [], []
    for seed in range(first, first + count):
        printed = pages.page(seed, case.points, case.stamp)
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
    return {
        "cer": wrong / length,
        "unmarked": unmarked / length,
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
