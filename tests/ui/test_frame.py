"""The frame is the same on every screen, every letter is in the font, calm screens stand still."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from daemon.machine.values import Language, Prefs
from daemon.machine.views import BAR, Camera, Notice, Say, View
from tests.ui.checks import FRAMES, sheets
from tests.ui.conftest import LANGUAGES, every_view
from ui_kivy import catalogue
from ui_kivy.glass import glass
from ui_kivy.screens.items import Fill, Sheet, Text
from ui_kivy.screens.keys import MARKS, ROWS, SIGNS, TONES
from ui_kivy.theme import PX_PER_MM, Theme
from ui_kivy.typeset import font


@pytest.mark.parametrize("frame", list(FRAMES))
def test_bar_and_primary_never_move(frame: str) -> None:
    """Where a hand found back, help or the act once, it finds them on every screen."""
    where: dict[str, set[tuple[float, float]]] = {}
    primary: set[float] = set()
    for view in every_view("vi", "normal", "standard"):
        if view.overlay is not None:
            continue
        _, sheet = next(sheets(view, frame))
        for one in sheet.targets:
            # The visitor's own choices may be called so too: the bar is at the foot.
            if one.action in BAR and one.rect.y > FRAMES[frame][1] * 0.8:
                where.setdefault(one.action, set()).add((one.rect.x, one.rect.y))
        primary |= {one.rect.bottom for one in sheet.targets if one.primary}
    assert set(where) == set(BAR)
    assert all(len(found) == 1 for found in where.values()), where
    assert len(primary) == 1


def test_the_zones_of_the_portrait_frame() -> None:
    """Status above 200 px, steps to 330, the picture to 960; then words, choices and the bar."""
    at: list[float] = []
    for view in every_view("vi", "normal", "standard"):
        if (
            view.overlay is not None
            or not isinstance(view.body, Camera | Notice)
            or view.step is None
        ):
            continue
        _, sheet = next(sheets(view, "portrait"))
        title = next(one for one in sheet.items if isinstance(one, Text) and _is_title(one, sheet))
        # Long reasons with many ways out, and a receipt with all means of delivery, push the
        # sentence up by some more than a line.
        assert 790 <= title.rect.y <= 964, (view.name, title.rect)
        at.append(title.rect.y)
        pictures = [
            one.rect
            for one in sheet.items
            if isinstance(one, Fill) and one.rect.y > 330 and one.rect.bottom < 962 and one.radius
        ]
        assert pictures, view.name
    assert sum(959 <= y <= 964 for y in at) > 0.8 * len(at)


def _is_title(text: Text, sheet: Sheet) -> bool:
    """The sentence is the boldest line between the steps and the choices."""
    return text.ground == "ground" and text.block.bold and 330 < text.rect.y < 1500


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_font_has_every_letter(language: Language) -> None:
    """What the catalogue, the keyboard and the names of people can show."""
    typed = "".join((*ROWS, *SIGNS, MARKS, *TONES.values()))
    spoken = "".join(text for one in catalogue.load(language).values() for text in one.forms)
    vowels = [
        unicodedata.normalize("NFC", base + mark)
        for base in "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
        for mark in ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
    ]
    wanted = {*typed, *typed.upper(), *spoken, *vowels, *"đĐ•…–×\u00a0"} - {"\n"}
    assert all(len(one) == 1 for one in vowels)
    for bold in (False, True):
        # A text is drawn in one font: the one of its language's own letters.
        held = TTFont(Path(font(bold, spoken)), lazy=True).getBestCmap()
        missing = sorted(one for one in wanted if ord(one) not in held)
        assert not missing, (bold, missing)


def test_less_motion_stands_still() -> None:
    assert Theme(Prefs(), PX_PER_MM).moves_for > 0
    assert Theme(Prefs(), PX_PER_MM, calm=True).moves_for == 0


@pytest.mark.parametrize("calm", [True, False])
def test_an_illustration_moves_unless_less_motion_is_asked(tmp_path: Path, calm: bool) -> None:
    """With less motion two pictures of the same screen are the same; else one of many differs."""
    view = View(name="place", body=Notice("info", loop="lay_paper"), title=Say("bed.place"))
    with glass(*(("--less-motion",) if calm else ())) as screen:
        screen.show(view)
        seen = set()
        for n in range(8):
            screen.photograph(tmp_path / f"{n}.png")
            seen.add((tmp_path / f"{n}.png").read_bytes())
            screen.ping(n)
    if calm:
        assert len(seen) == 1
    else:
        assert len(seen) > 1
