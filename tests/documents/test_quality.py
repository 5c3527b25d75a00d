from __future__ import annotations

import numpy as np
import pytest

from daemon.documents import quality
from daemon.documents.pipeline import examine
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


def test_a_page_far_away_is_small(take: Take) -> None:
    taken = take("quyet_dinh", 900, level=0, size=(640, 480))
    assert verdict(taken).quality == "small"


def test_a_hand_on_the_page_covers_a_part_of_it(take: Take) -> None:
    taken = take("giay_khai_sinh", 76, level=1, size=(2028, 1520), faults={"hand"})
    seen = examine(taken.jpeg(), None)
    assert seen.quality in ("cut", "two")


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
