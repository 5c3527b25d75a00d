"""Which of the likeliest candidates is a paper: what was measured of each, weighed.

The weights are fitted by `python -m models.pages fit` (logistic regression on drawn photographs).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.geometry import area
from daemon.documents.judging import Judge, Judged
from daemon.documents.regions import MARGIN, RING, Flattened, Regions

Floats = npt.NDArray[np.float32]

NAMES = (
    "support_mean", "support_min", "shape", "share", "touching", "inside_mean", "inside_min",
    "outside_mean", "outside_max", "apart_min", "apart_mean", "better_max", "better_mean", "core",
    "sharp_min", "sharp_mean", "step_mean", "step_min", "step_outward_min", "step_outward_mean",
    "step_inward_mean", "same_min", "same_mean", "peak_min", "peak_mean", "print_outward_max",
    "print_outward_mean", "print_inward_min", "brighter",
)  # fmt: skip
"""What is measured, see `measured`."""

STEP = 12.0
"""Distance in CIELAB beyond which a step of colour is no clearer."""


WEIGHTS = Path(__file__).with_name("weights.json")


class Weights(msgspec.Struct, frozen=True):
    """What each measure counts for: the logit of the chance is `bias` + their weighed sum."""

    weight: dict[str, float]
    bias: float
    photographs: int
    """How many they were fitted on."""


def _loaded() -> tuple[npt.NDArray[np.float64], float]:
    read = msgspec.json.decode(WEIGHTS.read_bytes(), type=Weights)
    return np.array([read.weight[name] for name in NAMES]), read.bias


_WEIGHT, _BIAS = _loaded()


def chances(judge: Judge, regions: Regions, judged: Sequence[Judged]) -> npt.NDArray[np.float64]:
    """How likely each candidate is a paper, 0 to 1; on as many good as bad candidates."""
    logit = measured(judge, regions, judged) @ _WEIGHT + _BIAS
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))), np.float64)


def measured(judge: Judge, regions: Regions, judged: Sequence[Judged]) -> npt.NDArray[np.float64]:
    """A row of `NAMES` for each candidate.

    `inside`, `outside`: mean sign just inside and outside a side; `apart` their difference;
    `better`: how much better the signs would be parted by a parallel of the side; `sharp`: the
    change of the sign at the side itself; `step`: the step of the mean colour there and the
    highest one further outward and inward; `peak` the share of the former in the highest of all;
    `same`: how alike the steps along the side are; `print`: how much denser fine detail is than on
    the desk.
    """
    quads = np.stack([one.quad for one in judged])
    flat = regions.flatten(quads)
    rows = [_sides(judge, one) for one in judged]
    return np.column_stack([np.array(rows), _regional(flat), (flat.light - regions.light) / 100])


def _sides(judge: Judge, one: Judged) -> tuple[float, ...]:
    free = [s for s, t in zip(one.support, one.touching, strict=True) if not t] or [0.0]
    share = area(one.quad) / (judge.width * judge.height)
    return (
        float(np.mean(free)), min(free), judge.shape(one.quad), float(np.log(share)),
        float(sum(one.touching)),
    )  # fmt: skip


def _regional(flat: Flattened) -> npt.NDArray[np.float64]:
    signs = flat.signs
    # A side at the rim of the picture has nothing outside of it to be compared with.
    seen = flat.known[:, :, MARGIN - RING : MARGIN].mean(axis=2) > 0.5
    seen[~seen.any(axis=1)] = True
    inside = signs[:, :, MARGIN + 1 : MARGIN + 1 + RING].mean(axis=2)
    outside = signs[:, :, MARGIN - 1 - RING : MARGIN - 1].mean(axis=2)
    sums = np.cumsum(signs, axis=2)
    parted = sums[:, :, -1:] - 2 * sums
    better = (parted.max(axis=2) - parted[:, :, MARGIN - 1]) / MARGIN
    sharp = signs[:, :, MARGIN + 1 : MARGIN + 3].mean(axis=2)
    sharp = sharp - signs[:, :, MARGIN - 3 : MARGIN - 1].mean(axis=2)
    step = np.linalg.norm(flat.colours[:, :, 3:] - flat.colours[:, :, :-3], axis=3)
    step = np.minimum(step, STEP)
    here = MARGIN - 2
    at_side = step[:, :, here - 1 : here + 2].max(axis=2)
    outward, inward = step[:, :, : here - 3].max(axis=2), step[:, :, here + 4 :].max(axis=2)
    peak = at_side / (step.max(axis=2) + 0.5)
    print_outward = flat.detail[:, :, : MARGIN - 2].mean(axis=2)
    print_inward = flat.detail[:, :, MARGIN + 3 :].mean(axis=2)
    return np.column_stack([
        inside.mean(axis=1), inside.min(axis=1), _mean(outside, seen), _most(outside, seen),
        -_most(outside - inside, seen), _mean(inside - outside, seen), _most(better, seen),
        _mean(better, seen), flat.core, -_most(-sharp, seen), _mean(sharp, seen),
        _mean(at_side, seen), -_most(-at_side, seen), -_most(-outward, seen), _mean(outward, seen),
        inward.mean(axis=1), -_most(-flat.same, seen), _mean(flat.same, seen),
        -_most(-peak, seen), _mean(peak, seen),
        _most(print_outward, seen), _mean(print_outward, seen), print_inward.min(axis=1),
    ])  # fmt: skip


def _mean(values: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    return np.asarray((values * seen).sum(axis=1) / seen.sum(axis=1), np.float32)


def _most(values: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    return np.asarray(np.where(seen, values, -np.inf).max(axis=1), np.float32)
