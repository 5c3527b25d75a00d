"""Every View there is, from the machine itself."""

from __future__ import annotations

import os

import pytest
from _pytest.mark.structures import ParameterSet

from daemon.machine.values import Contrast, Language, Size
from daemon.machine.views import View
from ui_kivy import catalogue, environment
from ui_kivy.tongues import about
from ui_kivy.typeset import FontError, font

# Kivy reads its environment when it is first imported; no test has a display.
for _name in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(_name, None)
os.environ.update(environment.SETTINGS)
os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")


def _drawable(language: Language) -> ParameterSet:
    """The language, skipped where the font that has its letters is not installed."""
    try:
        font(text=about(language).name)
    except FontError as error:
        return pytest.param(language, marks=pytest.mark.skip(reason=str(error)))
    return pytest.param(language)


LANGUAGES = [_drawable(language) for language in catalogue.languages()]
"""Every language there is a catalogue for."""


def every_view(
    language: Language, size: Size, contrast: Contrast, *, low: bool = False
) -> list[View]:
    """The scripted visit with its real kinds and names, then every screen that can be reached."""
    from tests.ui.states import dressed, sampled
    from ui_kivy.gallery import house, visit

    scripted = visit(house(language, size=size, contrast=contrast, low=low))
    searched = (dressed(one, language, size=size, contrast=contrast, low=low) for one in sampled())
    return [*scripted, *searched]


@pytest.fixture(scope="session")
def views() -> list[View]:
    return every_view("vi", "normal", "standard")
