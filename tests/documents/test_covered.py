from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents import covered

Pixels = npt.NDArray[np.uint8]
CORNERS = np.array([[300, 100], [900, 100], [900, 800], [300, 800]], float)
SKIN = (214, 168, 140)


def bed() -> Pixels:
    """A page of print on a dark desk."""
    picture = np.full((900, 1200, 3), (70, 72, 78), np.uint8)
    picture[100:800, 300:900] = (246, 244, 238)
    for y in range(180, 720, 22):
        picture[y : y + 8, 360:840:3] = 60
    return picture


def test_a_plain_page_is_not_covered() -> None:
    assert covered.find(bed(), CORNERS) is None


def test_a_finger_over_the_border_is_found_and_pointed_at() -> None:
    picture = bed()
    cv2.line(picture, (1150, 420), (850, 400), SKIN, 42, cv2.LINE_AA)
    place = covered.find(picture, CORNERS)
    assert place is not None
    assert place.x < 0.93 and place.x + place.w > 0.95
    assert place.y < (400 - 100) / 700 < place.y + place.h
    assert place.h < 0.2


def test_the_place_is_told_as_the_page_is_read() -> None:
    picture = bed()
    cv2.line(picture, (1150, 420), (850, 400), SKIN, 42, cv2.LINE_AA)
    # Named as on a page that is read with its right side up: the finger is then at the top.
    place = covered.find(picture, np.roll(CORNERS, -1, axis=0))
    assert place is not None
    assert place.y < 0.05


def test_a_shadow_over_the_border_covers_nothing() -> None:
    picture = bed().astype(np.float32)
    picture[300:500, 600:] *= 0.55
    assert covered.find(picture.astype(np.uint8), CORNERS) is None


def test_a_coloured_band_of_the_page_covers_nothing() -> None:
    picture = bed()
    picture[100:180, 300:900] = (190, 40, 50)
    assert covered.find(picture, CORNERS) is None
