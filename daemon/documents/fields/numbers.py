"""Personal numbers: twelve digits with a structure, and no check digit.

PPP G YY RRRRRR: province of registration (or a state, from 101), century and sex, year of birth
(Circular 07/2016/TT-BCA, Annex 1, kept by Circular 59/2021/TT-BCA).
"""

from __future__ import annotations

import re

from daemon.catalogue import provinces

_ALIKE = str.maketrans("OoIl|SB", "0011158")
"""Letters that OCR reads for digits.  Used between digits only."""

_RUN = re.compile(r"[0-9OoIl|SB][0-9OoIl|SB .]*[0-9OoIl|SB]|[0-9]")

_ABROAD = 101
_LAST_CENTURY = 3
"""Of the living: 0 and 1 were born in the twentieth century, 2 and 3 in the twenty-first."""


def digits(text: str, count: int) -> str:
    """The only run of exactly `count` digits in a text, or empty.

    Letters that look like digits count as such where most of the run are digits.
    """
    found = set()
    for match in _RUN.finditer(text):
        run = re.sub(r"[ .]", "", match.group())
        if len(run) == count and sum(c.isdigit() for c in run) >= count - 2:
            found.add(run.translate(_ALIKE))
    return found.pop() if len(found) == 1 else ""


def repaired(text: str) -> bool:
    """Did `digits` have to read letters as digits?"""
    return any(c.isalpha() or c == "|" for match in _RUN.finditer(text) for c in match.group())


def holds(number: str) -> bool:
    """Can this be the number of somebody alive?"""
    if not re.fullmatch(r"[0-9]{12}", number):
        return False
    known = number[:3] in provinces.load().codes or int(number[:3]) >= _ABROAD
    return known and int(number[3]) <= _LAST_CENTURY


def birth_year(number: str) -> int:
    """The year of birth that a number which `holds` tells."""
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def sex(number: str) -> str:
    """Nam or Nữ."""
    return "Nữ" if int(number[3]) % 2 else "Nam"
