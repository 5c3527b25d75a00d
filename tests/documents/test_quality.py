from __future__ import annotations

import numpy as np
import pytest

from daemon.documents import glare, quality
from daemon.documents.decode import Pixels
from daemon.documents.pipeline import examine
from models.pages import cases
from tests.documents.scenes import Take, Taken

KINDS = ("giay_khai_sinh", "quyet_dinh", "hop_dong_lao_dong", "bang_dai_hoc")


def verdict(taken: Taken) -> quality.Verdict:
    flat = taken.page()
    return quality.judge(flat.pixels, flat.dpi, flat.source_dpi)


@pytest.mark.parametrize("level", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_a_good_photograph_passes(take: Take, kind: str, level: int) -> None:
    assert verdict(take(kind, 700 + level, level=level, size=(2028, 1520))).quality == "ok"


@pytest.mark.parametrize("fault", ["blur", "moved", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_named(take: Take, kind: str, fault: str) -> None:
    taken = take(kind, 800, level=1, size=(2028, 1520), faults={fault})
    assert verdict(taken).quality == fault


def test_a_reflection_is_named_and_pointed_at(take: Take) -> None:
    taken = take("giay_khai_sinh", 6005, level=2, size=(2028, 1520), faults={"glare"})
    clean = take("giay_khai_sinh", 6005, level=2, size=(2028, 1520))
    seen = verdict(taken)
    assert seen.quality == "glare"
    assert seen.where is not None
    # The place named is where the two pictures differ most.
    box = seen.where
    grey = [t.page().pixels.astype(float).min(axis=2) for t in (taken, clean)]
    height, width = grey[0].shape
    more = grey[0] - grey[1]
    x, y = int((box.x + box.w / 2) * width), int((box.y + box.h / 2) * height)
    assert more[y - 40 : y + 40, x - 40 : x + 40].mean() > more.mean() + 5


@pytest.mark.parametrize(("kind", "seed"), [("quyet_dinh", 6102), ("hop_dong_lao_dong", 6104)])
def test_a_reflection_on_white_paper_is_named(take: Take, kind: str, seed: int) -> None:
    taken = take(kind, seed, level=1, size=(2028, 1520), faults={"glare"})
    assert verdict(taken).quality == "glare"


def lit(ground: int = 255, spot: float = 0.0) -> Pixels:
    """A page of lines of print on paper of this brightness, a soft reflection in its middle."""
    page = np.full((700, 495, 3), float(ground))
    for top in range(60, 640, 14):
        for left in range(50, 440, 9):
            page[top : top + 6, left : left + 3] = 60
    y, x = np.mgrid[:700, :495]
    page += (spot * np.exp(-((x - 250) ** 2 + (y - 350) ** 2) / 60**2))[:, :, None]
    return np.asarray(np.clip(page, 0, 255), np.uint8)


def test_overexposed_paper_that_keeps_its_print_is_no_reflection() -> None:
    assert glare.find(lit()) is None
    bright = lit(200)
    bright[150:500] = lit()[150:500]
    assert glare.find(bright) is None
    bright = lit()
    bright[200:400, 150:350] = 255
    assert glare.find(bright) is None, "a gap between paragraphs"
    assert glare.find(lit(200, spot=420)) is not None


def test_a_white_field_with_a_border_is_no_reflection() -> None:
    field = lit(200)
    field[280:420, 180:320] = 255
    assert glare.find(field) is None
    spot = glare.largest(field)
    assert spot is not None
    assert spot.inside == 0, "the print is gone in it, but it does not fade"


def test_a_spot_on_blank_paper_hides_nothing() -> None:
    blank = np.clip(lit(200, spot=420).astype(int), 200, 255).astype(np.uint8)
    assert glare.largest(blank) is not None
    assert glare.find(blank) is None


def test_a_page_far_away_is_small(take: Take) -> None:
    taken = take("quyet_dinh", 900, level=0, size=(640, 480))
    assert verdict(taken).quality == "small"


def test_a_hand_on_the_page_covers_a_part_of_it(take: Take) -> None:
    taken = take("giay_khai_sinh", 76, level=1, size=(2028, 1520), faults={"hand"})
    seen = examine(taken.jpeg(), None)
    assert seen.quality in ("cut", "two", "empty")


def test_fingers_over_a_border_are_named_and_pointed_at() -> None:
    case = cases.made("touched", 5003)
    seen = examine(case.jpeg, None)
    assert seen.quality == "cut"
    assert seen.where is not None
    assert seen.where.w * seen.where.h < 0.4, "the place is pointed at, not the page"


def test_sharpness_falls_as_a_page_is_blurred(take: Take) -> None:
    import cv2

    flat = take("quyet_dinh", 701, level=0, size=(2028, 1520)).page()
    sharp = [
        quality.sharpness(
            np.asarray(cv2.GaussianBlur(flat.pixels, (0, 0), sigma), np.uint8), flat.dpi
        )
        for sigma in (0.5, 2, 4, 8)
    ]
    values = [s.best for s in sharp if s is not None]
    assert len(values) == 4
    assert values == sorted(values, reverse=True)
    assert values[0] > quality.BLURRED > values[-1]


def test_an_empty_sheet_is_not_called_blurred() -> None:
    blank = np.full((1754, 1240, 3), 235, np.uint8)
    assert quality.sharpness(blank, 150) is None
    assert quality.judge(blank, 150, 200).quality == "ok"
