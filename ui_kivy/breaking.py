"""Where a line may break: at blanks, and between Chinese characters.

Chinese sets no blanks between words.  After UAX #14 a line may break on either side of an
ideograph, but not before a sign that closes and not after one that opens (classes CL, NS, OP).
"""

from __future__ import annotations

import re

WIDE = re.compile("[\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60]")
"""Ideographs and the full-width signs that go with them."""
_CLOSING = frozenset("，。、：；？！）」』】》〉…·,.:;?!)%")
_OPENING = frozenset("（「『【《〈(")


def pieces(text: str) -> list[str]:
    """The text in parts that stay whole; a blank belongs to the part before it.

    Joined, the parts are the text again.
    """
    made: list[str] = []
    start = 0
    for at in range(1, len(text)):
        if _breaks(text[at - 1], text[at]):
            made.append(text[start:at])
            start = at
    return [*made, text[start:]]


def _breaks(before: str, after: str) -> bool:
    """May the line break between these two?"""
    if before == " ":
        return after != " "
    if after == " " or after in _CLOSING or before in _OPENING:
        return False
    return bool(WIDE.match(before) or WIDE.match(after)) and "\u00a0" not in (before, after)
