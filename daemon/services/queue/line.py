"""Whose turn it is: a pure rule over those who wait.

In each class whoever drew first is called first, whichever kiosk gave the number: the order is that
of time, not of the figures on the tickets.  The priority class goes first; but after `run` of its
calls in a row somebody of the others is called if one waits, so that nobody starves: whoever is
the k-th of the others is called at the latest with the k·(run + 1)-th call.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec


class Place(msgspec.Struct, frozen=True):
    """Somebody who waits."""

    drawn_at: float
    """Seconds since 1970."""
    letter: str
    number: int
    priority: bool = False
    service: str = ""


def order(place: Place) -> tuple[float, str, int]:
    """Sorts by time; two kiosks' numbers of the same moment by what is printed on them."""
    return place.drawn_at, place.letter, place.number


def pick(waiting: Iterable[Place], recent: Sequence[bool], run: int) -> Place | None:
    """Who is called next; None where nobody waits.

    `recent`: priority or not, of the calls so far in the same line, the last one last.
    """
    line = sorted(waiting, key=order)
    first = next((place for place in line if place.priority), None)
    other = next((place for place in line if not place.priority), None)
    if first is None or other is None:
        return first or other
    return other if len(recent) >= run and all(recent[-run:]) else first


def before(waiting: Iterable[Place], place: Place, recent: Sequence[bool], run: int) -> int:
    """How many are called before this one, were nobody to come any more."""
    line, called = list(waiting), list(recent)
    if place not in line:
        line.append(place)
    count = 0
    while (chosen := pick(line, called, run)) != place:
        assert chosen is not None
        line.remove(chosen)
        called.append(chosen.priority)
        count += 1
    return count
