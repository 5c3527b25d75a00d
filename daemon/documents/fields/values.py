"""Takes a value of a given form from the words behind a label."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from daemon.catalogue import family_names, provinces, wards
from daemon.catalogue.kinds import Field
from daemon.documents import syllables
from daemon.documents.fields import numbers
from daemon.documents.marks import plain
from daemon.documents.messages import Word

_ENDS = " .:;,…_-–—|/\\*'\"“”()[]"
_NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MOST_NAMES = 7
_OFFICES = re.compile(
    r"uy ban|chu tich|cong an|giam doc|can bo|nguoi |truong phong|cong hoa|nhan dan"
)
"""What stands in capitals above a signature, and is nobody's name."""
_LEADER = re.compile(r"[.…·_]{2,}.*$")
_LEAD = re.compile(r"^(?:từ|từ ngày|là)\s+(?=\d)", re.IGNORECASE)
_PLACE = re.compile(r"^(?:thành phố|tỉnh|tp\.?|t\.)\s*", re.IGNORECASE)
_UNIT = re.compile(r"(?:phường|xã|đặc khu|p\.|x\.)\s*(\D+)", re.IGNORECASE)
"""A ward in an address, and its name; those with a number are of the time before 01/7/2025."""
_TITLES = frozenset({"ông", "bà", "ông/bà", "mr", "mrs", "ms", "mr.", "anh", "chị"})
_DATE = re.compile(
    r"(?<![0-9])([0-9OolI]{1,2})(\s?[/.\-⁄:]\s?|\s)([0-9OolI]{1,2})(\s?[/.\-⁄:]\s?|\s)([0-9OolI]{4})(?![0-9])"
)
_LONG = re.compile(r"ngay\D{0,8}?(\d{1,2})\D{0,3}thang\D{0,9}?(\d{1,2})\D{0,3}nam\D{0,8}?(\d{4})")
_SHORT_LONG = re.compile(r"(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
_ALIKE = str.maketrans("OolI", "0011")

_MISREAD, _RARE = 0.6, 0.9
"""Factors for a first word that is a family name but for its marks, and for one that is none."""

_BROKEN = 0.5
"""Factor for a name whose last word may be misread."""

_LOST = 0.7
"""Factor for every word of a value that could not be read."""

_NO_BARS = 0.75
"""Factor for a date whose bars were not read: a digit may be lost with them."""

_LONGEST = 24
"""Words of a value that has to fit a pattern as a whole."""

_UNCHECKED = 0.88
"""The most that is believed of words that follow no pattern: a misread mark makes another word
(Nguyễn Trãi, Trải), and nothing in the text itself tells."""

_UNSURE = 0.45
"""Words read with less confidence do not belong to a value at its ends."""


class Taken(msgspec.Struct, frozen=True):
    """A value as it is reported, its date if it is one, and how sure its words are (0 to 1)."""

    value: str
    sure: float
    iso: str = ""

    def __repr__(self) -> str:
        return "Taken(***)"


def take(field: Field, words: Sequence[Word]) -> Taken | None:
    """The value at the beginning of these words, or None where there is none of this form."""
    words = [word for word in words if any(c.isalnum() for c in word.text)]
    if not words:
        return None
    match field.form:
        case "person_number":
            taken = _person_number(words)
        case "name":
            taken = _name(words)
        case "date":
            taken = _date(words, field)
        case "long_date":
            taken = long_date(words, field)
        case "choice" | "code":
            taken = _fitting(words, field)
        case "address":
            taken = _address(words)
        case _:
            taken = _text(words)
    if taken is None or (taken.iso and field.form == "date"):
        return taken
    return taken if field.fits(taken.value) else None


def _person_number(words: Sequence[Word]) -> Taken | None:
    for count in range(1, min(len(words), 5) + 1):
        text = " ".join(word.text for word in words[:count])
        number = numbers.digits(text, 12)
        if number and numbers.holds(number):
            sure = min(word.confidence for word in words[:count])
            return Taken(number, sure * (0.8 if numbers.repaired(text) else 1.0))
    return None


def _name(words: Sequence[Word]) -> Taken | None:
    """Words in capitals; where there are none, words that begin with one."""
    shouted = any(_is_name(word, True) for word in words[:6])
    taken: list[Word] = []
    broken = False
    for at, word in enumerate(words):
        if word.text.strip(_ENDS).casefold() in _TITLES and not taken:
            continue
        if _is_name(word, shouted):
            taken.append(word)
            if word.text[-1:] in ",;" or _LEADER.search(word.text):
                break
        elif taken or at > 5:
            # Letters right behind a name that are none may be a misread part of it.
            broken = bool(taken) and _touches(taken[-1], word)
            break
    if len(taken) < 2:
        return None
    parts = [_bare(word) for word in taken]
    if len(parts) > _MOST_NAMES or _OFFICES.search(plain(" ".join(parts))):
        return None
    sure = min(word.confidence for word in taken) * (_BROKEN if broken else 1.0)
    # A misread letter mostly makes a word that is no syllable, a misread mark an unknown name.
    sure *= (0.5 + 0.5 * syllables.share(parts)) * _family(parts[0])
    return Taken(" ".join(parts), sure)


def _bare(word: Word) -> str:
    """Without punctuation at its ends and the leader that follows it."""
    return _LEADER.sub("", word.text).strip(_ENDS)


def _touches(word: Word, after: Word) -> bool:
    said = any(c.isalnum() for c in after.text)
    return said and after.x - (word.x + word.w) < word.h


def _family(first: str) -> float:
    """1 for a known family name, less for one that may be misread."""
    names = family_names.load()
    if first.casefold() in names:
        return 1.0
    bare = plain(first)
    return _MISREAD if any(plain(name) == bare for name in names) else _RARE


def _is_name(word: Word, shouted: bool) -> bool:
    text = _bare(word)
    if not _NAME.fullmatch(text):
        return False
    return text.isupper() if shouted else text[0].isupper()


def _date(words: Sequence[Word], field: Field) -> Taken | None:
    for count in range(1, min(len(words), 10) + 1):
        some = words[:count]
        text = " ".join(word.text for word in some)
        sure = (
            min(word.confidence for word in some if any(c.isdigit() for c in word.text))
            if any(c.isdigit() for c in text)
            else 0.0
        )
        match = _DATE.search(text)
        if match is not None:
            plain_bars = match[2].strip() in "/-." and match[2].strip() == match[4].strip() != ""
            return _day(match.group(1, 3, 5), sure * (1.0 if plain_bars else _NO_BARS))
        spoken = _LONG.search(plain(text)) or _SHORT_LONG.search(plain(text))
        if spoken is not None:
            return _day(spoken.groups(), sure)
        bare = text.strip(_ENDS)
        if field.fits(bare) and (count == len(words) or not bare.isdigit()):
            return Taken(bare, sum(word.confidence for word in some) / count)
    return None


def _day(parts: Sequence[str], sure: float) -> Taken | None:
    day, month, year = (int(part.translate(_ALIKE)) for part in parts)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        return None
    changed = any(not part.isdigit() for part in parts)
    return Taken(f"{found:%d/%m/%Y}", sure * (0.7 if changed else 1.0), found.isoformat())


def long_date(words: Sequence[Word], field: Field) -> Taken | None:
    """ngày … tháng … năm …, with its place before it where the field's pattern wants one."""
    text = " ".join(word.text for word in words)
    match = _LONG.search(plain(text))
    if match is None:
        return None
    day, month, year = match.groups()
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        return None
    sure = min(word.confidence for word in words if any(c.isdigit() for c in word.text))
    said = f"ngày {day} tháng {month} năm {year}"
    place = text[: match.start()].strip(" ,.") if len(plain(text)) == len(text) else ""
    for value in (f"{place}, {said}", said, f"Ngày {said[5:]}", f"{found:%d/%m/%Y}"):
        if (place or not value.startswith(",")) and field.fits(value):
            return Taken(value, sure, found.isoformat())
    return None


def _fitting(words: Sequence[Word], field: Field) -> Taken | None:
    """The longest run that fits the pattern, beginning at the first or second word."""
    for start in range(min(2, len(words))):
        for end in range(min(len(words), start + _LONGEST), start, -1):
            some = words[start:end]
            parts = [word.text for word in some]
            for text in (" ".join(parts), "".join(parts)):
                value = text.strip(_ENDS)
                if value and field.fits(value):
                    return Taken(value, min(word.confidence for word in some))
    return None


def _address(words: Sequence[Word]) -> Taken | None:
    """A text; less sure where its province or its ward is one of the lists but for the marks."""
    taken = _text(words)
    if taken is None:
        return None
    *before, last = taken.value.split(",")
    misread = _but_for_marks(_PLACE.sub("", last.strip(" .")), _provinces())
    for part in before if plain(last).endswith("ho chi minh") else ():
        unit = _UNIT.fullmatch(part.strip())
        misread = misread or (unit is not None and _but_for_marks(unit[1], _wards()))
    return msgspec.structs.replace(taken, sure=taken.sure * _MISREAD) if misread else taken


def _but_for_marks(said: str, known: frozenset[str]) -> bool:
    """Is it a name of the list with other marks?"""
    name = said.casefold()
    return name not in known and plain(name) in {plain(other) for other in known}


@lru_cache(maxsize=1)
def _provinces() -> frozenset[str]:
    return _spelt(provinces.load().codes.values())


@lru_cache(maxsize=1)
def _wards() -> frozenset[str]:
    return _spelt(ward.name for ward in wards.load().values())


def _spelt(names: Iterable[str]) -> frozenset[str]:
    """Case-folded; both ways to place a tone are right: Khánh Hòa, Khánh Hoà."""
    out = set()
    for name in names:
        low = name.casefold()
        out |= {low, low.replace("òa", "oà").replace("óa", "oá").replace("ủy", "uỷ")}
    return frozenset(out)


def _text(words: Sequence[Word]) -> Taken | None:
    """All of it; unsure words at its end are left out, and make it less sure."""
    some, left = list(words), 1.0
    while some and some[-1].confidence < _UNSURE:
        word = some.pop()
        # Specks behind a value are common; a word that touches it was part of it.
        left *= _LOST if some and _touches(some[-1], word) else 1.0
    if not some or some[0].confidence < _UNSURE:
        return None
    joined = _LEAD.sub("", " ".join(word.text for word in some))
    value = joined.strip(_ENDS.replace(")", "").replace("(", ""))
    if sum(c.isalnum() for c in value) < 2:
        return None
    count = sum(len(word.text) for word in some)
    sure = sum(word.confidence * len(word.text) for word in some) / count * left
    if any(c.isdigit() for word in some for c in word.text):
        # Nothing tells a misread digit but its own confidence.
        sure = min(sure, min(w.confidence for w in some if any(c.isdigit() for c in w.text)))
    spelt = [part for part in re.split(r"[^\w]+", value) if part.isalpha() and len(part) > 1]
    return Taken(value, min(_UNCHECKED, sure * (0.5 + 0.5 * syllables.share(spelt))))
