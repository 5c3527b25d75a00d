"""The desk's sentences: each is used, each used one exists, in both languages, in NFC."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from daemon.catalogue import refusals
from daemon.desk import words
from daemon.desk.errors import DeskError

FOLDER = Path(words.__file__).parent
MADE = ("check", "cell", "reason", "relay", "note", "flash", "error", "wrong", "enter", "board")
"""Sections whose keys are put together."""


def _text() -> str:
    files = [*FOLDER.glob("*.py"), *(FOLDER / "templates").glob("*.html")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_sentence_is_used_and_every_used_one_exists() -> None:
    text = _text()
    asked = set(re.findall(r'say\(\s*["\']([a-z_]+\.[a-z_0-9]+)["\']', text))
    asked |= set(re.findall(r'"((?:request|page|pay)\.[a-z_]+)"', text)) - {
        "request.html",
        "page.html",
    }
    asked |= {"request.digital", "request.paper"}  # by the product
    known = set(words.table())
    assert asked <= known
    left = {key for key in known - asked if key.split(".")[0] not in MADE}
    assert {key for key in left if f'"{key.split(".")[1]}"' not in text} == set()


def test_errors_have_their_sentence() -> None:
    codes = set(re.findall(r'(?:DeskError|NotThere|NotAllowed)\("([a-z]+)"\)', _text()))
    codes |= {"decided", "gone", "barred", "others"}
    assert codes and DeskError("x").code == "x"
    for code in codes:
        assert words.known(f"error.{code}"), code


def test_every_ground_of_refusal_has_its_words() -> None:
    grounds = refusals.default()
    for code in grounds.grounds:
        assert words.known(f"reason.{code}") == grounds.may_refuse(code), code


def test_both_languages_in_nfc() -> None:
    for key, pair in words.table().items():
        for language in words.LANGUAGES:
            assert pair[language].strip(), key
            assert unicodedata.is_normalized("NFC", pair[language]), key
        assert set(re.findall(r"{\w+}", pair["vi"])) == set(re.findall(r"{\w+}", pair["en"])), key
