"""Trains the upper half of the backbone and the head on the features of the frozen lower half."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt

from models.metrics import UNKNOWN
from models.training import features, head
from models.training.head import Floats, Ints

Halves = npt.NDArray[np.float16]

_BATCH = 48
_RATE = 3e-4
_UNKNOWN_WEIGHT = 0.7
_HIDDEN = 0.05


def build(upper: Any, classes: int) -> Any:
    """Upper half, pooling and a head that is still empty: halfway features → logits."""
    entry = keras.Input(upper.input.shape[1:], name="halfway")
    kept = keras.layers.Dropout(0.4)(features.pooled(upper(entry)))
    logits = keras.layers.Dense(classes, name="logits")(kept)
    return keras.Model(entry, logits, name="tuned")


def probe(model: Any, halfway: Halves, labels: Ints, seed: int) -> None:
    """Sets the head by training it alone first: its random start would spoil the backbone."""
    reader = keras.Model(model.input, model.get_layer("pooled").output)
    seen = np.concatenate(
        [np.asarray(reader(halfway[i : i + 128].astype(np.float32), training=False))
         for i in range(0, len(halfway), 128)]
    )  # fmt: skip
    layer = model.get_layer("logits")
    layer.set_weights(list(head.train(seen, labels, layer.units, seed)))


def train(
    model: Any, halfway: Halves, labels: Ints, epochs: int, seed: int, tell: Callable[[str], None]
) -> None:
    """Trains in place, the same way for the same seed (as far as threads allow)."""
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    steps = math.ceil(len(labels) / _BATCH)
    rate = keras.optimizers.schedules.CosineDecay(
        1e-6, epochs * steps, warmup_target=_RATE, warmup_steps=steps // 3
    )
    model.compile(
        optimizer=keras.optimizers.AdamW(rate, weight_decay=1e-3),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    )
    wanted = head.targets(labels, model.get_layer("logits").units)
    weight = np.where(labels == UNKNOWN, _UNKNOWN_WEIGHT, 1.0).astype(np.float32)
    for epoch in range(epochs):
        order = rng.permutation(len(labels))
        lost = []
        for i in range(0, len(order), _BATCH):
            rows = order[i : i + _BATCH]
            seen = _stirred(halfway[rows].astype(np.float32), rng)
            lost.append(model.train_on_batch(seen, wanted[rows], sample_weight=weight[rows]))
        tell(f"epoch {epoch + 1}/{epochs}: loss {float(lost[-1]):.3f}")


def _stirred(seen: Floats, rng: np.random.Generator) -> Floats:
    """Maps as of a page that lies a little further off and is hidden in places."""
    out = np.empty_like(seen)
    for n, one in enumerate(seen):
        down, across = rng.integers(-1, 2, 2)
        padded = np.pad(one, ((1, 1), (1, 1), (0, 0)), mode="edge")
        high, wide = one.shape[:2]
        out[n] = padded[1 + down : 1 + down + high, 1 + across : 1 + across + wide]
    return np.asarray(out * (rng.random((*seen.shape[:3], 1)) > _HIDDEN), np.float32)


def logits(model: Any, halfway: Halves) -> Floats:
    """What the model says about these features."""
    return np.concatenate(
        [np.asarray(model(halfway[i : i + 128].astype(np.float32), training=False))
         for i in range(0, len(halfway), 128)]
    ).astype(np.float32)  # fmt: skip
