"""Every View there is, from the machine itself."""

from __future__ import annotations

import os

import pytest

from daemon.machine.values import Contrast, Language, Size
from daemon.machine.views import View
from ui_kivy import environment

# Kivy reads its environment when it is first imported; no test has a display.
for _name in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(_name, None)
os.environ.update(environment.SETTINGS)
os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")


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
