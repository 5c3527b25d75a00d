"""Forms: what holds no text is taken out before reading, and unsure lines are read again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from daemon.documents import text, text_engine
from daemon.documents.messages import Word
from daemon.documents.text_engine import Layout, Name, Plane, TextEngine
from daemon.documents.text_ground import even
from daemon.documents.text_lines import again
from daemon.documents.text_rules import cleared
from models.reading import errors, forms, pages

needs_font = pytest.mark.skipif(bool(pages.missing()), reason="fonts-noto-core is not installed")


@pytest.fixture(scope="module")
def engine() -> Iterator[TextEngine]:
    made = text_engine.start(text_engine.DEFAULT)
    if not made.version():
        pytest.skip("tesserocr or the Vietnamese data is not installed")
    yield made
    made.close()


def sheet() -> Plane:
    return np.full((900, 1200), 245, np.uint8)


@pytest.mark.parametrize("slope", [0, 1, 6])
def test_rules_go_and_what_crosses_them_stays(slope: int) -> None:
    page = sheet()
    cv2.line(page, (50, 400), (1150, 400 + slope), (30,), 4)
    cv2.line(page, (300, 50), (300 + slope, 850), (30,), 4)
    cv2.putText(page, "Ag", (600, 412), cv2.FONT_HERSHEY_SIMPLEX, 2, (30,), 6)
    letters = sheet()
    cv2.putText(letters, "Ag", (600, 412), cv2.FONT_HERSHEY_SIMPLEX, 2, (30,), 6)
    out = cleared(page, 300)
    lost = (letters < 128) & (out > 128)
    assert lost.sum() < 0.2 * (letters < 128).sum()
    out[340:430, 590:760] = 245
    assert (out < 128).sum() < 60


def test_dotted_lines_go_and_tone_marks_stay() -> None:
    page = sheet()
    for x in range(100, 1100, 15):
        cv2.circle(page, (x, 500), 3, (60,), -1)
    marks = [(200, 300), (260, 300), (500, 302), (520, 299), (900, 300)]
    for at in marks:
        cv2.circle(page, at, 3, (60,), -1)
    out = cleared(page, 300)
    assert (out[480:520] < 200).sum() == 0
    assert all(out[y, x] < 100 for x, y in marks)


@needs_font
def test_print_without_rules_is_left_alone() -> None:
    grey = even(pages.page(3).pixels[:1200], 300)
    assert (cleared(grey, 300) != grey).mean() < 0.0005


@needs_font
@pytest.mark.parametrize("level", [0, 2])
def test_a_filled_form_keeps_its_words(engine: TextEngine, level: int) -> None:
    printed = forms.page(900)
    read = text.read(pages.spoilt(printed.pixels, level, 900), pages.DPI, engine)
    asked = Counter(errors.plain(printed.text).split())
    lost = asked - Counter(errors.plain(read.text).split())
    assert sum(lost.values()) <= 0.05 * sum(asked.values()), "without clearing 0.3 and more"


class Told:
    """An engine that answers what it is told, and remembers what it was asked."""

    name: Name = "tesserocr"

    def __init__(self, *answers: tuple[Word, ...]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[tuple[int, ...], int, Layout]] = []

    def version(self) -> str:
        return "5"

    def words(
        self, grey: Plane, dpi: int, layout: Layout = "block", within: float = 0
    ) -> tuple[Word, ...]:
        self.asked.append((grey.shape, dpi, layout))
        return self.answers.pop(0)

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        """Holds nothing."""


def test_only_unsure_lines_are_read_again_and_only_better_ones_taken() -> None:
    sure = Word("Nam", 100, 100, 80, 30, 0.96, 0)
    title = Word("GIAY", 100, 300, 200, 60, 0.6, 1)
    worse = Word("Kinh", 100, 500, 80, 30, 0.7, 2)
    engine = Told(
        (Word("GIẤY", 20, 20, 90, 40, 0.95, 0),),  # at half its size
        (Word("GIẤV", 20, 20, 180, 80, 0.8, 0),),
        (Word("Kiuh", 10, 10, 80, 30, 0.5, 0),),
    )
    engine.answers[0], engine.answers[1] = engine.answers[1], engine.answers[0]
    found = again(sheet(), 300, (sure, title, worse), engine)
    assert [word.text for word in found] == ["Nam", "GIẤY", "Kinh"]
    assert [layout for _, _, layout in engine.asked] == ["line"] * 3
    assert [dpi for _, dpi, _ in engine.asked] == [300, 150, 300]
    assert found[1].line == 1
    assert abs(found[1].x - 103) <= 2 and abs(found[1].y - 303) <= 2
    assert (found[1].w, found[1].h) == (180, 80)
