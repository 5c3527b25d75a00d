from __future__ import annotations

import cv2
import numpy as np

from daemon.documents import unroll
from daemon.documents.decode import Pixels

CORNERS = np.array([[250, 150], [950, 150], [950, 750], [250, 750]], float)
MATRIX = cv2.getPerspectiveTransform(
    CORNERS.astype(np.float32) - np.float32(0.5),
    np.array([[0, 0], [700, 0], [700, 600], [0, 600]], np.float32) - np.float32(0.5),
)


def sheet(bow: float) -> Pixels:
    """A ruled sheet on a dark desk, its upper and lower borders and its rules bowed by so much."""
    picture = np.full((900, 1200, 3), (60, 62, 66), np.uint8)
    x = np.arange(250, 951)
    rise = bow * np.sin(np.pi * (x - 250) / 700)
    outline = np.concatenate(
        [np.stack([x, 150 - rise], axis=1), np.stack([x, 750 - rise], axis=1)[::-1]]
    )
    cv2.fillPoly(picture, [np.rint(outline).astype(np.int32)], (244, 242, 236), cv2.LINE_AA)
    for y in range(210, 720, 60):
        line = np.stack([x[30:-30], (y - rise)[30:-30]], axis=1)
        cv2.polylines(picture, [np.rint(line).astype(np.int32)], False, (40, 40, 40), 3)
    return picture


def test_a_flat_sheet_is_not_unrolled() -> None:
    assert unroll.trace(sheet(0), CORNERS) is None


def test_the_lines_of_a_bowed_sheet_become_straight() -> None:
    bent = unroll.trace(sheet(24), CORNERS)
    assert bent is not None
    flat = unroll.flatten(sheet(24), MATRIX, (700, 600), bent)
    rule = np.array([column.argmin() for column in flat[80:160, 60:640:20, 0].T])
    assert np.ptp(rule) <= 3
    plain = cv2.warpPerspective(sheet(24), MATRIX, (700, 600))[80:160, 60:640:20, 0]
    assert np.ptp([column.argmin() for column in plain.T]) > 12


def test_the_borders_of_an_unrolled_sheet_show_no_desk() -> None:
    bent = unroll.trace(sheet(-20), CORNERS)
    assert bent is not None
    flat = unroll.flatten(sheet(-20), MATRIX, (700, 600), bent)
    assert flat[4, 20:-20, 0].min() > 200
    assert flat[-5, 20:-20, 0].min() > 200


def test_borders_that_cannot_be_seen_are_left_as_they_are() -> None:
    plain = np.full((900, 1200, 3), 230, np.uint8)
    assert unroll.trace(plain, CORNERS) is None
