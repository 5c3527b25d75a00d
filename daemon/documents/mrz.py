"""The machine-readable zone of a page: found, cut, read, checked."""

from __future__ import annotations

import msgspec
import numpy as np

from daemon.documents import mrz_cells, mrz_decide, mrz_find
from daemon.documents.decode import Pixels
from daemon.documents.messages import Code
from daemon.documents.mrz_cells import Cells, Grid
from daemon.documents.mrz_glyphs import Glyphs
from daemon.documents.mrz_layout import layout_of
from daemon.documents.mrz_parse import Mrz, parse

TYPE = "MRZ"
"""`Code.type` of a zone: its lines are the text, parted by newlines."""

KINDS = frozenset({"cccd_gan_chip_2021", "can_cuoc_2024", "ho_chieu"})
"""Kinds of paper that carry a zone (foreign papers may, too)."""

FOREIGN = "van_ban_nuoc_ngoai"


class Zone(msgspec.Struct, frozen=True):
    """A zone whose check digits all hold."""

    mrz: Mrz
    code: Code
    confidences: tuple[tuple[float, ...], ...]
    """Of each letter, 0 to 1."""
    repaired: bool
    """One letter was replaced by the only one that the check digits allow."""
    upside_down: bool
    """The page stands on its head."""


def carries(kind: str) -> bool:
    """Whether a page of this kind (empty: not sure) is worth a look."""
    return not kind or kind in KINDS or kind == FOREIGN


def _sure(decided: mrz_decide.Decided) -> float:
    """The probability of the least sure letter that no check digit covers."""
    layout = layout_of(decided.lines)
    checked = layout.checked() if layout is not None else frozenset()
    free = [
        chance
        for row, line in enumerate(decided.confidences)
        for column, chance in enumerate(line)
        if (row, column) not in checked
    ]
    return round(min(free), 3)


def read(page: Pixels, glyphs: Glyphs) -> Zone | None:
    """The zone of a page that is upright or stands on its head, or None.

    Never raises on what a page shows.
    """
    for rows in mrz_find.find(page):
        grid = mrz_cells.fit(rows)
        if grid is None:
            continue
        # Blur and noise make letters look higher than they are.
        for tried in (grid, grid.of_standard_height()):
            zone = _zone(tried, mrz_cells.cut(page, tried), len(rows), glyphs)
            if zone is not None:
                return zone
    return None


def _zone(grid: Grid, cells: Cells, rows: int, glyphs: Glyphs) -> Zone | None:
    for turned in (False, True):
        seen = cells[::-1, ::-1, ::-1] if turned else cells
        decided = mrz_decide.decide(glyphs.chances(seen), rows)
        mrz = parse("\n".join(decided.lines)) if decided is not None else None
        if decided is None or mrz is None:
            continue
        around = np.roll(grid.corners(), 2 if turned else 0, axis=0)
        corners = tuple((round(float(x), 1), round(float(y), 1)) for x, y in around)
        code = Code(TYPE, "\n".join(decided.lines), corners, _sure(decided))
        return Zone(mrz, code, decided.confidences, decided.repaired, turned)
    return None
