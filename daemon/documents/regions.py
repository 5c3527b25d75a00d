"""A second look at candidates: are the colours inside and outside those of two things?

What lies inside a quadrilateral and what lies outside are described by the frequencies of their
colours.  Just inside the border of a paper are colours of the inside, just outside are colours of
the outside.  Around a frame that is printed on a paper lies more of the same paper; inside a
square of a table cloth lies, at its border, cloth.  (The idea of region competition: Zhu and
Yuille 1996; here for one straight-sided region.)
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Levels = npt.NDArray[np.uint16]
Quads = npt.NDArray[np.float64]
"""n × 4 × 2."""

INNER = 100
"""Samples along each side of a flattened candidate."""

MARGIN = 20
"""Samples beyond each side: a fifth of the candidate."""

RING = 5
"""Samples inside and outside that count as "just" inside and outside."""

MOST = 2.5
"""Logarithm of the ratio of two frequencies beyond which a colour is no surer a sign."""

MOST_DETAIL = 6.0
"""Difference from the surroundings, in CIELAB's lightness, beyond which print is no denser."""

RIM = 10
"""Pixels of the picture's rim that show how rough the desk is."""

MOST_GAIN = 2.0
"""The most by which the light over the desk is evened out."""

RARE = 3e-4
"""Frequency that every colour is given beforehand."""

SHAPE = (24, 12, 12)
"""Classes of lightness and of the two colour axes."""

_CLASSES = SHAPE[0] * SHAPE[1] * SHAPE[2]
"""Also the class of what is not in the picture."""

_SIDE = INNER + 2 * MARGIN
_CUT = MARGIN + INNER // 16
"""Corners are left out: those of cards are round."""

_SQUARE = np.array([[0, 0], [INNER, 0], [INNER, INNER], [0, INNER]], np.float32) + MARGIN


class Flattened(msgspec.Struct, frozen=True):
    """Candidates seen flat with their surroundings, by side: top, right, bottom, left.

    The strips run from outside to inside: their first axis is the candidate, the second the side,
    the third the distance (`2 * MARGIN` steps, the side itself in the middle).
    """

    signs: Floats
    """Mean logarithm of how much more frequent a colour is inside than outside."""
    known: Floats
    """Share of the places that are in the picture."""
    colours: Floats
    """Mean colour, a fourth axis of three."""
    same: Floats
    """How alike the steps across each side are along it, 0 to 1: candidate, side."""
    detail: Floats
    """Logarithm of how much more fine detail there is than at the rim of the picture."""
    core: Floats
    """Mean sign of the middle of each candidate."""
    light: Floats
    """Median lightness of the middle."""


