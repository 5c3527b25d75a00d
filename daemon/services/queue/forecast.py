"""How long it takes until a number is called, as a range, from the visits that were measured.

The line is played through many times with lengths of visits drawn from those measured (a
bootstrap), and what lies between the tenth and the ninetieth hundredth of the outcomes is told.
So the range is wide where visits differ much, and grows with the line as their sum does.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Sequence

PLAYS = 200
ENOUGH = 20
"""Measured visits from which on they alone are believed."""
_USUAL = (0.4, 0.7, 1.0, 1.3, 1.6)
"""Shares of the usual visit that stand for what is not measured yet."""
SHORTEST = 30.0
"""Seconds that a visit under way takes at least still."""


def samples(measured: Sequence[float], usual: float) -> list[float]:
    """Lengths of visits in seconds; the group's usual one fills up what is missing."""
    found = list(measured)
    while len(found) < ENOUGH:
        found.append(usual * _USUAL[len(found) % len(_USUAL)])
    return found


def spread(
    ahead: int, busy: Sequence[float], idle: int, visits: Sequence[float]
) -> tuple[float, float]:
    """(least, most) seconds of the wait behind `ahead` people.

    `busy`: for each counter at work the seconds its visit lasts already; `idle` = free counters.
    The same arguments give the same answer: two people side by side read the same.
    """
    if not busy and not idle:
        idle = 1
    dice = random.Random(ahead * 7919 + len(busy))
    waits = sorted(_played(ahead, busy, idle, visits, dice) for _ in range(PLAYS))
    return waits[PLAYS // 10], waits[-PLAYS // 10]


def minutes(least: float, most: float) -> tuple[int, int]:
    """Steps of five minutes that hold the range: the lower one down, the upper one up."""
    return 5 * math.floor(least / 300), 5 * math.ceil(most / 300)


def _played(
    ahead: int, busy: Sequence[float], idle: int, visits: Sequence[float], dice: random.Random
) -> float:
    free = [max(SHORTEST, dice.choice(visits) - since) for since in busy] + [0.0] * idle
    heapq.heapify(free)
    for _ in range(ahead):
        heapq.heapreplace(free, free[0] + dice.choice(visits))
    return free[0]
