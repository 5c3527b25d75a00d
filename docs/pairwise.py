"""Which screens are pictured: every pair of values of two properties, in few pictures.

Four pictures a screen, one in each contrast; language, frame and size fill them as the columns of
an orthogonal array of strength two, turned from screen to screen so that each meets each contrast.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from daemon.machine.values import Contrast, Language, Size
from ui_kivy.theme import CONTRASTS

Frame = Literal["portrait", "landscape"]
LANGUAGES: tuple[Language, Language] = ("vi", "en")
FRAMES: tuple[Frame, Frame] = ("portrait", "landscape")
SIZES: tuple[Size, Size] = ("normal", "large")


class Variant(msgspec.Struct, frozen=True, order=True):
    """How a screen is shown."""

    frame: Frame
    size: Size
    contrast: Contrast
    language: Language

    def __str__(self) -> str:
        return f"{self.frame}-{self.size}-{self.contrast}-{self.language}"


def chosen(screen: int) -> Iterator[Variant]:
    """The four variants of the screen with this number."""
    for row, contrast in enumerate(CONTRASTS):
        one, two = row >> 1, row & 1
        yield Variant(
            FRAMES[two ^ screen >> 1 & 1],
            SIZES[one ^ two ^ screen >> 2 & 1],
            contrast,
            LANGUAGES[one ^ screen & 1],
        )


def every() -> Iterator[Variant]:
    """All variants there are."""
    for frame in FRAMES:
        for size in SIZES:
            for contrast in CONTRASTS:
                for language in LANGUAGES:
                    yield Variant(frame, size, contrast, language)
