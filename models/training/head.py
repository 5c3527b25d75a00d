"""The head on the frozen features: training, and calibration on forms that it has not seen."""

from __future__ import annotations

from typing import Any

import keras
import msgspec
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

UNKNOWN = -1
"""Label of papers that are none of the kinds: the head learns to be undecided about them."""

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


def held_out(
    features: Floats, labels: Ints, groups: Ints, classes: int, folds: int, seed: int
) -> Floats:
    """Logits of every row by a head that saw no row of the same group (form)."""
    out = np.zeros((len(labels), classes), np.float32)
    for fold in range(folds):
        away = groups % folds == fold
        kernel, bias = train(features[~away], labels[~away], classes, seed + fold)
        out[away] = features[away] @ kernel + bias
    return out


def calibrate(logits: Floats, labels: Ints, keep: float = 0.93) -> Calibration:
    """Temperature by least negative log-likelihood; threshold that keeps this share of the known."""
    known = labels != UNKNOWN
    own, truth = logits[known], labels[known]
    rows = np.arange(len(truth))

    def cost(temperature: float) -> float:
        return float(-np.log(softmax(own, temperature)[rows, truth] + 1e-9).mean())

    temperature = float(min(np.geomspace(0.2, 5, 121), key=cost))
    sure = softmax(logits, temperature).max(1)
    right = own.argmax(1) == truth
    threshold = float(np.quantile(sure[known][right], 1 - keep))
    strangers = sure[~known]
    return Calibration(
        round(temperature, 3),
        round(threshold, 3),
        float(right.mean()),
        float((sure[known] >= threshold).mean()),
        float((strangers < threshold).mean()) if len(strangers) else 0.0,
    )


def report(logits: Floats, labels: Ints, temperature: float, threshold: float) -> dict[str, Any]:
    """Accuracy, expected calibration error (10 bins) and rejection of a set."""
    known = labels != UNKNOWN
    chance = softmax(logits, temperature)
    sure, said = chance.max(1), chance.argmax(1)
    right = said[known] == labels[known]
    accepted = sure[known] >= threshold
    bins = np.minimum((sure[known] * 10).astype(int), 9)
    gap = sum(
        (bins == b).mean() * abs(right[bins == b].mean() - sure[known][bins == b].mean())
        for b in range(10)
        if (bins == b).any()
    )
    return {
        "pictures": int(known.sum()),
        "accuracy": round(float(right.mean()), 4),
        "ece": round(float(gap), 4),
        "accepted": round(float(accepted.mean()), 4),
        "wrong_and_accepted": round(float((~right & accepted).mean()), 4),
        "unknown_pictures": int((~known).sum()),
        "unknown_refused": round(float((sure[~known] < threshold).mean()), 4)
        if (~known).any()
        else None,
    }
