"""No text is cut off, nothing overlaps, targets and contrast are right: computed, not looked at.

Every View of a scripted visit and every one that a search of the machine's states finds, every page
of it, in each language, size, contrast and frame.  An overlay looks the same over every screen: all
pairs are tried in two variants, one of each in the others.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from daemon.machine.values import Contrast, Language, Size
from daemon.machine.views import Say, View, actions
from tests.ui.checks import FRAMES, faults, sheets, words
from tests.ui.conftest import LANGUAGES, every_view
from tests.ui.states import dressed, over, screens
from ui_kivy.colours import contrast
from ui_kivy.screens.bar import LARGE_BAR
from ui_kivy.screens.compose import compose
from ui_kivy.screens.draft import Local
from ui_kivy.theme import EDGE_ON, EDGE_RATIO, PALETTES, PX_PER_MM, TEXT_ON, TEXT_RATIO, Theme

VARIANTS = [
    pytest.param(*language.values, size, frame, marks=language.marks)
    for language in LANGUAGES
    for size in ("normal", "large")
    for frame in FRAMES
]


def wrong(views: Iterable[View], frame: str) -> str:
    """All faults of these Views, one a line; nothing where all is well."""
    found = [
        fault
        for view in views
        for name, sheet in sheets(view, frame)
        for fault in faults(name, sheet, view, frame)
    ]
    return f"{len(found)} faults:\n" + "\n".join(found[:60]) if found else ""


@pytest.mark.parametrize(("language", "size", "frame"), VARIANTS)
def test_every_view(language: Language, size: Size, frame: str) -> None:
    found = wrong(every_view(language, size, "standard"), frame)
    assert not found, found


@pytest.mark.parametrize(
    ("language", "size", "frame"), [("vi", "normal", "portrait"), ("en", "large", "landscape")]
)
def test_every_overlay_over_every_view(language: Language, size: Size, frame: str) -> None:
    found = wrong((dressed(one, language, size=size) for one in screens() if over(one)), frame)
    assert not found, found


@pytest.mark.parametrize("contrast_", ["high", "dark", "yellow"])
def test_every_contrast(contrast_: Contrast) -> None:
    """Only colours change: the geometry was checked above."""
    found = wrong(every_view("vi", "normal", contrast_), "portrait")
    assert not found, found


@pytest.mark.parametrize("language", LANGUAGES)
def test_low_mode(language: Language) -> None:
    found = wrong(every_view(language, "normal", "standard", low=True), "portrait")
    assert not found, found


@pytest.mark.parametrize(("language", "size", "frame"), VARIANTS)
def test_everything_can_be_reached(language: Language, size: Size, frame: str) -> None:
    """Each action of a View is a target on one of its pages, or on one of the bar's."""
    for view in every_view(language, size, "standard"):
        seen: set[tuple[str, str]] = set()
        for _, sheet in sheets(view, frame):
            seen.update((one.action, one.value) for one in sheet.targets)
        for bar in range(len(LARGE_BAR) if size == "large" else 0):
            sheet, _ = compose(
                view,
                FRAMES[frame],
                Theme(view.prefs, PX_PER_MM),
                words(language),
                Local(bar=bar, follow=False),
            )
            seen.update((one.action, one.value) for one in sheet.targets)
        missing = {(one.action, one.value) for one in actions(view)} - seen
        assert not missing, f"{view.name}: {missing}"


def test_palettes() -> None:
    for name, palette in PALETTES.items():
        for text, ground in TEXT_ON:
            ratio = contrast(getattr(palette, text), getattr(palette, ground))
            assert ratio >= TEXT_RATIO, f"{name}: {text} on {ground} is {ratio:.2f}"
        for edge, ground in EDGE_ON:
            ratio = contrast(getattr(palette, edge), getattr(palette, ground))
            assert ratio >= EDGE_RATIO, f"{name}: {edge} on {ground} is {ratio:.2f}"


def test_a_fault_is_found(views: list[View]) -> None:
    """The checks can fail: a word of eighty letters fits nowhere."""
    view = replace(views[0], title=Say("lookup.hit", args={"name": "x" * 80}))
    _, sheet = next(sheets(view, "portrait"))
    assert list(faults("attract", sheet, view, "portrait"))
