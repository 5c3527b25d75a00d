"""Where the hardware keys are among the letters is drawn."""

from __future__ import annotations

import pytest

from daemon.machine.personal import Personal
from daemon.machine.spelling import ROWS
from daemon.machine.values import Prefs
from daemon.machine.views import Keyboard, Say, View
from ui_kivy.screens.compose import compose
from ui_kivy.screens.draft import Local
from ui_kivy.screens.items import Glow
from ui_kivy.theme import Theme
from ui_kivy.words import Words


@pytest.mark.parametrize("size", [(1080.0, 1920.0), (1920.0, 1080.0)])
def test_the_row_and_then_the_key_glow(size: tuple[float, float]) -> None:
    for number, row in enumerate(ROWS[:-1]):
        assert _glowing(f"row:{number}", size) == len(row), row
        for key in row:
            assert _glowing(key, size) == 1, key


def _glowing(where: str, size: tuple[float, float]) -> int:
    prefs = Prefs(keys=True)
    body = Keyboard(Personal("Lê"), spelt=Personal(where))
    view = View(name="copy.name", body=body, title=Say("name.ask"), focus=0, prefs=prefs)
    sheet, _ = compose(view, size, Theme(prefs, 4.03), Words("vi"), Local())
    return sum(isinstance(item, Glow) for item in sheet.items)
