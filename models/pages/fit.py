"""Fits the weights of `daemon.documents.choosing` on photographs with known corners."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import choosing, page
from daemon.documents.candidates import propose
from daemon.documents.decode import Pixels, decode
from daemon.documents.geometry import ordered
from daemon.documents.judging import Judge
from daemon.documents.regions import Regions
from daemon.documents.searched import searched

Floats = npt.NDArray[np.float64]

GOOD, BAD = 0.93, 0.88
"""Overlap from which a candidate is right, and below which it is wrong.

Between them it is left out: the exact corners are found later.
"""

DECAY = 1e-3
"""Weight of the squared weights."""

ROUNDS = 40


def fit(folder: Path, names: Sequence[str]) -> choosing.Weights:
    """Weights from all photographs of these cases; in a scan every candidate is wrong."""
    rows: list[Floats] = []
    overlaps: list[float] = []
    count = 0
    for name in names:
        for path in sorted((folder / name).glob("*.jpg")):
            told = json.loads(path.with_suffix(".json").read_text())
            quads = [] if told["verdict"] == "whole" else told["quads"]
            measured, found = _candidates(decode(path.read_bytes()), quads)
            rows.append(measured)
            overlaps += found
            count += 1
    values, truth = np.concatenate(rows), np.array(overlaps)
    weight, bias = _logistic(values, truth)
    told_weight = {name: round(float(w), 4) for name, w in zip(choosing.NAMES, weight, strict=True)}
    return choosing.Weights(told_weight, round(bias, 4), count)


def store(weights: choosing.Weights, path: Path = choosing.WEIGHTS) -> None:
    """Writes the file that the product reads."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(weights), indent=2) + b"\n")


def _candidates(photo: Pixels, quads: list[list[list[float]]]) -> tuple[Floats, list[float]]:
    small, scale = searched(photo)
    height, width = small.shape[:2]
    judge = Judge(small)
    likely = judge.judge(propose(small))[: page.LIKELY]
    if not likely:
        return np.zeros((0, len(choosing.NAMES))), []
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    truth = [_common(np.asarray(ordered(q) * scale, np.float32), frame) for q in quads]
    found = [max((_overlap(one.quad, t) for t in truth), default=0.0) for one in likely]
    return choosing.measured(judge, Regions(judge.lab), likely), found


def _common(
    quad: npt.NDArray[np.float32], frame: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """What of the paper is in the picture."""
    _, polygon = cv2.intersectConvexConvex(quad, frame)
    return np.asarray(polygon, np.float32)


def _overlap(quad: Floats, polygon: npt.NDArray[np.float32]) -> float:
    one = quad.astype(np.float32)
    common, _ = cv2.intersectConvexConvex(one, polygon)
    return float(common / (cv2.contourArea(one) + cv2.contourArea(polygon) - common))


def _logistic(values: Floats, overlaps: Floats) -> tuple[Floats, float]:
    """Newton's method; good and bad candidates count the same in all."""
    clear = (overlaps > GOOD) | (overlaps < BAD)
    values, good = values[clear], (overlaps[clear] > GOOD).astype(float)
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    rows = np.column_stack([(values - middle) / spread, np.ones(len(values))])
    share = np.where(good > 0, 0.5 / good.mean(), 0.5 / (1 - good.mean())) / len(good)
    penalty = np.full(rows.shape[1], DECAY)
    penalty[-1] = 0
    found = np.zeros(rows.shape[1])
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (share * (chance - good)) + penalty * found
        bend = (rows * (share * chance * (1 - chance))[:, None]).T @ rows + np.diag(penalty)
        found = found - np.linalg.solve(bend + 1e-9 * np.eye(len(found)), slope)
    weight = found[:-1] / spread
    return weight, float(found[-1] - weight @ middle)
