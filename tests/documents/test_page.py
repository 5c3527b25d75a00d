from __future__ import annotations

import numpy as np
import pytest

from daemon.documents import page, rectify, upright
from daemon.documents.geometry import convex, ordered, overlap, proportion
from tests.documents.scenes import Take

KINDS = ("giay_khai_sinh", "cccd_gan_chip_2021", "quyet_dinh", "bang_dai_hoc", "hop_dong_lao_dong")


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_found_where_it_lies(take: Take, kind: str, level: int) -> None:
    taken = take(kind, 100 + level, level=level, turn=None, size=(1352, 1014))
    found = page.find(taken.pixels)
    assert found.corners is not None
    assert overlap(found.corners, taken.quads[0]) > 0.975
    assert not found.cut
    assert found.others == ()


@pytest.mark.long
def test_sixty_photographs_of_all_levels(take: Take) -> None:
    good = []
    for n in range(60):
        taken = take(KINDS[n % 5], 5000 + n, level=n % 4, turn=None, size=(2028, 1520))
        found = page.find(taken.pixels)
        good.append(found.corners is not None and overlap(found.corners, taken.quads[0]) > 0.97)
    assert sum(good) >= 58


@pytest.mark.parametrize("seed", range(6))
def test_an_empty_desk_has_no_page(take: Take, seed: int) -> None:
    assert page.find(take((), 300 + seed, level=seed % 3).pixels).corners is None


@pytest.mark.parametrize("seed", range(4))
def test_two_papers_are_two(take: Take, seed: int) -> None:
    taken = take(("quyet_dinh", "giay_khai_sinh"), 400 + seed, level=1)
    found = page.find(taken.pixels)
    assert found.corners is not None
    assert len(found.others) == 1
    both = [found.corners, found.others[0]]
    assert all(max(overlap(quad, known) for quad in both) > 0.95 for known in taken.quads)


@pytest.mark.parametrize("seed", [16, 45, 75])
def test_a_page_that_goes_on_beyond_the_picture_is_cut(take: Take, seed: int) -> None:
    taken = take("giay_khai_sinh", seed, level=1, faults={"cut"})
    outside = (taken.quads[0] < 0).any() or (taken.quads[0][:, 0] > taken.pixels.shape[1]).any()
    assert outside, "the scene has to show what is tested"
    assert page.find(taken.pixels).cut


def test_a_scan_is_the_page_itself(take: Take) -> None:
    flat = take("quyet_dinh", 7, level=0).page().pixels[40:-40, 40:-40]
    found = page.find(np.ascontiguousarray(flat))
    assert found.whole
    assert found.corners is not None
    assert np.allclose(found.corners[2], (flat.shape[1], flat.shape[0]))


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_every_quarter_turn_is_undone(take: Take, kind: str, quarters: int) -> None:
    flat = take(kind, 600, level=1, size=(2028, 1520)).page().pixels
    turned = rectify.turn(flat, quarters)
    need, sure = upright.quarters(turned)
    assert (need + quarters) % 4 == 0
    assert sure > 0


def test_a_rectified_page_has_the_size_of_its_paper(take: Take) -> None:
    a4 = take("quyet_dinh", 3, level=1).page()
    assert a4.pixels.shape == (3508, 2480, 3)
    card = take("cccd_gan_chip_2021", 3, level=1, turn=0, size=(1352, 1014)).page()
    assert (card.pixels.shape[1], card.pixels.shape[0], card.dpi) == (1011, 638, 300)


def test_a_calibrated_view_tells_a4_from_a5() -> None:
    a5 = np.array([[100, 100], [100 + 840, 100], [100 + 840, 100 + 592], [100, 100 + 592]], float)
    assert rectify.paper_size(a5, (1680, 1260), view_mm=420) == (210.0, 148.0)
    assert rectify.paper_size(a5, (1680, 1260)) == (297.0, 210.0)


def test_proportions_are_seen_through_the_perspective() -> None:
    # A 210 × 297 paper, seen by a pinhole camera with a focal length of 1500 px, tilted by 30°.
    corners = np.array([[-105, -148.5], [105, -148.5], [105, 148.5], [-105, 148.5]])
    tilt = np.radians(30)
    x, y, z = corners[:, 0], corners[:, 1] * np.cos(tilt), corners[:, 1] * np.sin(tilt) + 600
    seen = np.stack([1500 * x / z + 1000, 1500 * y / z + 750], axis=1)
    lengths = np.linalg.norm(np.roll(seen, -1, axis=0) - seen, axis=1)
    plain = (lengths[0] + lengths[2]) / (lengths[1] + lengths[3])
    assert abs(plain - 210 / 297) > 0.05
    # One vanishing point alone does not give the focal length; a turn gives the second.
    turn = np.radians(25)
    both = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    x, y, z = both[:, 0], both[:, 1] * np.cos(tilt), both[:, 1] * np.sin(tilt) + 600
    seen = np.stack([1500 * x / z + 1000, 1500 * y / z + 750], axis=1)
    assert proportion(seen, (2000, 1500)) == pytest.approx(210 / 297, rel=0.01)


def test_corners_are_put_in_order() -> None:
    square = np.array([[10, 10], [90, 12], [88, 95], [8, 90]], float)
    for shift in range(4):
        assert np.array_equal(ordered(np.roll(square[::-1], shift, axis=0)), square)
    assert convex(square)
    assert not convex(np.array([[0, 0], [100, 0], [10, 10], [0, 100]], float))
