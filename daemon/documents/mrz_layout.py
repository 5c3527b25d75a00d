"""The layouts of machine-readable zones: which letters may stand where, and what checks what.

ICAO Doc 9303 part 3 (check digits), part 4 (TD3: passports, 2 × 44) and part 5 (TD1: cards,
3 × 30).  Viet Nam's citizen cards fill the optional data of TD1 with the person's number and a
check digit of its own, and repeat the number's last nine digits as the document number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

Format = Literal["TD1", "TD3"]

FILLER = "<"
GLYPHS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
"""All that may stand in a zone."""

DIGITS = frozenset("0123456789")
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ<")
NUMERIC = DIGITS | {FILLER}
ANY = frozenset(GLYPHS)
FILL = frozenset(FILLER)
SEX = frozenset("MFX<")

Place = tuple[int, int]
"""Row and column, from 0."""


class Check(msgspec.Struct, frozen=True):
    """`digit` is the check digit of the characters at `places`."""

    places: tuple[Place, ...]
    digit: Place
    blank: Literal["never", "empty", "always"] = "never"
    """Whether a filler may stand for it: only where all that it checks are fillers, or always."""


class Layout(msgspec.Struct, frozen=True):
    """One format: a row for each line, in it the characters allowed at each column."""

    format: Format
    rows: tuple[tuple[frozenset[str], ...], ...]
    checks: tuple[Check, ...]

    @property
    def columns(self) -> int:
        return len(self.rows[0])

    def checked(self) -> frozenset[Place]:
        """All places that a check digit covers, the digits among them."""
        return frozenset(p for check in self.checks for p in (*check.places, check.digit))


def check_digit(text: str) -> int:
    """Weights 7, 3, 1 repeating; 0–9 as they are, A–Z = 10–35, `<` = 0; modulo 10 (part 3, 4.9)."""
    return sum(_value(c) * (7, 3, 1)[i % 3] for i, c in enumerate(text)) % 10


def _value(character: str) -> int:
    return 0 if character == FILLER else int(character, 36)


def _span(row: int, first: int, last: int) -> tuple[Place, ...]:
    """The places of a row from column `first` to `last`, both counted from 1 as ICAO does."""
    return tuple((row, column) for column in range(first - 1, last))


def _row(*parts: tuple[int, frozenset[str]]) -> tuple[frozenset[str], ...]:
    return tuple(allowed for count, allowed in parts for _ in range(count))


_TD1_CHECKS = (
    Check(_span(0, 6, 14), (0, 14)),
    Check(_span(1, 1, 6), (1, 6)),
    Check(_span(1, 9, 14), (1, 14)),
    Check(
        (*_span(0, 6, 30), *_span(1, 1, 7), *_span(1, 9, 15), *_span(1, 19, 29)),
        (1, 29),
    ),
)
_TD1_MIDDLE = _row((6, NUMERIC), (1, DIGITS), (1, SEX), (6, NUMERIC), (1, DIGITS), (3, LETTERS),
                   (11, ANY), (1, DIGITS))  # fmt: skip

TD1 = Layout(
    "TD1",
    (
        _row((5, LETTERS), (9, ANY), (1, NUMERIC), (15, ANY)),
        _TD1_MIDDLE,
        _row((30, LETTERS)),
    ),
    _TD1_CHECKS,
)
TD1_VNM = Layout(
    "TD1",
    (_row((5, LETTERS), (22, DIGITS), (2, FILL), (1, NUMERIC)), _TD1_MIDDLE, _row((30, LETTERS))),
    (*_TD1_CHECKS, Check(_span(0, 16, 29), (0, 29), blank="always")),
)
"""The citizen card of Viet Nam (2021 and 2024); ICAO leaves column 30 of its first row free."""

_TD3_CHECKS = (
    Check(_span(1, 1, 9), (1, 9)),
    Check(_span(1, 14, 19), (1, 19)),
    Check(_span(1, 22, 27), (1, 27)),
    Check(_span(1, 29, 42), (1, 42), blank="empty"),
    Check((*_span(1, 1, 10), *_span(1, 14, 20), *_span(1, 22, 43)), (1, 43)),
)


def _td3(number: tuple[tuple[int, frozenset[str]], ...], personal: frozenset[str]) -> Layout:
    return Layout(
        "TD3",
        (
            _row((44, LETTERS)),
            _row(*number, (1, DIGITS), (3, LETTERS), (6, NUMERIC), (1, DIGITS), (1, SEX),
                 (6, NUMERIC), (1, DIGITS), (14, personal), (1, NUMERIC), (1, DIGITS)),
        ),
        _TD3_CHECKS,
    )  # fmt: skip


TD3 = _td3(((9, ANY),), ANY)
TD3_VNM = _td3(((1, LETTERS), (7, DIGITS), (1, NUMERIC)), NUMERIC)
"""The passport of Viet Nam: a letter and seven or eight digits; a person's number behind."""


def holds(lines: Sequence[str], layout: Layout) -> bool:
    """Do all check digits hold, and the numbers of a citizen card agree with each other?"""
    for check in layout.checks:
        text = "".join(lines[row][column] for row, column in check.places)
        digit = lines[check.digit[0]][check.digit[1]]
        if digit == FILLER:
            if check.blank == "never" or (check.blank == "empty" and text.strip(FILLER)):
                return False
        elif digit not in DIGITS or int(digit) != check_digit(text):
            return False
    if layout is TD1_VNM:
        return lines[0][5:14] == lines[0][18:27]
    return True


def layout_of(lines: Sequence[str]) -> Layout | None:
    """The layout that lines of this number, length and beginning have."""
    shape = tuple(map(len, lines))
    if shape == (30, 30, 30):
        return TD1_VNM if lines[0].startswith("IDVNM") else TD1
    if shape == (44, 44):
        return TD3_VNM if lines[0][2:5] == "VNM" else TD3
    return None
