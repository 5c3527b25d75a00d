"""The camera over a desk: true corners, repeatable scenes, faults that can be seen."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from models.specimens import FAULTS, Scene, draw, photograph

SIZE = (800, 600)


def _red(dpi: int = 60) -> Image.Image:
    page = Image.new("RGB", (round(210 * dpi / 25.4), round(297 * dpi / 25.4)), (230, 30, 30))
    page.info["dpi"] = (dpi, dpi)
    return page


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_the_corners_are_where_the_page_ends(level: int, turn: int) -> None:
    photo = photograph(_red(), 11 + turn, SIZE, level, turn=turn, mat=True)
    pixels = np.asarray(photo.image, int)
    corners = np.array(photo.corners[0])
    middle = corners.mean(0)
    for corner in corners:
        inward = corner + (middle - corner) * 0.08
        outward = corner + (corner - middle) * 0.08
        assert _is_red(pixels, inward), f"{inward} is not on the page"
        assert not _is_red(pixels, outward), f"{outward} is still on the page"


def _is_red(pixels: np.ndarray, at: np.ndarray) -> bool:
    x, y = (round(float(v)) for v in at)
    if not (0 <= x < pixels.shape[1] and 0 <= y < pixels.shape[0]):
        return False
    r, g, b = pixels[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].reshape(-1, 3).mean(0)
    return bool(r > 1.5 * max(g, b))


def test_corners_follow_the_paper_as_it_is_read() -> None:
    """Top left comes first and stays with the paper's own top left, however it lies."""
    page = _red()
    page.paste((30, 30, 230), (0, 0, page.width // 4, page.height // 4))
    for turn in range(4):
        photo = photograph(page, 3, SIZE, 0, turn=turn, mat=True)
        corners = np.array(photo.corners[0])
        x, y = corners[0] + (corners.mean(0) - corners[0]) * 0.2
        r, _, b = np.asarray(photo.image, int)[round(y), round(x)]
        assert b > r, f"turn {turn}"


def test_same_seed_same_photograph_and_another_shot_only_differs_in_noise() -> None:
    page = draw("giay_khai_sinh", 1, dpi=60)
    one, two = (photograph(page, 9, SIZE) for _ in range(2))
    assert one.image.tobytes() == two.image.tobytes()
    assert one.corners == two.corners
    scene = Scene([page], 9, aspect=SIZE[0] / SIZE[1])
    first, second = scene.shoot(SIZE, 0), scene.shoot(SIZE, 1)
    assert first.corners == second.corners
    gap = np.abs(np.asarray(first.image, int) - np.asarray(second.image, int))
    assert 0 < gap.mean() < 15


def test_two_papers_and_none() -> None:
    pages = [draw("giay_khai_sinh", 1, dpi=40), draw("quyet_dinh", 1, dpi=40)]
    photo = photograph(pages, 4, SIZE, 1)
    assert len(photo.corners) == 2
    assert photograph([], 4, SIZE).corners == ()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_changes_the_picture(fault: str) -> None:
    page = draw("quyet_dinh", 2, dpi=60)
    plain = np.asarray(photograph(page, 6, SIZE, 1).image, int)
    faulty = np.asarray(photograph(page, 6, SIZE, 1, faults={fault}).image, int)
    assert np.abs(plain - faulty).mean() > 1.0


def test_wrong_faults_and_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="fog"):
        photograph(_red(), 1, SIZE, faults={"fog"})
    with pytest.raises(ValueError, match="level 4"):
        photograph(_red(), 1, SIZE, 4)