class Regions:
    """The colours of one picture of about 500 pixels (CIELAB, float32, a and b about 128)."""

    def __init__(self, lab: Floats) -> None:
        light = np.ascontiguousarray(lab[:, :, 0])
        detail = np.abs(light - cv2.GaussianBlur(light, (0, 0), 2.0))
        detail = np.minimum(detail, MOST_DETAIL).astype(np.float32)
        self._planes = np.dstack([lab, detail])
        rim = (detail[:RIM], detail[-RIM:], detail[:, :RIM], detail[:, -RIM:])
        self._desk = float(np.median([part.mean() for part in rim]))
        lab = _evenly_lit(lab)
        index = (lab - np.array([0, 92, 92], np.float32)) * np.array(
            [SHAPE[0] / 100, 1 / 6, 1 / 6], np.float32
        )
        top = np.array(SHAPE, np.float32) - 1
        classes = np.minimum(np.maximum(index, 0), top).astype(np.uint16)
        colours = (classes[:, :, 0] * SHAPE[1] + classes[:, :, 1]) * SHAPE[2] + classes[:, :, 2]
        self._colours: Levels = np.asarray(colours, np.uint16)
        self._few = np.ascontiguousarray(self._colours[::2, ::2])
        self._all = np.bincount(self._few.ravel(), minlength=_CLASSES)
        self.light = float(np.median(lab[::4, ::4, 0]))
        """Median lightness of the picture."""

    def flatten(self, quads: Quads) -> Flattened:
        """All candidates at once."""
        count = len(quads)
        classes = np.empty((count, _SIDE, _SIDE), np.uint16)
        colours = np.empty((count, _SIDE, _SIDE, 4), np.float32)
        inner = np.empty((count, _CLASSES), np.float32)
        outer = np.empty((count, _CLASSES), np.float32)
        edge = MARGIN + 2
        for n, quad in enumerate(quads):
            matrix = cv2.getPerspectiveTransform(_SQUARE, quad.astype(np.float32))
            how = cv2.WARP_INVERSE_MAP
            classes[n] = cv2.warpPerspective(
                self._colours, matrix, (_SIDE, _SIDE), flags=how | cv2.INTER_NEAREST,
                borderMode=cv2.BORDER_CONSTANT, borderValue=float(_CLASSES),
            )  # fmt: skip
            colours[n] = cv2.warpPerspective(
                self._planes, matrix, (_SIDE, _SIDE), flags=how | cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )  # fmt: skip
            core = classes[n, edge:-edge, edge:-edge].ravel()
            inner[n] = np.bincount(core, minlength=_CLASSES + 1)[:_CLASSES]
            outer[n] = self._all - self._covered(quad)
        signs = _signs(inner, outer)[np.arange(count)[:, None, None], classes]
        known = (classes != _CLASSES).astype(np.float32)
        have = _strips(known).mean(axis=3)
        strips = _strips(colours)
        inside = colours[:, edge:-edge:4, edge:-edge:4, 0].reshape(count, -1)
        return Flattened(
            signs=_strips(signs * known).mean(axis=3) / np.maximum(have, 1e-3),
            known=have,
            colours=strips[..., :3].mean(axis=3),
            same=_alike(strips[..., :3]),
            detail=np.log((strips[..., 3].mean(axis=3) + 0.2) / (self._desk + 0.2)),
            core=signs[:, edge:-edge:2, edge:-edge:2].mean(axis=(1, 2)),
            light=np.asarray(np.median(inside, axis=1), np.float32),
        )

    def _covered(self, quad: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        """How often each colour is in the quadrilateral, a little enlarged."""
        mask = np.zeros(self._few.shape, np.uint8)
        middle = quad.mean(axis=0)
        grown = (middle + (quad - middle) * 1.03) / 2
        cv2.fillConvexPoly(mask, np.rint(grown).astype(np.int32), 1)
        return np.bincount(self._few[mask > 0], minlength=_CLASSES)


def _evenly_lit(lab: Floats) -> Floats:
    """Without the slope of the light over the desk, which the rim of the picture shows."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height:4, 0:width:4]
    light = lab[::4, ::4, 0]
    rim = (y < RIM) | (y >= height - RIM) | (x < RIM) | (x >= width - RIM)
    u, v = x / width - 0.5, y / height - 0.5
    terms = np.stack([np.ones_like(u), u, v, u * u, v * v, u * v], axis=2)
    rows, values = terms[rim], np.maximum(light[rim], 1.0)
    for _ in range(3):  # what does not belong to the desk falls out
        found, *_rest = np.linalg.lstsq(rows, values, rcond=None)
        off = np.abs(rows @ found - values)
        near = off <= max(1.5, 2.5 * float(np.median(off)))
        rows, values = rows[near], values[near]
    surface = np.maximum(terms @ found, 1.0)
    gain = np.clip(float(np.median(surface)) / surface, 1 / MOST_GAIN, MOST_GAIN)
    wide = cv2.resize(gain.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    out = lab.copy()
    out[:, :, 0] = np.minimum(out[:, :, 0] * wide, 100)
    return out


def _signs(inner: Floats, outer: Floats) -> Floats:
    """Logarithms of the ratios of frequencies; one more column, 0, for what is not known."""
    ratio = np.log((_shares(inner) + RARE) / (_shares(outer) + RARE))
    return np.pad(np.clip(ratio, -MOST, MOST), ((0, 0), (0, 1))).astype(np.float32)


def _shares(counts: Floats) -> Floats:
    """Frequencies, smoothed over neighbouring colours."""
    cube = np.maximum(counts, 0).reshape(-1, *SHAPE)
    for axis in (1, 2, 3):
        cube = np.moveaxis(cube, axis, 0)
        soft = 0.5 * cube
        soft[1:] += 0.25 * cube[:-1]
        soft[:-1] += 0.25 * cube[1:]
        cube = np.moveaxis(soft, 0, axis)
    flat = cube.reshape(len(counts), -1)
    return np.asarray(flat / np.maximum(1.0, flat.sum(axis=1, keepdims=True)), np.float32)


def _alike(strips: Floats) -> Floats:
    """Length of the mean step over the mean length of the steps, from before to behind a side."""
    steps = strips[:, :, MARGIN + 1 : MARGIN + 4].mean(axis=2)
    steps = steps - strips[:, :, MARGIN - 4 : MARGIN - 1].mean(axis=2)
    mean = np.linalg.norm(steps.mean(axis=2), axis=2)
    return np.asarray(mean / (np.linalg.norm(steps, axis=3).mean(axis=2) + 0.3), np.float32)


def _strips(squares: Floats) -> Floats:
    """Candidate × side × distance × place along the side (× colour)."""
    turned = [np.rot90(squares, k, axes=(1, 2))[:, : 2 * MARGIN, _CUT:-_CUT] for k in range(4)]
    return np.stack(turned, axis=1)
