"""What a Vietnamese syllable may be: onset, vowel group, final; and where its tone stands.

Tone place: Decision 1989/QĐ-BGDĐT art. 8 (`new`: hoà, khoẻ, thuý), or the older one (`old`).
"""

from __future__ import annotations

import itertools
from typing import Literal, NamedTuple

Style = Literal["new", "old"]

VOWELS = "aeiouy"
ONSETS = frozenset({"", *"bcdđghklmnpqrstvx"}) - {"q"} | frozenset(
    {"ch", "gh", "gi", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr"}
)
FINALS = frozenset(["c", "ch", "m", "n", "ng", "nh", "p", "t", "k"]) | {""}
STOPS = frozenset(["c", "ch", "p", "t", "k"])

_ONE = tuple("aăâeêioôơuưy")
_TWO = (
    *("ai", "ao", "au", "ay", "âu", "ây", "eo", "êu", "ia", "iê", "iu"),
    *("oa", "oă", "oe", "oi", "oo", "ôi", "ơi"),
    *("ua", "uâ", "uê", "ui", "uô", "uơ", "ưa", "ưi", "ươ", "ưu", "uy", "yê"),
)
_THREE = (
    *("iêu", "oai", "oao", "oay", "oeo", "uây", "uôi", "ươi", "ươu"),
    *("uya", "uyê", "uyu", "yêu"),
)
_GROUPS = (*_ONE, *_TWO, *_THREE)
_PLAIN = {"ă": "aă", "â": "aâ", "ê": "eê", "ô": "oô", "ơ": "oơ", "ư": "uư"}


def _half_typed() -> frozenset[str]:
    """Every legal group with any of its marks still to come."""
    made: set[str] = set()
    for group in _GROUPS:
        made.update("".join(way) for way in itertools.product(*(_PLAIN.get(c, c) for c in group)))
    return frozenset(made)


GROUPS = _half_typed()


class Parts(NamedTuple):
    """Where the vowel group starts and ends in the word's letters."""

    start: int
    end: int


def parse(letters: str) -> Parts | None:
    """Divides lower-case letters without tone; None where it is no syllable (yet)."""
    start = _onset_end(letters)
    end = start
    while end < len(letters) and plain(letters[end]) in VOWELS:
        end += 1
    group, final = letters[start:end], letters[end:]
    if letters[:start] not in ONSETS:
        return None
    if not group:
        return Parts(start, start) if not final else None
    if group not in GROUPS or final not in FINALS:
        return None
    return Parts(start, end)


def _onset_end(letters: str) -> int:
    if letters.startswith("qu"):
        return 2
    if letters.startswith("gi") and len(letters) > 2 and plain(letters[2]) in VOWELS:
        return 2
    end = 0
    while end < len(letters) and plain(letters[end]) not in VOWELS:
        end += 1
    return end


_BASE = {"ă": "a", "â": "a", "ê": "e", "ô": "o", "ơ": "o", "ư": "u"}


def plain(letter: str) -> str:
    """A vowel without its mark; đ stays, it is another letter."""
    return _BASE.get(letter, letter)


def tone_at(letters: str, parts: Parts, style: Style) -> int:
    """Index of the letter that carries the tone.  The group is not empty."""
    start, end = parts
    marked = [at for at in range(start, end) if letters[at] in _BASE]
    if marked:
        return marked[-1]
    count = end - start
    if count == 1:
        return start
    if count == 3 or end < len(letters):
        return start + 1
    second = letters[start:end] in ("oa", "oe", "uy") and style == "new"
    return start + 1 if second else start
