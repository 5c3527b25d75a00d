"""Adding a language is adding a file: shown with one that is made up and has longer words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui import pseudo
from tests.ui.checks import FRAMES, faults, sheets
from tests.ui.conftest import every_view
from ui_kivy import catalogue
from ui_kivy.screens.items import Text
from ui_kivy.words import Words

CROWDED: dict[str, frozenset[str]] = {
    "portrait": frozenset(),
    "landscape": frozenset(
        f"copy.{name}" for name in ("refused", "pay", "not_certified", "trouble", "seal_failed")
    )
    | {"attract"},
}
"""Screens with no room for a third more letters: docs/open-points.md."""


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Words:
    """The words of the made-up language, from its file alone."""
    locale = tmp_path_factory.mktemp("locale")
    pseudo.write(locale)
    return Words(pseudo.NAME, locale)


def test_it_has_every_key_and_argument_and_is_longer(tmp_path: Path) -> None:
    pseudo.write(tmp_path)
    made, english = catalogue.load(pseudo.NAME, tmp_path), catalogue.load("en")
    assert {key: one.slots for key, one in made.items()} == {
        key: one.slots for key, one in english.items()
    }
    total = [sum(len(f) for one in book.values() for f in one.forms) for book in (made, english)]
    assert 1.2 < total[0] / total[1] < 1.5


@pytest.mark.parametrize("frame", FRAMES)
def test_longer_words_fit(long: Words, frame: str) -> None:
    found = [
        fault
        for view in every_view("en", "normal", "standard")
        if view.name not in CROWDED[frame]
        for name, sheet in sheets(view, frame, long)
        for fault in faults(name, sheet, view, frame)
    ]
    assert not found, f"{len(found)} faults:\n" + "\n".join(found[:40])


def test_every_word_on_the_glass_comes_from_the_catalogue(long: Words) -> None:
    """An English sentence that stays English would be one that stands in the code."""
    english = {
        text
        for message in catalogue.load("en").values()
        for text in message.forms
        if not message.slots and " " in text
    }
    shown = {
        line
        for view in every_view("en", "normal", "standard")
        for _, sheet in sheets(view, "portrait", long)
        for item in sheet.items
        if isinstance(item, Text)
        for line in [" ".join(map(str, item.block.lines))]
    }
    assert any(pseudo.FILL in line for line in shown)
    assert not shown & english
