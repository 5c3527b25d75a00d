"""Character error: edits between what stands there and what was read, as a share of the former."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import Levenshtein


def plain(text: str) -> str:
    """NFC, every run of white space as one space: how lines are broken is no error of reading."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def edits(truth: str, read: str) -> tuple[int, int]:
    """(insertions, deletions and substitutions; characters of the truth), diacritics counted."""
    truth, read = plain(truth), plain(read)
    return Levenshtein.distance(truth, read), len(truth)


def unmarked(text: str) -> str:
    """Without diacritics, đ as d."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if not unicodedata.combining(c))
