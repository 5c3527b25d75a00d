"""How long a kiosk waits before it dials again: at random, so that many do not come at once."""

from __future__ import annotations

import random

from daemon.uplink.config import UplinkConfig

STEADY = 60.0
"""Seconds a line must hold before the waits between attempts begin anew."""


def bounds(config: UplinkConfig, attempt: int) -> tuple[float, float]:
    """Least and most seconds before the attempt of that number, from 1 on.

    The first ones are spread already: when a broker starts again, all its kiosks lose their lines
    in the same moment.  `will_delay` is longer than that spread: nobody is told as lost meanwhile.
    """
    most = max(config.retry_spread, config.retry_least * 2.0 ** min(attempt, 20))
    return config.retry_least, max(config.retry_least, min(config.retry_most, most))


def wait(config: UplinkConfig, attempt: int, dice: random.Random | None = None) -> float:
    """Seconds: full jitter within the bounds."""
    uniform = random.uniform if dice is None else dice.uniform
    return uniform(*bounds(config, attempt))
