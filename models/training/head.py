"""The head: training on features that stay, and calibration on forms that it has not seen.

Papers that are none of the kinds are learnt as "undecided": the same chance for every kind.
"""

from __future__ import annotations

from typing import Any

import keras  # type: ignore[import-not-found]
import msgspec
import numpy as np
import numpy.typing as npt

from models import metrics
from models.metrics import UNKNOWN

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

RASH, MARGIN = 0.004, 1.3
"""How often a wrong answer may be certain; what the temperature is raised by in any case."""

SHARED = 0.2
"""What a kind of those that look alike gives to all of them."""

_EPOCHS = 24
_BATCH = 128


class Calibration(msgspec.Struct, frozen=True):
    """Found on held-out forms."""

    temperature: float
    threshold: float
    accuracy: float
    """Share of right answers on forms that the head was not trained on."""
    kept: float
    """Share of known papers whose probability reaches the threshold."""
    refused: float
    """Share of unknown papers that stay below it."""


def targets(labels: Ints, classes: int, smooth: float = 0.05) -> Floats:
    """One row a label: smoothed one-hot, uniform for UNKNOWN."""
    out = np.full((len(labels), classes), smooth / classes, np.float32)
    known = labels != UNKNOWN
    out[np.nonzero(known)[0], labels[known]] += 1 - smooth
    out[~known] = 1 / classes
    return out


def train(features: Floats, labels: Ints, classes: int, seed: int) -> tuple[Floats, Floats]:
    """Weights (numbers × classes) and bias of the head; the same for the same seed."""
    keras.utils.set_random_seed(seed)
    mean, spread = features.mean(0), features.std(0) + 0.05
    model = keras.Sequential(
        [
            keras.Input((features.shape[1],)),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(classes, kernel_regularizer=keras.regularizers.L2(1e-4)),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(
            keras.optimizers.schedules.CosineDecay(8e-4, _EPOCHS * (len(labels) // _BATCH + 1))
        ),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    weight = np.where(labels == UNKNOWN, 0.7, 1.0)
    model.fit(
        (features - mean) / spread, targets(labels, classes), batch_size=_BATCH, epochs=_EPOCHS,
        sample_weight=weight, verbose=0,
    )  # fmt: skip
    kernel, bias = (np.asarray(v, np.float32) for v in model.get_weights())
    kernel = kernel / spread[:, None]  # the standardisation goes into the weights
    return kernel, bias - mean @ kernel


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Probabilities, row by row."""
    scaled = logits / temperature
    grown = np.exp(scaled - scaled.max(1, keepdims=True))
    return np.asarray(grown / grown.sum(1, keepdims=True), np.float32)


def chances(logits: Floats, temperature: float, alike: npt.NDArray[np.bool_]) -> Floats:
    """Probabilities; the kinds that look alike give SHARED of theirs to all of them evenly."""
    found = softmax(logits, temperature)
    if alike.any():
        together = found[:, alike].sum(1, keepdims=True)
        found[:, alike] = (1 - SHARED) * found[:, alike] + SHARED * together / alike.sum()
    return found


def calibrate(
    logits: Floats, labels: Ints, alike: npt.NDArray[np.bool_], keep: float = 0.95
) -> Calibration:
    """Temperature and threshold, found on forms that were not trained on.

    The temperature is MARGIN times that of least log-likelihood cost, since papers of the world
    differ more from the training's than the evaluation's do; or a higher one if more than RASH of
    the known papers would be called something else with certainty.  The threshold keeps this share
    of the right answers.
    """
    known = labels != UNKNOWN
    own, truth = logits[known], labels[known]
    rows = np.arange(len(truth))
    right = own.argmax(1) == truth

    def cost(temperature: float) -> float:
        return float(-np.log(chances(own, temperature, alike)[rows, truth] + 1e-9).mean())

    def rash(temperature: float) -> float:
        return float(((chances(own, temperature, alike).max(1) >= metrics.CERTAIN) & ~right).mean())

    grid = np.geomspace(0.2, 5, 121)
    best = MARGIN * float(min(grid, key=cost))
    careful = [float(t) for t in grid if t >= best and rash(float(t)) <= RASH]
    temperature = max(best, careful[0]) if careful else float(grid[-1])
    sure = chances(logits, temperature, alike).max(1)
    threshold = float(np.quantile(sure[known][right], 1 - keep))
    strangers = sure[~known]
    return Calibration(
        round(temperature, 3),
        round(threshold, 3),
        float(right.mean()),
        float((sure[known] >= threshold).mean()),
        float((strangers < threshold).mean()) if len(strangers) else 0.0,
    )


def report(
    logits: Floats, labels: Ints, found: Calibration, nothing: int, alike: npt.NDArray[np.bool_]
) -> dict[str, Any]:
    """The figures of a set of pictures; `nothing` is the answer "not a paper"."""
    chance = chances(logits, found.temperature, alike)
    return metrics.report(labels, chance.argmax(1), chance.max(1), found.threshold, nothing)
