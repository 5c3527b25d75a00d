"""The last paper of a visit is not the first thing that the next visitor's preview shows."""

from __future__ import annotations

import os

import numpy as np

from daemon.frames import Frames


def test_wiped_frames_are_gone_and_count_anew() -> None:
    fd = Frames.create(8, 4)
    writer, reader = Frames(fd, writable=True), Frames(fd, writable=False)
    paper = np.full((4, 8, 3), 200, np.uint8)
    for _ in range(5):
        writer.write(paper)
    assert reader.newest() is not None
    writer.wipe()
    assert b"\xc8" not in os.pread(fd, os.fstat(fd).st_size, 24)
    assert Frames(fd, writable=False).newest() is None
    assert reader.newest() is None
    writer.write(paper)
    shown = reader.newest()
    assert shown is not None and np.array_equal(shown, paper)
    os.close(fd)
