"""The waits between attempts by their design: no storm, and nobody waits for long."""

from __future__ import annotations

import bisect
import random

import pytest

from daemon.uplink import UplinkConfig
from daemon.uplink.backoff import bounds, wait

KIOSKS = 1000


def arrivals(config: UplinkConfig, away: float, seed: int) -> tuple[list[float], list[float]]:
    """Of 1,000 kiosks whose broker was away for so many seconds: all attempts, and those that
    found it; seconds since it went.
    """
    dice, attempts, found = random.Random(seed), [], []
    for _ in range(KIOSKS):
        now, number = 0.0, 1
        while True:
            now += wait(config, number, dice)
            attempts.append(now)
            if now >= away:
                break
            number += 1
        found.append(now)
    return sorted(attempts), sorted(found)


def densest(times: list[float], window: float) -> int:
    """Most of them within one window of so many seconds."""
    return max(bisect.bisect(times, one + window) - at for at, one in enumerate(times))


@pytest.mark.parametrize("away", [0.0, 2.0, 10.0, 300.0, 3600.0])
@pytest.mark.parametrize("seed", range(3))
def test_a_broker_that_comes_back_is_not_run_over(away: float, seed: int) -> None:
    config = UplinkConfig()
    attempts, found = arrivals(config, away, seed)
    # Spread evenly it would be one part of the spread; first and second attempts overlap, and
    # chance does the rest.  All at once would be fourteen parts.
    fair = KIOSKS / (config.retry_spread - config.retry_least)
    assert densest(attempts, 1.0) < 3 * fair
    assert densest(found, 0.1) < fair / 2
    if away <= 10:
        assert found[-1] - away < 60


def test_the_bounds_rise_and_end() -> None:
    config = UplinkConfig()
    most = [bounds(config, number)[1] for number in range(1, 12)]
    assert most == sorted(most)
    assert most[0] == config.retry_spread < config.will_delay
    assert most[-1] == config.retry_most
    assert {bounds(config, number)[0] for number in range(1, 12)} == {config.retry_least}
