"""Words that end a request: "this is itself a copy", and "this must not be copied".

Decree 23/2015/NĐ-CP Art. 2 and 18: certified is the original.  The words: the stamp BẢN SAO, the
administrative SAO Y / SAO LỤC / TRÍCH SAO (Decree 30/2020/NĐ-CP Art. 25), the certification
statement of Circular 01/2020/TT-BTP, Annex.

Secret or not to be copied: Decree 23/2015/NĐ-CP Art. 22(3); the stamps MẬT, TỐI MẬT, TUYỆT MẬT
stand alone in a box, the ban on copying in words.  Better one paper too many that goes to an
officer than one secret that is kept.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

CERTIFIED = "ban_sao_chung_thuc"
"""A copy whose statement of certification stands at its foot or on its back."""

COPY_KINDS = frozenset({CERTIFIED, "giay_khai_sinh_ban_sao"})
"""Kinds of the catalogue that are copies by themselves."""

_STATEMENT = ("chung thuc ban sao", "dung voi ban chinh")
_TITLES = re.compile(r"^\W*(ban sao|sao y|sao luc|trich sao|sao y ban chinh)\W*$")

_SECRET = re.compile(r"^\W*(tuyet|toi)?\s*mat\W*$")
"""A line of its own: "mat" also means eye, face and side."""
_NO_COPY = re.compile(
    r"\b(khong|cam)\s+(duoc\s+)?(phep\s+)?(sao\s+chup|sao\s+luc|photo\w*|sao\s+in)\b"
)


def plain(text: str) -> str:
    """Lower case without marks, đ as d: how OCR's mistakes with marks do not matter."""
    low = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(c for c in low if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", letters).strip()


def says_copy(text: str) -> bool:
    """Does the text of a page say that it is a copy?"""
    lines = [plain(line) for line in text.splitlines()]
    if any(
        _TITLES.match(line) and _shouted(raw)
        for line, raw in zip(lines, text.splitlines(), strict=True)
    ):
        return True
    whole = " ".join(lines)
    # Stamps and signatures lie over the two halves: they are looked for one by one.
    return all(
        len(whole) >= len(part) and fuzz.partial_ratio(part, whole) >= 88 for part in _STATEMENT
    )


def says_secret(text: str) -> bool:
    """Does the text of a page say that it is secret or must not be copied?"""
    raws = [unicodedata.normalize("NFC", raw) for raw in text.splitlines()]
    for raw in raws:
        # The mark decides here: MẬT is secret, MẶT is a side ("MẶT TRƯỚC"), MẮT is an eye.
        if _SECRET.match(plain(raw)) and _shouted(raw) and "ẶT" not in raw and "ẮT" not in raw:
            return True
    return _NO_COPY.search(" ".join(plain(raw) for raw in raws)) is not None


def _shouted(line: str) -> bool:
    """Stamps and titles are in capitals or in brackets; running text is not."""
    letters = [c for c in line if c.isalpha()]
    return "(" in line or sum(c.isupper() for c in letters) > 0.7 * len(letters)
