"""Papers that look like two, or hide another: shadows, folds, portraits, a card beside a sheet."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from daemon.documents import page
from daemon.documents.decode import decode
from daemon.documents.geometry import Quad, ordered, overlap
from daemon.documents.judging import Judge
from daemon.documents.parts import part_of
from models.pages import cases

PAPER = np.array([[100.0, 80], [400, 80], [400, 300], [100, 300]])
DESK, WHITE, SHADE = (110, 100, 90), (240, 240, 235), 0.55


def quad(left: float, top: float, right: float, low: float) -> Quad:
    return np.array([[left, top], [right, top], [right, low], [left, low]], np.float64)


def desk(*papers: Quad, shadow: Quad | None = None) -> Judge:
    picture = np.full((400, 520, 3), DESK, np.uint8)
    for paper in papers:
        cv2.fillConvexPoly(picture, paper.astype(np.int32), WHITE)
    if shadow is not None:
        dark = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillConvexPoly(dark, shadow.astype(np.int32), 1)
        picture[dark > 0] = (picture[dark > 0] * SHADE).astype(np.uint8)
    return Judge(picture)


def test_borders_that_go_on_beyond_a_shadow_belong_to_one_paper() -> None:
    judge = desk(PAPER, shadow=quad(0, 0, 250, 400))
    assert part_of(judge, quad(250, 80, 400, 300), PAPER)


def test_a_paper_with_a_piece_of_the_desk_is_no_paper() -> None:
    judge = desk(PAPER)
    assert not part_of(judge, PAPER, quad(100, 80, 500, 300))
    assert not part_of(judge, PAPER, quad(100, 20, 400, 300))


def test_two_papers_with_desk_between_them_are_not_one() -> None:
    left, right = quad(100, 80, 220, 300), quad(290, 80, 400, 300)
    assert not part_of(desk(left, right), left, quad(100, 80, 400, 300))


def test_what_does_not_lie_in_it_is_no_part_of_it() -> None:
    assert not part_of(desk(PAPER), quad(10, 20, 60, 60), PAPER)
    assert not part_of(desk(PAPER), PAPER, PAPER)


@pytest.mark.parametrize(("case", "number"), [("shaded", 5005), ("plain", 5004), ("shaded", 20006)])
def test_a_shadow_a_fold_and_a_portrait_do_not_part_a_paper(case: str, number: int) -> None:
    made = cases.made(case, number)
    found = page.find(decode(made.jpeg))
    assert found.corners is not None
    assert overlap(found.corners, ordered(made.quads[0])) > 0.95
    assert found.others == ()


def test_a_small_paper_beside_a_large_one_is_found() -> None:
    made = cases.made("two", 20008)
    found = page.find(decode(made.jpeg))
    assert found.corners is not None
    both = [found.corners, *found.others]
    assert all(max(overlap(ordered(t), said) for said in both) > 0.95 for t in made.quads)


def test_a_paper_that_comes_late_among_many_candidates_is_found() -> None:
    made = cases.made("patterned", 20004)
    found = page.find(decode(made.jpeg))
    assert found.corners is not None
    assert overlap(found.corners, ordered(made.quads[0])) > 0.95
