"""Rules of tables and dotted lines of forms, taken out of the picture that is read.

They hold no text, and Tesseract takes them for letters or loses the words that stand on them.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from daemon.documents.text_engine import Plane

INK = 170
"""Grey (of an evened picture, ground 245) below which something is printed."""

RULE_MM, THICK_MM = 9.0, 1.2
"""A rule is at least so long (no letter is), and at most so thick."""

CROSSED = 0.2
"""The share of a rule that print may touch: values stand on it, columns cross it."""

TOUCH_MM = 0.35
"""Print so near to a rule touches it: the rule is left there, for it may be a stroke."""

DOT_MM = 0.65
"""A dot of a dotted line is at most so wide and high."""

PITCH_MM = 2.4
"""The dots of a line are not farther apart."""

DOTS, LEADER_MM = 8, 7.0
"""So many dots over so long make a dotted line; an ellipsis or tone marks below letters do not."""

STRIP_MM = 50.0
"""Dotted lines are looked for in strips so high; one that lies across two may stay."""

_GROUND = 245


def cleared(grey: Plane, dpi: int) -> Plane:
    """The same picture with rules and dotted lines as white as its ground."""
    mm = dpi / 25.4
    soft = cv2.blur(grey, (3, 3))
    ink = np.asarray(cv2.threshold(soft, INK, 255, cv2.THRESH_BINARY_INV)[1], np.uint8)
    rules = _rules(_halved(ink), mm / 2)
    out = grey.copy()
    if cv2.countNonZero(rules):
        size = grey.shape[1], grey.shape[0]
        gone = cv2.resize(rules, size, interpolation=cv2.INTER_NEAREST) > 0
        out[gone] = _GROUND
        ink[gone] = 0
    # In strips: the numbers of the dots need four times the memory of the picture.
    high = round(STRIP_MM * mm)
    for top in range(0, len(ink), high):
        out[top : top + high][_leaders(ink[top : top + high], mm) > 0] = _GROUND
    return out


def _halved(ink: Plane) -> Plane:
    """Half the size, 255 where any of four pixels is: thin rules stay whole."""
    height, width = ink.shape[0] // 2 * 2, ink.shape[1] // 2 * 2
    even = ink[:height, :width]
    return np.asarray(
        np.maximum(
            np.maximum(even[::2, ::2], even[1::2, ::2]),
            np.maximum(even[::2, 1::2], even[1::2, 1::2]),
        ),
        np.uint8,
    )


def _rules(ink: Plane, mm: float) -> Plane:
    """255 on rules across and down the page, but for where print touches them."""
    across = _bands(ink, mm)
    down = np.ascontiguousarray(_bands(np.ascontiguousarray(ink.T), mm).T)
    print_ = cv2.subtract(ink, cv2.bitwise_or(across, down))
    touch = 2 * round(TOUCH_MM * mm) + 1
    free = cv2.subtract(across, cv2.dilate(print_, np.ones((touch, 1), np.uint8)))
    too = cv2.subtract(down, cv2.dilate(print_, np.ones((1, touch), np.uint8)))
    return np.asarray(cv2.bitwise_or(free, too), np.uint8)


def _bands(ink: Plane, mm: float) -> Plane:
    """255 on horizontal rules with their soft rims."""
    # A row more lets a tilted rule go on in the next row; gaps are the noise of a camera.
    joined = cv2.dilate(ink, np.ones((2, 1), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    long = np.ones((1, max(3, round(RULE_MM * mm))), np.uint8)
    lines = cv2.morphologyEx(joined, cv2.MORPH_OPEN, long)
    thick = np.ones((max(4, round(THICK_MM * mm) + 3), 1), np.uint8)
    lines = cv2.subtract(lines, cv2.morphologyEx(lines, cv2.MORPH_OPEN, thick))
    lines = _alone(np.asarray(lines, np.uint8), ink)
    return np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)), np.uint8)


def _alone(lines: Plane, ink: Plane) -> Plane:
    """Those lines that have white above and below: a row of letters has strokes there."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    if count < 2:
        return lines
    print_ = cv2.subtract(ink, cv2.dilate(lines, np.ones((3, 1), np.uint8)))
    touched = cv2.bitwise_and(lines, cv2.dilate(print_, np.ones((5, 1), np.uint8)))
    of = np.asarray(labels, np.int32)
    share = np.bincount(of[touched > 0], minlength=count) / stats[:, cv2.CC_STAT_AREA]
    kept = (share < CROSSED).astype(np.uint8) * np.uint8(255)
    kept[0] = 0
    return kept[of]


def _leaders(ink: Plane, mm: float) -> Plane:
    """255 on the dots of dotted lines, with their soft rims."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    most = DOT_MM * mm
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    dots = np.flatnonzero((width <= most) & (height <= most))
    member = np.zeros(len(stats), np.uint8)
    at, sizes = np.asarray(centres, np.float64)[dots], np.maximum(width, height)[dots]
    for chain in _chains(at, mm):
        slope, start = np.polyfit(at[chain, 0], at[chain, 1], 1)
        size = float(np.median(sizes[chain]))
        # Where letters interrupt the line its single dots are known by place and size.
        same = np.abs(at[:, 1] - slope * at[:, 0] - start) <= 0.25 * mm
        same &= np.abs(sizes - size) <= max(1.0, 0.4 * size)
        member[dots[same]] = 255
    found = member[np.asarray(labels)]
    return np.asarray(cv2.dilate(found, np.ones((3, 3), np.uint8)), np.uint8)


def _chains(centres: npt.NDArray[np.float64], mm: float) -> list[npt.NDArray[np.int64]]:
    """Rows of at least `DOTS` dots with even steps: the indices of each."""
    found = []
    # Dots of one row fall into one class of heights but for a tilt, which ends a chain.
    order = np.lexsort((centres[:, 0], np.round(centres[:, 1] / (0.5 * mm))))
    start = 0
    for end in range(1, len(order) + 1):
        if end < len(order):
            step = centres[order[end]] - centres[order[end - 1]]
            if 0 < step[0] <= PITCH_MM * mm and abs(step[1]) <= 0.5 * mm:
                continue
        row = centres[order[start:end], 0]
        if len(row) >= DOTS and row[-1] - row[0] >= LEADER_MM * mm:
            steps = np.diff(row)
            if np.percentile(steps, 75) <= 1.6 * np.percentile(steps, 25) + 2:
                found.append(order[start:end])
        start = end
    return found
