"""Living pictures told from stuck ones, without a camera and without a clock."""

from __future__ import annotations

import numpy as np

from drivers.camera_watch import FrameWatch


def living(seed: int, mean: int = 90) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 3, (30, 40)).clip(0, 255).astype(np.uint8)


def test_living_frames_are_good() -> None:
    watch = FrameWatch(1.0, 4.0)
    watch.begin(10.0)
    for n in range(20):
        watch.frame(10.0 + n * 0.5, living(n))
        assert watch.verdict(10.0 + n * 0.5) == ""
    assert watch.good == 20


def test_no_frame_at_all_is_a_stall() -> None:
    watch = FrameWatch(1.0, 4.0)
    watch.begin(10.0)
    assert watch.verdict(11.0) == ""
    assert watch.verdict(11.01) == "stall"


def test_the_same_bytes_again_and_again_are_frozen() -> None:
    watch = FrameWatch(1.0, 4.0)
    watch.begin(0.0)
    for n in range(20):
        watch.frame(n * 0.1, living(1))
    assert watch.good == 1
    assert watch.verdict(1.9) == "frozen"


def test_dark_noise_is_black_and_not_frozen() -> None:
    watch = FrameWatch(1.0, 4.0)
    watch.begin(0.0)
    for n in range(20):
        watch.frame(n * 0.1, living(n, mean=0))
    assert watch.good == 0
    assert watch.verdict(1.9) == "black"


def test_one_bad_frame_is_nothing() -> None:
    watch = FrameWatch(1.0, 4.0)
    watch.begin(0.0)
    watch.frame(0.5, living(1))
    watch.frame(1.0, living(2, mean=0))
    watch.frame(1.4, living(3))
    assert watch.verdict(2.0) == ""
