"""From pages (trang) to sheets (tờ): where the statement's page goes, where a seam stamp is due.

The statement is never on a loose sheet (Decree 23/2015 Art. 20(3)): a page of its own becomes the
back of the last sheet.  A seam stamp is due from two *sheets* on, at most five sheets a stamp
(Decree 30/2020 Art. 33).
"""

from __future__ import annotations

import msgspec

from daemon.machine.values import Product
from daemon.register.errors import FormError


class NoRoom(FormError):
    """No free area for the statement and no back of a sheet to print it on."""

    code = "no_room"


class Plan(msgspec.Struct, frozen=True):
    """The order of pages: an index into the original's pages, or None for a new page."""

    pages: tuple[int | None, ...]
    sheets: int
    two_sided: bool

    def front_of(self, index: int) -> int | None:
        """The sheet (from 1) whose front page `index` is; None on a back."""
        if not self.two_sided:
            return index + 1
        return index // 2 + 1 if index % 2 == 0 else None

    def seams(self, at_most: int) -> tuple[tuple[int, int], ...]:
        """Groups of sheets (first, last) that one stamp joins; neighbours share a sheet."""
        if self.sheets < 2:
            return ()
        groups, first = [], 1
        while True:
            last = min(first + at_most - 1, self.sheets)
            groups.append((first, last))
            if last == self.sheets:
                return tuple(groups)
            first = last


def plan(originals: int, append: bool, product: Product, *, duplex: bool) -> Plan:
    """Order `originals` pages, with a page for the statement where `append`.

    An electronic copy has no sheets: its page simply follows.  On paper an even number of pages
    gets a blank back before the last page, so that the statement comes to its back.
    """
    pages: list[int | None] = list(range(originals))
    if product == "digital":
        pages += [None] if append else []
        return Plan(tuple(pages), 0, two_sided=False)
    if append and not duplex:
        raise NoRoom("the last page has no room and the printer does not print on both sides")
    if append:
        if originals % 2 == 0:
            pages.insert(originals - 1, None)
        pages.append(None)
    return Plan(tuple(pages), (len(pages) + 1) // 2 if duplex else len(pages), two_sided=duplex)
