"""Which candidates may be the paper: what their sides look like.

A side of a paper is a step of colour that goes the same way along its whole length.  A printed
frame is a line with the same colour on both sides; a stripe of the desk goes on beyond the corner;
the border of a shadow is soft.  No threshold here was fitted to a photograph of a real person.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.geometry import Quad, area, sides

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
Quads = npt.NDArray[np.float64]
"""n × 4 × 2: candidates, or more places along their sides."""

SAMPLES = 40
STEP = 9.0
"""Distance in CIELAB that counts as a step of colour."""

SHAPES = (1.414, 1.586, 1.395, 1.46, 1.0)
"""Long over short side: A series, ID-1 card, land certificate, insurance book, square notes."""


class Judged(msgspec.Struct, frozen=True):
    """One candidate with its score, 0 to 1, and how well each side is supported."""

    quad: Quad
    score: float
    support: tuple[float, float, float, float]
    touching: tuple[bool, bool, bool, bool]
    """Sides that run along the rim of the picture: the paper may go on beyond it."""
    one_ground: float
    """Share of the places just inside all sides that have the same colour."""


class Judge:
    """Scores quadrilaterals on one picture of about 500 pixels."""

    def __init__(self, rgb: npt.NDArray[np.uint8]) -> None:
        self.height, self.width = rgb.shape[:2]
        lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
        self.lab = lab.astype(np.float32) * np.array([100 / 255, 1, 1], np.float32)
        """CIELAB, a and b about 128."""
        self._reach = max(3.0, max(rgb.shape[:2]) / 110)

    def judge(self, quads: Sequence[Quad]) -> list[Judged]:
        """The candidates with their scores, best first."""
        if not quads:
            return []
        corners = np.stack(quads)
        support, touching = self._sides(corners)
        grounds = self._one_ground(corners)
        judged = [
            self._judged(quad, support[n], touching[n], float(grounds[n]))
            for n, quad in enumerate(quads)
        ]
        return sorted(judged, key=lambda one: one.score, reverse=True)

    def _judged(self, quad: Quad, support: Floats, touching: Flags, one_ground: float) -> Judged:
        seen = support[~touching]
        score = 0.0
        if len(seen) >= 2:
            edge = 0.5 * float(seen.mean()) + 0.5 * float(seen.min())
            edge *= 0.85 ** int(touching.sum())
            share = area(quad) / (self.width * self.height)
            size = min(1.0, 0.55 + 0.45 * (share / 0.25) ** 0.5)
            score = edge * size * (0.45 + 0.55 * one_ground) * self.shape(quad)
        held = tuple(float(s) for s in support), tuple(bool(t) for t in touching)
        return Judged(quad, score, *held, one_ground)  # type: ignore[arg-type]

    def steps(self, quads: Quads) -> tuple[Quads, Floats, Floats]:
        """Along the four sides of each: places (n × 4 × SAMPLES × 2), steps of colour, clearness.

        A step is what changes from inside to outside, in CIELAB; it is clear, 0 to 1, where it is
        large and happens right there: a shadow's slope goes on, a paper's edge does not.
        """
        along = np.roll(quads, -1, axis=1) - quads
        outward = _normals(along)[:, :, None]
        t = np.linspace(0.07, 0.93, SAMPLES)[:, None]
        points = quads[:, :, None] + along[:, :, None] * t
        short, long = (
            self._at(points + outward * reach) - self._at(points - outward * reach)
            for reach in (self._reach, self._reach * 1.8)
        )
        less = _norm(short) < _norm(long)
        step = np.where(less[..., None], short, long)
        size = _norm(step)
        half = outward * self._reach * 0.5
        close = _norm(self._at(points + half) - self._at(points - half))
        strong = np.clip(size / STEP, 0, 1) * np.clip(close / (0.45 * size + 2.0), 0, 1)
        return points, step, np.asarray(strong, np.float32)

    def _sides(self, quads: Quads) -> tuple[Floats, Flags]:
        """(support 0 to 1, runs along the rim) of the four sides of each: n × 4 both."""
        points, step, strong = self.steps(quads)
        rim = self._reach * 1.6
        limit = np.array([self.width - 1, self.height - 1])
        near = ((points < rim) | (points > limit - rim)).any(axis=3)
        touching = near.mean(axis=2) > 0.7
        same = _norm(step.mean(axis=2)) / np.maximum(1e-6, _norm(step).mean(axis=2))
        support = strong.mean(axis=2) * (0.4 + 0.6 * same)
        support[touching] = 0
        return np.asarray(support, np.float32), touching

    def _at(self, points: Quads) -> Floats:
        x = np.clip(np.rint(points[..., 0]), 0, self.width - 1).astype(np.intp)
        y = np.clip(np.rint(points[..., 1]), 0, self.height - 1).astype(np.intp)
        return np.asarray(self.lab[y, x])

    def _one_ground(self, quads: Quads) -> Floats:
        """Share of the places just inside all sides that have the same colour, light apart.

        A quadrilateral that goes on beyond the paper has desk inside some of its sides.
        """
        along = np.roll(quads, -1, axis=1) - quads
        inward = -_normals(along)[:, :, None]
        t = np.linspace(0.03, 0.97, SAMPLES)[:, None]
        places = quads[:, :, None] + along[:, :, None] * t + inward * self._reach * 1.3
        colours = self._at(places).reshape(len(quads), -1, 3) * np.array([0.4, 1, 1], np.float32)
        away = _norm(colours - np.median(colours, axis=1, keepdims=True))
        return np.asarray((away < 10).mean(axis=1), np.float32)

    def shape(self, quad: Quad) -> float:
        """How usual the proportions are, 0 to 1."""
        lengths = sides(quad)
        wide, high = lengths[0] + lengths[2], lengths[1] + lengths[3]
        ratio = max(wide, high) / max(1e-6, min(wide, high))
        off = min(abs(np.log(ratio / shape)) for shape in SHAPES)
        opposite = min(lengths[0], lengths[2]) / max(lengths[0], lengths[2])
        opposite *= min(lengths[1], lengths[3]) / max(lengths[1], lengths[3])
        fit = 0.82 + 0.18 * float(np.exp(-((off / 0.08) ** 2)))
        # Papers seen from above are nearly parallelograms; more than 2.6 to 1 is a strip.
        return fit * float(np.clip(opposite / 0.55, 0.2, 1)) * (1.0 if ratio < 2.6 else 0.5)


def _normals(along: Quads) -> Quads:
    """Unit vectors to the left hand of each side: out of a paper named clockwise."""
    length = np.maximum(1e-6, np.linalg.norm(along, axis=-1, keepdims=True))
    return np.asarray(np.stack([along[..., 1], -along[..., 0]], axis=-1) / length, np.float64)


def _norm(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt((vectors * vectors).sum(axis=-1)), np.float32)
