"""Draws the letters, trains the network, writes `mrz.tflite` and `mrz.json`."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import keras  # type: ignore[import-not-found]
import msgspec
import numpy as np
import numpy.typing as npt
import tensorflow as tf  # type: ignore[import-untyped]

from daemon.documents import mrz_cells
from daemon.documents.mrz_cells import Cells, Grid
from daemon.documents.mrz_glyphs import SELFTESTS
from daemon.documents.mrz_layout import GLYPHS
from daemon.documents.tflite import Network
from models.mrz import zones
from models.training import export

Labels = npt.NDArray[np.int64]
Tell = Callable[[str], None]

_BATCH = 256
_EXAMPLES = 600
"""Cells by which the ranges of the activations are measured."""
_HELD = 120
"""Zones, drawn anew, on which the finished network is measured here."""
SELFTEST = "mau_mrz.png"


def cells(rng: np.random.Generator, count: int, cuts: int) -> tuple[Cells, Labels]:
    """The letters of so many zones, each cut out several times a little amiss."""
    out: list[Cells] = []
    labels: list[Labels] = []
    for _ in range(count):
        zone = zones.zone(rng)
        for _ in range(cuts):
            out.append(mrz_cells.cut(zone.picture, _amiss(zone, rng)))
            labels.append(zone.letters)
    return np.concatenate(out), np.concatenate(labels)


def _amiss(zone: zones.Zone, rng: np.random.Generator) -> Grid:
    """The grid as it would be found: not quite where the letters are, nor quite their size."""
    columns = zone.centres.shape[1]
    away = rng.normal(0, 0.035, 2) + np.linspace(-1, 1, columns)[None, :, None] * rng.normal(
        0, 0.02, 2
    )
    height = zone.height * rng.uniform(0.9, 1.2)
    return Grid(zone.centres + away * zone.height, height, 0.0)


def network() -> Any:
    """About 40,000 weights: a cell → logits of the glyphs."""
    layers = keras.layers
    cell = keras.Input((mrz_cells.HEIGHT, mrz_cells.WIDTH, 1), name="cell")
    x = layers.Conv2D(16, 5, 2, "same", use_bias=False)(cell)
    x = layers.ReLU(6)(layers.BatchNormalization()(x))
    x = layers.Conv2D(32, 3, 1, "same", use_bias=False)(x)
    x = layers.ReLU(6)(layers.BatchNormalization()(x))
    x = layers.Conv2D(48, 3, 2, "same", use_bias=False)(x)
    x = layers.ReLU(6)(layers.BatchNormalization()(x))
    x = layers.AveragePooling2D(2)(x)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    return keras.Model(cell, layers.Dense(len(GLYPHS))(x), name="mrz")


def everything(seed: int, count: int, epochs: int, home: Path, tell: Tell) -> None:
    """The whole training, in order; the same seed gives the same letters and first weights."""
    started = time.monotonic()
    keras.utils.set_random_seed(seed)
    rng = np.random.default_rng(seed)
    x, y = cells(rng, count, 3)
    tell(f"{len(x)} cells drawn in {time.monotonic() - started:.0f} s")
    model = network()
    steps = epochs * (len(x) // _BATCH + 1)
    model.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(3e-3, steps), 1e-4),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.02),
        metrics=["accuracy"],
    )
    hot = np.eye(len(GLYPHS), dtype=np.float32)[y]
    for epoch in range(epochs):
        order = rng.permutation(len(x))
        said = model.fit(x[order][..., None], hot[order], _BATCH, epochs=1, verbose=0)
        tell(f"epoch {epoch + 1}: {said.history['accuracy'][0]:.4f}, "
             f"{time.monotonic() - started:.0f} s")  # fmt: skip
    content = _quantised(model, x[rng.choice(len(x), _EXAMPLES, replace=False)])
    away, truth = cells(np.random.default_rng(seed + 1), _HELD, 1)
    made = Network(tf.lite.Interpreter(model_content=content, num_threads=1))
    right = float((made.logits(away[..., None]).argmax(axis=1) == truth).mean())
    tell(f"model of {len(content)} bytes; {right:.4f} of {len(away)} cells drawn anew")
    _write(home, content, right)


def _quantised(model: Any, examples: Cells) -> bytes:
    return export.integers(model, lambda: ([cell[None, ..., None]] for cell in examples), tf.int8)


def _write(home: Path, content: bytes, right: float) -> None:
    rows = f"{GLYPHS[:19]}\n{GLYPHS[19:]}<"
    (home / SELFTESTS).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(home / SELFTESTS / SELFTEST), _sheet(rows))
    digest = hashlib.sha256(content).hexdigest()
    told = {
        "version": f"1.{digest[:8]}",
        "model": "mrz.tflite",
        "sha256": digest,
        "labels": list(GLYPHS),
        "input": [mrz_cells.HEIGHT, mrz_cells.WIDTH],
        "output": "logits",
        "accuracy": round(right, 4),
        "selftest": {SELFTEST: rows},
    }
    export.write(home / "mrz.tflite", content)
    export.write(
        home / "mrz.json", msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
    )


def _sheet(rows: str) -> npt.NDArray[np.uint8]:
    """These letters, clean, as cells side by side: 0 paper to 255 ink."""
    return np.vstack([_row(row) for row in rows.split("\n")])


def _row(letters: str) -> npt.NDArray[np.uint8]:
    face = zones.FACES[0][0]
    size = mrz_cells.WIDTH, mrz_cells.HEIGHT
    scale = mrz_cells.LETTER / zones.LARGE
    out = []
    for character in letters:
        large = cv2.GaussianBlur(zones.letter(face, character), (0, 0), 0.5 / scale)
        move = np.array([[scale, 0, size[0] / 2 - zones.LARGE * scale],
                         [0, scale, size[1] / 2 - zones.LARGE * scale]])  # fmt: skip
        out.append(cv2.warpAffine(large, move, size))
    return np.asarray(np.hstack(out) * 255, np.uint8)
