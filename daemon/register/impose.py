"""Small originals go onto A4 sheets at 100 %: both sides of a card on one page, never enlarged.

A sheet of A4 leaves room for the statement, and a page printer would scale a page of card size.
The fee still counts the original's own pages (Circular 226/2016, Art. 4).
"""

from __future__ import annotations

import pikepdf

from daemon.register.geometry import A4, POINTS
from daemon.register.pages import size_mm

_NEARLY = 15.0
"""A page less than this smaller than A4, mm, counts as A4: rectified pages differ by a little."""

_TOP = 25.0
"""Where the first page begins, mm: beneath the copy mark."""

_GAP = 12.0
_BOTTOM = 15.0

Place = tuple[int, int, float, float]
"""Source page, sheet, x and y in mm from the top left."""


def places(sizes: list[tuple[float, float]]) -> list[Place] | None:
    """Where each page goes; None where no page is small and all stay as they are."""
    if not any(_small(size) for size in sizes):
        return None
    found: list[Place] = []
    sheet, y = -1, A4[1]
    for index, (width, height) in enumerate(sizes):
        small = _small((width, height))
        if not small or y + height > A4[1] - _BOTTOM:
            sheet, y = sheet + 1, _TOP if small and height <= A4[1] - _TOP - _BOTTOM else 0.0
        x = max(0.0, (A4[0] - width) / 2)
        found.append((index, sheet, x if small else 0.0, y))
        y = y + height + _GAP if small else A4[1]
    return found


def impose(pdf: pikepdf.Pdf) -> pikepdf.Pdf:
    """The same pages, small ones on A4 sheets; the same object where there are none."""
    sizes = [size_mm(page) for page in pdf.pages]
    order = places(sizes)
    if order is None:
        return pdf
    made = pikepdf.new()
    if "/Lang" in pdf.Root:
        made.Root.Lang = pikepdf.String(str(pdf.Root.Lang))
    for index, sheet, x, y in order:
        width, height = sizes[index]
        if sheet == len(made.pages):
            whole = A4 if _small((width, height)) else (width, height)
            made.add_blank_page(page_size=(whole[0] * POINTS, whole[1] * POINTS))
        tall = size_mm(made.pages[sheet])[1]
        form = made.copy_foreign(pdf.pages[index].as_form_xobject())
        # named in order, so that objects are numbered in order: see `pages.listed_digests`
        name = made.pages[sheet].add_resource(
            form, pikepdf.Name.XObject, pikepdf.Name(f"/Page{index:03d}")
        )
        left, bottom = x * POINTS, (tall - y - height) * POINTS
        draw = f"q 1 0 0 1 {left:.3f} {bottom:.3f} cm {name} Do Q\n"
        made.pages[sheet].contents_add(draw.encode())
    return made


def _small(size: tuple[float, float]) -> bool:
    width, height = size
    fits = width <= A4[0] + 1 and height <= A4[1] + 1
    return fits and (width < A4[0] - _NEARLY or height < A4[1] - _NEARLY)
