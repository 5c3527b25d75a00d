from __future__ import annotations

import numpy as np
import numpy.typing as npt

from daemon.documents import page

Pixels = npt.NDArray[np.uint8]


def scanned(frame: int = 0, rim: tuple[int, int, int] = (250, 248, 244)) -> Pixels:
    """A scan of a page of print, perhaps with a frame so many pixels inside of it."""
    picture = np.full((1170, 827, 3), rim, np.uint8)
    for y in range(150, 1000, 30):
        picture[y : y + 11, 140:690:3] = 50
    if frame:
        picture[frame:-frame, frame : frame + 12] = picture[frame:-frame, -frame - 12 : -frame] = 60
        picture[frame : frame + 12, frame:-frame] = picture[-frame - 12 : -frame, frame:-frame] = 60
    grain = np.random.default_rng(2).normal(0, 1.5, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8)


def test_a_scan_is_the_paper() -> None:
    found = page.find(scanned())
    assert found.whole and not found.cut
    assert found.corners is not None
    assert found.corners[2].tolist() == [827, 1170]


def test_the_frame_of_a_scanned_certificate_is_not_its_border() -> None:
    assert page.find(scanned(frame=40)).whole


def test_a_paper_on_a_white_desk_is_not_the_whole_picture() -> None:
    picture = np.full((900, 1200, 3), (222, 222, 220), np.uint8)
    picture[60:860, 300:866] = scanned()[:1131:1, :800][::1][:800, :566]
    found = page.find(picture)
    assert not found.whole
    assert found.corners is not None
