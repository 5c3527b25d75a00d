"""QR and other bar codes on a page; the QR of citizen cards."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import zxingcpp

from daemon.documents.decode import Pixels
from daemon.documents.messages import Code

_FORMATS = ("QRCode", "Code128", "PDF417", "DataMatrix", "Aztec")


class CardData(msgspec.Struct, frozen=True):
    """The seven fields of a citizen card's QR (chip card of 2021, identity card of 2024)."""

    number: str
    old_number: str
    name: str
    birth: date
    sex: str
    residence: str
    issued: date

    def __repr__(self) -> str:
        return "CardData(***)"


def find(page: Pixels) -> tuple[Code, ...]:
    """All codes on a rectified page; a second try at 2.5 times the size where none was found."""
    grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), np.uint8)
    found = _read(grey, 1.0)
    if not found and max(grey.shape) < 1600:
        large = cv2.resize(grey, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
        sharp = cv2.addWeighted(large, 2.0, cv2.GaussianBlur(large, (0, 0), 3.0), -1.0, 0)
        found = _read(np.asarray(sharp, np.uint8), 2.5)
    return found


def _read(grey: npt.NDArray[np.uint8], scale: float) -> tuple[Code, ...]:
    results = zxingcpp.read_barcodes(grey, try_downscale=False, try_invert=False)
    codes = []
    for result in results:
        place = result.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        codes.append(
            Code(
                str(result.format).rpartition(".")[2],
                _text(result.bytes, result.text),
                tuple((c.x / scale, c.y / scale) for c in corners),
            )
        )
    return tuple(codes)


def _text(data: bytes, shown: str) -> str:
    """UTF-8 where it is that: cards say so nowhere in the code, and readers guess wrongly."""
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError:
        return shown


def card(text: str) -> CardData | None:
    """The card's fields, or None where this is not the QR of a card.

    Number | old number | name | birth ddmmyyyy | sex | residence | issued ddmmyyyy | further
    fields without a fixed meaning.  There is no signature: anyone can make such a code.
    """
    parts = [part.strip() for part in unicodedata.normalize("NFC", text).split("|")]
    if len(parts) < 7:
        return None
    number, old, name, birth, sex, residence, issued = parts[:7]
    born, given = _date(birth), _date(issued)
    right = (
        re.fullmatch(r"[0-9]{12}", number)
        and re.fullmatch(r"([0-9]{9}|[0-9]{12})?", old)
        and name
        and sex in ("Nam", "Nữ")
    )
    if not right or born is None or given is None:
        return None
    return CardData(number, old, name, born, sex, residence, given)


def _date(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{8}", text):
        return None
    try:
        return date(int(text[4:]), int(text[2:4]), int(text[:2]))
    except ValueError:
        return None
