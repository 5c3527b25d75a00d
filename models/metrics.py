"""How good a classifier is: accuracy, calibration, rejection, confusion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

UNKNOWN = -1
"""Truth of a paper that is none of the kinds: right is to stay below the threshold."""

BINS = 10

CERTAIN = 0.9
"""Probability from which nobody would doubt an answer."""


def report(
    truth: Sequence[int] | npt.NDArray[np.int64],
    said: Sequence[int] | npt.NDArray[np.int64],
    sure: Sequence[float] | npt.NDArray[np.float32],
    threshold: float,
    nothing: int | None = None,
) -> dict[str, Any]:
    """Figures of a set of pictures: indices of kinds (UNKNOWN allowed in `truth`), probabilities.

    `nothing` is the answer "not a paper": it, too, keeps an unknown paper from being copied.

    `wrong_and_accepted` is the share of known papers that were called something else with enough
    confidence: what a citizen would have to notice; `wrong_and_certain` with CERTAIN.
    `papers_refused` is the share of papers called "not a paper".  None where there is nothing.
    """
    is_, told, chance = np.asarray(truth, int), np.asarray(said, int), np.asarray(sure, float)
    known = is_ != UNKNOWN
    right = told[known] == is_[known]
    accepted = chance[known] >= threshold
    refused = (chance[~known] < threshold) | (told[~known] == nothing)
    return {
        "pictures": int(known.sum()),
        "accuracy": _share(right),
        "ece": expected_calibration_error(right, chance[known]),
        "accepted": _share(accepted),
        "wrong_and_accepted": _share(~right & accepted),
        "wrong_and_certain": wrong_and_certain(is_, told, chance),
        "nothing_refused": _share(told[is_ == nothing] == nothing),
        "papers_refused": _share(told[known & (is_ != nothing)] == nothing),
        "unknown_pictures": int((~known).sum()),
        "unknown_refused": _share(refused),
    }


def expected_calibration_error(
    right: npt.NDArray[np.bool_], sure: npt.NDArray[np.float64]
) -> float | None:
    """Mean gap between confidence and accuracy over ten equal bins (Guo et al. 2017)."""
    if not len(right):
        return None
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gap = 0.0
    for b in np.unique(bins):
        rows = bins == b
        gap += float(rows.mean()) * abs(float(right[rows].mean()) - float(sure[rows].mean()))
    return round(gap, 4)


def confusion(
    truth: Sequence[int] | npt.NDArray[np.int64],
    said: Sequence[int] | npt.NDArray[np.int64],
    classes: int,
) -> list[list[int]]:
    """Counts, a row for each true kind, a column for each that was said."""
    is_, told = np.asarray(truth, int), np.asarray(said, int)
    known = is_ != UNKNOWN
    table = np.zeros((classes, classes), int)
    np.add.at(table, (is_[known], told[known]), 1)
    return [[int(n) for n in row] for row in table]


def recall(
    truth: Sequence[int] | npt.NDArray[np.int64],
    said: Sequence[int] | npt.NDArray[np.int64],
    labels: Sequence[str],
) -> dict[str, float]:
    """Share of right first guesses, for each kind of which there are pictures."""
    is_, told = np.asarray(truth, int), np.asarray(said, int)
    return {
        label: round(float((told[is_ == n] == n).mean()), 4)
        for n, label in enumerate(labels)
        if (is_ == n).any()
    }


def wrong_and_certain(
    truth: Sequence[int] | npt.NDArray[np.int64],
    said: Sequence[int] | npt.NDArray[np.int64],
    sure: Sequence[float] | npt.NDArray[np.float32],
) -> float | None:
    """Share of known papers that were called something else with CERTAIN probability."""
    is_, told, chance = np.asarray(truth, int), np.asarray(said, int), np.asarray(sure, float)
    known = is_ != UNKNOWN
    return _share((told[known] != is_[known]) & (chance[known] >= CERTAIN))


def _share(which: npt.NDArray[np.bool_]) -> float | None:
    return round(float(which.mean()), 4) if len(which) else None
