"""Which way up is a page?  From the shape of its lines of text, without reading them.

Two questions: do the lines run across or down the page (their projection has steeper steps across
the lines), and are they upside down?  Vietnamese tells the second well: capitals, ascenders and
most tone marks stand above the middle of a line, far less hangs below it; and lines begin flush
but end ragged.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels
from daemon.documents.rectify import turn

Plane = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


COVER = 105.0
"""Brightness of the ground (0-255) below which print is paler than it, as on a booklet's cover."""


def ink(pixels: Pixels, longest: int = 1400) -> tuple[Plane, float]:
    """(the print, the size of its letters in pixels).

    The print is 255 where something is printed, at a size where small text has about 10 px.
    """
    step = max(1, int(max(pixels.shape[:2]) / longest / 1.2))
    grey = cv2.cvtColor(np.ascontiguousarray(pixels[::step, ::step]), cv2.COLOR_RGB2GRAY)
    if float(np.median(grey[::4, ::4])) < COVER:
        grey = cv2.bitwise_not(grey)
    scale = longest / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    ground = cv2.blur(grey, (31, 31))
    dark = cv2.subtract(ground, grey)
    level = max(14.0, float(cv2.threshold(dark, 0, 255, cv2.THRESH_OTSU)[0]) * 0.8)
    mask = np.asarray(cv2.threshold(dark, level, 255, cv2.THRESH_BINARY)[1], np.uint8)
    return _letters(mask)


def _letters(mask: Plane) -> tuple[Plane, float]:
    """Only what has the size of letters: no frames, pictures, specks; and their usual size."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    longest = max(mask.shape)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    good = (np.maximum(w, h) < longest * 0.06) & (stats[:, cv2.CC_STAT_AREA] >= 5)
    good[0] = False
    size = float(np.median(np.maximum(w, h)[good])) if good.any() else 8.0
    colour = good.astype(np.uint8) * np.uint8(255)
    return colour[np.asarray(labels, np.int32)], size


def across(mask: Plane, size: float) -> float:
    """> 0 where lines run across the page, < 0 where they run down it; ±1 is the most.

    Letters (of `size` pixels) of a line stand closer to each other than lines do: joined over
    less than their own height they become long in the direction of reading.
    """
    reach = round(min(15.0, max(3.0, size * 0.6)))
    wide = _runs(mask, (reach, 1))
    high = _runs(np.ascontiguousarray(mask.T), (reach, 1))
    return (wide - high) / max(1.0, wide + high)


def _runs(mask: Plane, reach: tuple[int, int]) -> float:
    joined = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, reach)
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
    w, h = stats[1:, 2].astype(np.float64), stats[1:, 3].astype(np.float64)
    return float((w[(w > 2.5 * h) & (h >= 4)] - 2 * h[(w > 2.5 * h) & (h >= 4)]).sum())


def lines(mask: Plane) -> list[tuple[int, int, int, int]]:
    """Boxes x, y, w, h of the lines of text that run across."""
    height, width = mask.shape
    joined = cv2.morphologyEx(
        mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_RECT, (max(9, width // 45), 1))
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=4)
    return [
        (int(x), int(y), int(w), int(h))
        for x, y, w, h, _ in stats[1:]
        if 7 <= h <= height * 0.05 and w > 4 * h
    ]


def upside_down(mask: Plane) -> tuple[float, int]:
    """(evidence, lines): > 0 where the page stands on its head; about ±1 is sure."""
    votes: list[float] = []
    weights: list[float] = []
    for x, y, w, h in lines(mask):
        top = max(0, y - h // 3)
        part = mask[top : y + h + h // 3, x : x + w]
        profile = part.sum(axis=1, dtype=np.float64)
        strong = np.flatnonzero(profile > 0.45 * profile.max())
        if len(strong) < 3:
            continue
        above = float(profile[: strong[0]].sum())
        below = float(profile[strong[-1] + 1 :].sum())
        if above + below > 0:
            votes.append((below - above) / (above + below))
            weights.append(w)
    if not votes:
        return 0.0, 0
    return float(np.average(votes, weights=weights)) * 3, len(votes)


def quarters(pixels: Pixels) -> tuple[int, float]:
    """(clockwise quarter turns that make the page upright, how sure: 0 to about 1)."""
    mask, size = ink(pixels)
    way = across(mask, size)
    sideways = way < 0
    if sideways:
        mask = np.asarray(cv2.rotate(mask, cv2.ROTATE_90_CLOCKWISE), np.uint8)
    head, count = upside_down(mask)
    need = (1 if sideways else 0) + (2 if head > 0 else 0)
    return need % 4, min(1.0, abs(head)) * min(1.0, count / 6)


__all__ = ["across", "ink", "lines", "quarters", "turn", "upside_down"]
