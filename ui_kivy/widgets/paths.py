"""Ways of a moving layer: where it is at time 0…1 of a round."""

from __future__ import annotations

import math

from ui_kivy.widgets.brush import Offset, Path


def ease(t: float) -> float:
    """Slow at both ends."""
    return t * t * (3 - 2 * t)


def into(dx: float, dy: float) -> Path:
    """Comes from (dx, dy) and rests."""

    def path(t: float) -> Offset:
        share = 1 - ease(min(1.0, t / 0.45))
        return dx * share, dy * share, 1.0

    return path


def in_and_away(dx: float, dy: float) -> Path:
    """Comes, rests, goes: the hand that lays a paper down."""

    def path(t: float) -> Offset:
        if t < 0.45:
            share = 1 - ease(t / 0.45)
        elif t < 0.6:
            share = 0.0
        else:
            share = ease((t - 0.6) / 0.4)
        return dx * share, dy * share, 1.0

    return path


def out(dx: float, dy: float) -> Path:
    """Rests, then goes to (dx, dy)."""

    def path(t: float) -> Offset:
        share = ease(max(0.0, min(1.0, (t - 0.35) / 0.45)))
        return dx * share, dy * share, 1.0 - max(0.0, (t - 0.85) / 0.15)

    return path


def hand_takes(dx: float, dy: float) -> Path:
    """Comes empty from (dx, dy), and takes the sheet away with it."""

    def path(t: float) -> Offset:
        if t < 0.35:
            share = 1 - ease(t / 0.35)
            return 60 * share, 60 * share, 1.0
        share = ease(min(1.0, (t - 0.35) / 0.45))
        return dx * share, dy * share, 1.0 - max(0.0, (t - 0.85) / 0.15)

    return path


def breathe(t: float) -> Offset:
    """Brighter and darker, in place."""
    return 0.0, 0.0, 0.45 + 0.55 * (0.5 + 0.5 * math.cos(2 * math.pi * t))


def sweep(dx: float, dy: float) -> Path:
    """To and fro around its place, slow at both ends."""

    def path(t: float) -> Offset:
        share = math.sin(2 * math.pi * t)
        return dx * share, dy * share, 1.0

    return path


def circle(wide: float, tall: float) -> Path:
    """Round and round its place."""

    def path(t: float) -> Offset:
        angle = 2 * math.pi * t
        return wide * math.cos(angle), tall * math.sin(angle), 1.0

    return path
