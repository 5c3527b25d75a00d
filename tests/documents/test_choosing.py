from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import choosing, page
from daemon.documents.geometry import Quad, overlap
from daemon.documents.judging import Judge
from daemon.documents.regions import Regions

Pixels = npt.NDArray[np.uint8]
PAPER = np.array([[170, 60], [420, 70], [410, 370], [160, 360]], float)


def drawn(cell: int = 0, frame: bool = False) -> Pixels:
    """A page of print on a grey desk or on a cloth of squares, perhaps with a printed frame."""
    picture = np.full((420, 560, 3), (96, 100, 110), np.uint8)
    if cell:
        y, x = np.mgrid[:420, :560]
        picture[(y // cell + x // cell) % 2 == 0] = (180, 60, 60)
    cv2.fillConvexPoly(picture, PAPER.astype(np.int32), (245, 243, 238), cv2.LINE_AA)
    for y in range(120, 320, 12):
        picture[y : y + 4, 210:370:3] = 70
    if frame:
        cv2.polylines(picture, [shrunk(0.86).astype(np.int32)], True, (150, 40, 40), 4)
    grain = np.random.default_rng(3).normal(0, 2, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def shrunk(share: float) -> Quad:
    middle = PAPER.mean(axis=0)
    return np.asarray(middle + (PAPER - middle) * share, np.float64)


def chances(picture: Pixels, *quads: Quad) -> npt.NDArray[np.float64]:
    judge = Judge(picture)
    judged = {id(one.quad): one for one in judge.judge(quads)}
    return choosing.chances(judge, Regions(judge.lab), [judged[id(quad)] for quad in quads])


def test_a_printed_frame_is_not_the_paper() -> None:
    paper, frame = chances(drawn(frame=True), PAPER, shrunk(0.86))
    assert paper > 0.8
    assert frame < paper


def test_squares_of_a_cloth_around_the_paper_are_not_the_paper() -> None:
    cloth = np.array([[140, 35], [455, 35], [455, 385], [140, 385]], float)
    paper, around = chances(drawn(cell=35), PAPER, cloth)
    assert paper > 0.8
    assert around < 0.5


def test_half_a_page_is_not_the_paper() -> None:
    half = PAPER.copy()
    half[2:] = (PAPER[2:] + PAPER[[1, 0]]) / 2
    paper, part = chances(drawn(), PAPER, half)
    assert part < 0.5 < paper


def test_the_paper_on_a_cloth_is_found() -> None:
    found = page.find(drawn(cell=35, frame=True))
    assert found.corners is not None
    assert overlap(found.corners, PAPER) > 0.97
    assert found.others == ()


def test_every_measure_has_a_weight() -> None:
    read = msgspec.json.decode(choosing.WEIGHTS.read_bytes(), type=choosing.Weights)
    assert set(read.weight) == set(choosing.NAMES)
    assert any(read.weight.values())
