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
    from ui_kivy.gallery import house, visit

    return list(visit(house(language, size=size, contrast=contrast, low=low)))


@pytest.fixture(scope="session")
def views() -> list[View]:
    return every_view("vi", "normal", "standard")
