"""Which candidate is the paper: what its sides and its inside look like.

A side of a paper is a step of colour that goes the same way along its whole length.  A printed
frame is a line with the same colour on both sides; a stripe of the desk goes on beyond the corner;
the border of a shadow is soft.  No threshold here was fitted to a photograph of a real person.
"""

from __future__ import annotations

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.geometry import Quad, area, sides

Floats = npt.NDArray[np.float32]

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


class Judge:
    """Scores quadrilaterals on one picture of about 500 pixels."""

    def __init__(self, rgb: npt.NDArray[np.uint8]) -> None:
        self.height, self.width = rgb.shape[:2]
        lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0), cv2.COLOR_RGB2LAB)
        self._lab = lab.astype(np.float32) * np.array([100 / 255, 1, 1], np.float32)
        self._reach = max(3.0, max(rgb.shape[:2]) / 110)

    def judge(self, quad: Quad) -> Judged:
        """The score of one candidate."""
        results = [self._side(quad, k) for k in range(4)]
        support = tuple(r[0] for r in results)
        touching = tuple(r[1] for r in results)
        seen = [s for s, t in zip(support, touching, strict=True) if not t]
        if len(seen) < 2:
            return Judged(quad, 0.0, support, touching)  # type: ignore[arg-type]
        edge = 0.5 * float(np.mean(seen)) + 0.5 * min(seen)
        edge *= 0.85 ** sum(touching)
        share = area(quad) / (self.width * self.height)
        size = min(1.0, 0.55 + 0.45 * (share / 0.25) ** 0.5)
        ground = 0.45 + 0.55 * self._one_ground(quad)
        score = edge * size * ground * self.shape(quad) * self._paperlike(quad)
        return Judged(quad, float(score), support, touching)  # type: ignore[arg-type]

    def _side(self, quad: Quad, k: int) -> tuple[float, bool]:
        """(support 0 to 1, runs along the rim)."""
        start, end = quad[k], quad[(k + 1) % 4]
        along = end - start
        length = float(np.linalg.norm(along))
        outward = np.array([along[1], -along[0]]) / max(length, 1e-6)
        t = np.linspace(0.07, 0.93, SAMPLES)[:, None]
        points = start + along * t
        rim = self._reach * 1.6
        limit = np.array([self.width - 1, self.height - 1])
        near = ((points < rim) | (points > limit - rim)).any(axis=1)
        if near.mean() > 0.7:
            return 0.0, True
        steps = []
        for reach in (self._reach, self._reach * 1.8):
            inside = self._at(points - outward * reach)
            outside = self._at(points + outward * reach)
            steps.append(outside - inside)
        step = np.where(
            (np.linalg.norm(steps[0], axis=1) < np.linalg.norm(steps[1], axis=1))[:, None],
            steps[0],
            steps[1],
        )
        size = np.linalg.norm(step, axis=1)
        # How much of it happens right here: a shadow's slope goes on, a paper's edge does not.
        close = np.linalg.norm(
            self._at(points + outward * self._reach * 0.5)
            - self._at(points - outward * self._reach * 0.5),
            axis=1,
        )
        strong = np.clip(size / STEP, 0, 1) * np.clip(close / (0.45 * size + 2.0), 0, 1)
        mean = step.mean(axis=0)
        same = float(np.linalg.norm(mean)) / max(1e-6, float(size.mean()))
        return float(strong.mean() * (0.4 + 0.6 * same)), False

    def _at(self, points: Quad) -> Floats:
        x = np.clip(points[:, 0], 0, self.width - 1).astype(np.float32)
        y = np.clip(points[:, 1], 0, self.height - 1).astype(np.float32)
        return np.asarray(self._lab[np.rint(y).astype(int), np.rint(x).astype(int)])

    def _one_ground(self, quad: Quad) -> float:
        """Share of the places just inside all sides that have the same colour, light apart.

        A quadrilateral that goes on beyond the paper has desk inside some of its sides.
        """
        t = np.linspace(0.03, 0.97, SAMPLES)[:, None]
        places = []
        for k in range(4):
            along = quad[(k + 1) % 4] - quad[k]
            inward = np.array([-along[1], along[0]]) / max(1e-6, float(np.linalg.norm(along)))
            places.append(self._at(quad[k] + along * t + inward * self._reach * 1.3))
        colours = np.concatenate(places) * np.array([0.4, 1, 1], np.float32)
        away = np.linalg.norm(colours - np.median(colours, axis=0), axis=1)
        return float((away < 10).mean())

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

    def _paperlike(self, quad: Quad) -> float:
        """A paper is rather bright and even: its ground, the upper half of its tones."""
        mask = np.zeros((self.height, self.width), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(quad).astype(np.int32), 255)
        step = 3
        inner = self._lab[::step, ::step][mask[::step, ::step] > 0]
        if len(inner) < 20:
            return 0.5
        outer = self._lab[::step, ::step][mask[::step, ::step] == 0]
        light, red, yellow = (float(v) for v in np.median(inner, axis=0))
        spread = float(np.percentile(inner[:, 0], 80) - np.percentile(inner[:, 0], 40))
        even = float(np.clip(1.15 - spread / 60, 0.7, 1))
        if red - 128 > 9 and 9 < yellow - 128 < 3.2 * (red - 128) and light < 78:
            even *= 0.55  # the back of a hand
        if len(outer) < 20:
            return even
        brighter = light - float(np.median(outer[:, 0]))
        return even * float(np.clip(0.95 + brighter / 200, 0.8, 1.05))
