"""Turns a `Say` into words of one language: numbers, money and places in that language's form."""

from __future__ import annotations

import datetime
import logging
import re
import unicodedata
from pathlib import Path

from daemon.machine.views import Say
from ui_kivy.catalogue import LOCALE, Catalogue, load

log = logging.getLogger(__name__)

NEUTRAL = "form.neutral"
"""Said for a key that no catalogue has: a visitor never sees a key or a traceback."""
GROUP = "form.group"
"""The sign between thousands; each language's catalogue says its own."""
MONEY = "form.money"

_COUNT_ARGS = ("n", "copies", "s", "m")
"""The argument that chooses the plural form, the first that a message has."""
_UNKNOWN = "…"


# fmt: off
TIES = (
    "giấy tờ", "bàn chụp", "cán bộ", "vui lòng", "chứng thực", "bản chính", "bản sao", "xin mời",
    "căn cước", "thông tin", "đồng ý", "họ tên", "họ và tên", "bản điện tử", "bản giấy",
    "số thứ tự", "điện thoại", "ngân hàng", "thủ tục", "màn hình", "trang đầu", "kết hôn",
    "khai sinh", "tốt nghiệp", "phổ thông", "công dân", "gắn chip", "mã vạch", "bảo hiểm",
    "xã hội", "hộ khẩu", "hài lòng", "biên nhận", "máy in", "chờ chút", "mặt sau", "lời chứng",
    "thanh toán", "hướng dẫn", "ưu tiên", "nhấp nháy", "hoàn tiền", "kiểm tra", "tờ giấy",
    "bốn góc",
)
# fmt: on
"""Words of two or more syllables that read badly when a line breaks inside them."""

_TIED = re.compile("|".join(sorted(TIES, key=len, reverse=True)), re.IGNORECASE)


def tied(text: str) -> str:
    """Syllables of one Vietnamese word stay on one line: the blank between them does not break."""
    return _TIED.sub(lambda match: match.group().replace(" ", "\u00a0"), text)


class Words:
    """The texts of one language."""

    def __init__(self, language: str, locale: Path = LOCALE) -> None:
        self.language = language
        self._catalogue: Catalogue = load(language, locale)
        self._named: set[str] = set()

    def say(self, said: Say, *, inside: bool = False) -> str:
        """The words, NFC, as a sentence of its own, or `inside` another one."""
        message = self._catalogue.get(said.key)
        if message is None:
            # A code that is newer than this catalogue: its family has words for any other.
            self._note(f"no text for {said.key}")
            message = self._catalogue.get(f"{said.key.rpartition('.')[0]}.other")
        if message is None:
            return self._form(NEUTRAL)
        args = said.args
        values = {name: self._argument(name, value) for name, value in args.items()}
        values |= {name: self.term(key) for name, key in said.terms.items()}
        values |= {name: text.reveal() for name, text in said.own.items()}
        for name in message.slots - values.keys():
            self._note(f"{said.key}: no argument {name}")
            values[name] = _UNKNOWN
        count = next((args[name] for name in _COUNT_ARGS if isinstance(args.get(name), int)), None)
        text = message.form(count if isinstance(count, int) else None).format_map(values)
        text = unicodedata.normalize("NFC", text)
        return text if inside else tied(text[:1].upper() + text[1:])

    def key(self, key: str) -> str:
        """The words of a key without arguments."""
        return self.say(Say(key))

    def term(self, key: str) -> str:
        """The words of a key inside a sentence."""
        return self.say(Say(key), inside=True)

    def _argument(self, name: str, value: str | int) -> str:
        if isinstance(value, int):
            return self.number(value)
        if name == "where":
            return self.term(f"place.{value}")
        return value

    def number(self, value: int) -> str:
        """1.000 in Vietnamese, 1,000 in English."""
        return f"{value:,}".replace(",", self._form(GROUP))

    def money(self, dong: int) -> str:
        """An amount in đồng."""
        return self._form(MONEY).format(amount=self.number(dong))

    def date(self, day: datetime.date) -> str:
        """25/11/2026 in both languages: papers in this country are read so."""
        return f"{day.day:02}/{day.month:02}/{day.year}"

    def _form(self, key: str) -> str:
        """One of the forms that every catalogue must have; `test_words` holds it."""
        return self._catalogue[key].forms[0]

    def _note(self, trouble: str) -> None:
        if trouble not in self._named:
            self._named.add(trouble)
            log.warning("words %s: %s", self.language, trouble)
