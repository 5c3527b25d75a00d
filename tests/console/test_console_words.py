"""The console's second language: whole, well formed, and on the screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.console import remedies, words
from daemon.console.down import STILL
from daemon.console.paper import plain, wrapped
from daemon.console.shell import MENU_LINES
from tests.console.near import kioskctl
from tests.console.spoken import spoken
from tests.console.test_console_terminal import PROMPT, console


@pytest.fixture
def vietnamese() -> Iterator[None]:
    words.speak("vi")
    yield
    words.speak("en")


def test_every_sentence_of_the_sources_has_its_vietnamese() -> None:
    """A new sentence without one is found here, with its place."""
    found = spoken()
    assert len(found) > 150, "the search itself still works"
    missing = {text: place for text, place in found.items() if text not in words.load()}
    assert missing == {}


def test_what_to_do_and_what_still_can_be_done_are_there_too() -> None:
    known = words.load()
    assert [one for one in remedies.load().values() if one not in known] == []
    assert [one for one in (*STILL, *MENU_LINES) if one not in known] == []


@pytest.mark.parametrize("english", sorted(words.load()))
def test_an_entry_is_well_formed(english: str) -> None:
    said = words.load()[english]
    assert said == unicodedata.normalize("NFC", said)
    assert said.count("{}") == english.count("{}"), "every value has its place"
    assert "?" not in plain(said).replace("?", "", said.count("?")), "every letter has a likeness"
    if english in (*STILL, *MENU_LINES):
        assert len(said) <= 80


def test_values_and_words_inside_are_put_in(vietnamese: None) -> None:
    assert words.told("Try camera now?") == "Thử camera bây giờ?"
    assert words.told("Maintenance off: now.") == "Bảo trì tắt: ngay bây giờ."
    assert words.told("    Put paper in.") == "    Cho giấy vào."
    assert words.told("a sentence nobody knows") == "a sentence nobody knows"
    long = "The picture is black: take off what covers the lens, check the bed's lamp."
    assert " ".join(line.strip() for line in wrapped(long, 8, 40)) == words.load()[long]


def test_the_console_changes_its_language(served: Path) -> None:
    with console(served) as child:
        child.expect(PROMPT)
        child.sendline("set lang vi")
        child.expect(PROMPT)
        child.sendline("status")
        child.expect("Tinh trang  DANG PHUC VU")
        child.expect(PROMPT)
        child.sendline("alarms")
        child.expect("khong phuc vu: copy_paper")
        child.expect(PROMPT)
        child.sendline("frobnicate")
        child.expect("khong co lenh 'frobnicate'")
        child.sendline("set lang fr")
        child.expect("set lang vi | set lang en")
        child.expect(PROMPT)
        child.sendline("set lang en")
        child.expect(PROMPT)
        child.sendline("status")
        child.expect("IN SERVICE")


def test_one_command_in_vietnamese_and_json_in_english(served: Path) -> None:
    done = kioskctl(served, "status", "--lang", "vi")
    assert "ĐANG PHỤC VỤ" in done.stdout and max(map(len, done.stdout.splitlines())) <= 80
    assert "in_service" in kioskctl(served, "status", "--json", "--lang", "vi").stdout
