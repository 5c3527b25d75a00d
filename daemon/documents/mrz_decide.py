"""From the chances of each cell to the lines of a zone: only what its check digits prove.

A reading is accepted if all its check digits hold.  If one does not, a single letter may be
replaced by another that the network thought possible there, provided that exactly one such
replacement makes every check digit hold.  Everything else is no reading.
"""

from __future__ import annotations

import msgspec
import numpy as np

from daemon.documents.mrz_glyphs import Chances
from daemon.documents.mrz_layout import (
    GLYPHS,
    TD1,
    TD1_VNM,
    TD3,
    TD3_VNM,
    Layout,
    Place,
    holds,
    layout_of,
)

POSSIBLE = 0.01
"""A letter less likely than this is never put in place of another."""

CLEAR = 0.6
"""Mean probability of the letters below which this is no machine-readable zone."""


class Decided(msgspec.Struct, frozen=True):
    """The lines of a zone; all check digits hold."""

    lines: tuple[str, ...]
    confidences: tuple[tuple[float, ...], ...]
    """Of each letter, 0 to 1."""
    repaired: bool

    def __repr__(self) -> str:
        return "Decided(***)"


def decide(chances: Chances, rows: int) -> Decided | None:
    """The lines that the chances of `rows` lines (row after row) prove, or None."""
    columns = len(chances) // rows
    table = chances.reshape(rows, columns, len(GLYPHS))
    if float(table.max(axis=2).mean()) < CLEAR:
        return None
    for layout in (TD1_VNM, TD1) if rows == 3 else (TD3_VNM, TD3):
        allowed = _masked(table, layout)
        lines = _likeliest(allowed)
        if not _starts(lines, layout):
            continue
        place: Place | None = None
        if not holds(lines, layout):
            found = _repair(lines, allowed, layout)
            if found is None:
                continue
            lines, place = found
        confidences = tuple(
            tuple(float(allowed[r, c, GLYPHS.index(lines[r][c])]) for c in range(columns))
            for r in range(rows)
        )
        return Decided(lines, confidences, place is not None)
    return None


def _starts(lines: tuple[str, ...], layout: Layout) -> bool:
    """Passports begin with P, cards with A, C or I; papers of Viet Nam have their own layout."""
    return lines[0][0] in ("P" if layout.format == "TD3" else "ACI") and layout_of(lines) is layout


def _masked(table: Chances, layout: Layout) -> Chances:
    """The chances of the glyphs that may stand at each place, summing to 1 again."""
    mask = np.array([[[g in allowed for g in GLYPHS] for allowed in row] for row in layout.rows])
    kept = np.where(mask, table, 0.0) + mask * 1e-9
    return np.asarray(kept / kept.sum(axis=2, keepdims=True), np.float64)


def _likeliest(table: Chances) -> tuple[str, ...]:
    return tuple("".join(GLYPHS[n] for n in row) for row in table.argmax(axis=2))


def _repair(
    lines: tuple[str, ...], table: Chances, layout: Layout
) -> tuple[tuple[str, ...], Place] | None:
    """The one reading with a single possible letter replaced that holds, and where."""
    found: list[tuple[tuple[str, ...], Place]] = []
    for row, column in sorted(layout.checked()):
        for n in np.flatnonzero(table[row, column] >= POSSIBLE):
            if GLYPHS[n] == lines[row][column]:
                continue
            line = lines[row][:column] + GLYPHS[n] + lines[row][column + 1 :]
            tried = (*lines[:row], line, *lines[row + 1 :])
            if holds(tried, layout):
                found.append((tried, (row, column)))
    return found[0] if len(found) == 1 else None
