from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from daemon.documents import borders
from daemon.documents.geometry import overlap

Pixels = npt.NDArray[np.uint8]
SHAPE = (900, 1200)
TRUTH = np.array([[301.3, 120.7], [880.2, 142.1], [861.9, 801.4], [288.6, 780.3]])


def picture(
    paper: int, desk: int, quad: npt.NDArray[np.float64] = TRUTH, frame: bool = False
) -> Pixels:
    """A paper of this brightness on a desk of that one, corners exact to a hundredth of a pixel."""
    large = np.full((SHAPE[0] * 4, SHAPE[1] * 4), desk, np.uint8)
    cv2.fillConvexPoly(
        large, np.round((quad * 4 - 0.5) * 64).astype(np.int32), paper, cv2.LINE_8, 6
    )
    if frame:
        middle = quad.mean(axis=0)
        for share in (0.955, 0.93):
            inner = np.round((middle + (quad - middle) * share) * 4).astype(np.int32)
            cv2.polylines(large, [inner], True, 60, 14)
    grey = cv2.resize(large, SHAPE[::-1], interpolation=cv2.INTER_AREA).astype(np.float32)
    grey += np.random.default_rng(1).normal(0, 3, grey.shape)
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize(("paper", "desk"), [(240, 40), (245, 228), (60, 130)])
def test_corners_are_known_to_half_a_pixel(paper: int, desk: int) -> None:
    rough = TRUTH + np.array([[3, -2], [-4, 1], [2, 3], [-1, -3]])
    found = borders.exact(picture(paper, desk), rough)
    assert np.abs(found.quad - TRUTH).max() < 0.5
    assert found.seen == (True, True, True, True)


def test_a_printed_frame_is_left_for_the_border_outside_of_it() -> None:
    middle = TRUTH.mean(axis=0)
    frame = middle + (TRUTH - middle) * 0.955
    found = borders.exact(picture(235, 90, frame=True), frame)
    assert overlap(found.quad, TRUTH) > 0.99


def test_a_paper_of_which_a_side_is_outside_has_no_border_there() -> None:
    quad = TRUTH + np.array([0, -330])
    rough = quad.copy()
    rough[:2, 1] = 1
    assert borders.exact(picture(240, 60, quad), rough).seen == (False, True, True, True)
