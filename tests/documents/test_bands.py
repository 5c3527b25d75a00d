"""A card with a coloured head is one paper; two papers are two."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from daemon.documents import page
from daemon.documents.decode import Pixels

RNG = np.random.default_rng(4)


def desk() -> Pixels:
    noise = RNG.normal(0, 4, (675, 900, 1))
    return np.clip(np.array([38, 40, 44]) + noise, 0, 255).astype(np.uint8)


def lay(photo: Pixels, corners: list[tuple[int, int]], colour: tuple[int, int, int]) -> None:
    cv2.fillConvexPoly(photo, np.array(corners), colour, cv2.LINE_AA)


@pytest.mark.parametrize("turn", range(4))
def test_a_coloured_head_belongs_to_its_card(turn: int) -> None:
    photo = desk()
    lay(photo, [(80, 135), (777, 150), (763, 588), (75, 570)], (250, 232, 244))
    lay(photo, [(80, 135), (777, 150), (773, 248), (79, 234)], (92, 28, 120))
    photo = np.ascontiguousarray(np.rot90(photo, turn))
    found = page.find(photo)
    assert found.corners is not None
    assert found.others == ()
    height = np.linalg.norm(found.corners[1] - found.corners[0])
    width = np.linalg.norm(found.corners[2] - found.corners[1])
    assert sorted((height, width)) == pytest.approx([436, 692], abs=9)


def test_two_cards_side_by_side_are_two() -> None:
    photo = desk()
    lay(photo, [(60, 200), (420, 204), (417, 431), (58, 428)], (250, 232, 244))
    lay(photo, [(470, 210), (830, 206), (834, 434), (472, 436)], (92, 28, 120))
    found = page.find(photo)
    assert found.corners is not None
    assert len(found.others) == 1
