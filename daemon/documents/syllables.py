"""Does a word look like a Vietnamese syllable?

Used to judge what OCR read, never to change it.  A syllable is onset + vowels + coda with at most
one tone; the tables follow the national primers.
"""

from __future__ import annotations

import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"

_ONSET = "ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx]"
_VOWELS = (
    "iêu|yêu|ươu|ươi|uôi|oai|oay|oeo|uây|uya|uyê|uyu|iê|yê|ia|ya|ươ|ưa|ưu|ưi|uô|ua|uâ|uê|uơ|uy|ui|oa|oă|oe"
    "|oi|ôi|ơi|ai|ay|ây|ao|au|âu|eo|êu|iu|oo|[aăâeêioôơuưy]"
)
_CODA = "ch|ng|nh|[cmnpt]"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_VOWELS})(?:{_CODA})?")


def syllable(word: str) -> bool:
    """True for what can be a syllable, whatever its case."""
    spread = unicodedata.normalize("NFD", word.casefold())
    if sum(mark in _TONES for mark in spread) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(c for c in spread if c not in _TONES))
    return _SYLLABLE.fullmatch(bare) is not None


def share(words: list[str]) -> float:
    """The share of words that are syllables; 1 of none."""
    return sum(map(syllable, words)) / len(words) if words else 1.0
