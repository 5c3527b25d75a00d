"""Folds what people type to plain letters: no marks, lower case, one form for one sound."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")

_SOUNDS = (
    # Pairs that many speakers of the south do not tell apart, and spellings of one sound.
    (re.compile(r"^ngh"), "ng"),
    (re.compile(r"^gh"), "g"),
    (re.compile(r"^tr"), "ch"),
    (re.compile(r"^(gi(?=[aeiouy])|gi$|r)"), "d"),
    (re.compile(r"^x"), "s"),
    (re.compile(r"^kh"), "k"),
    (re.compile(r"^c(?=[aou])"), "k"),
    (re.compile(r"^(v)(?=[aeiouy])"), "d"),
    (re.compile(r"y"), "i"),
    (re.compile(r"inh$"), "anh"),
    (re.compile(r"(?<=[aeiou])(ch|t)$"), "c"),
    (re.compile(r"(?<=[aeiou])(ng)$"), "n"),
    (re.compile(r"(.)\1+"), r"\1"),
)

_TELEX = (
    (re.compile(r"uow|uwow|uwo"), "uo"),
    (re.compile(r"aw|aa"), "a"),
    (re.compile(r"ee"), "e"),
    (re.compile(r"ow|oo"), "o"),
    (re.compile(r"uw"), "u"),
    (re.compile(r"dd"), "d"),
)


_VNI = re.compile(r"(?<=[a-z])[0-9]")


def fold(text: str) -> str:
    """Without marks, in lower case, `đ` as `d`; whatever form of Unicode it came in."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        "d" if letter == "đ" else letter for letter in bare if not unicodedata.combining(letter)
    )


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORD.findall(fold(text))


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """A key that words of nearly the same sound share."""
    for pattern, instead in _SOUNDS:
        word = pattern.sub(instead, word)
    return word


def unvni(word: str) -> str:
    """The word without the figures that an unfinished VNI input left in it: `gia61y` → `giay`."""
    return _VNI.sub("", word) if word[:1].isalpha() else word


def untelex(word: str) -> str:
    """The word without what an unfinished Telex input left in it: `nguwowif` → `nguoi`."""
    for pattern, instead in _TELEX:
        word = pattern.sub(instead, word)
    if len(word) > 2 and word[-1] in "fsrxjw":
        word = word[:-1]
    return word
