"""What the frozen backbone sees in the samples: computed once, then heads train in seconds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.specimens.sheet import rng_of
from models.training import backbone
from models.training.samples import Pixels, Sample, fit

Floats = npt.NDArray[np.float32]

_BATCH = 64


def pixels(sample: Sample, extra_turn: int = 0) -> Pixels:
    """The model's input of a sample, bytes, turned further by quarter turns."""
    cut = np.asarray(Image.open(io.BytesIO(sample.jpeg)).convert("RGB"))
    return fit(np.ascontiguousarray(np.rot90(cut, -extra_turn)), backbone.SIDE)


def extractor() -> Any:
    """The backbone with what the head reads: 2 × 2 regions and the whole, 6400 numbers.

    The regions keep where on the page something stands (a title, a seal, a portrait).
    """
    body = backbone.build()
    regions = keras.layers.AveragePooling2D(4, 3, name="regions")(body.output)
    whole = keras.layers.AveragePooling2D(7, name="whole")(body.output)
    parts = [keras.layers.Flatten()(regions), keras.layers.Flatten()(whole)]
    return keras.Model(body.input, keras.layers.Concatenate()(parts), name="features")


def _batches(samples: Sequence[Sample], turns: int) -> Iterator[tuple[Pixels, list[int]]]:
    images: list[Pixels] = []
    owners: list[int] = []
    for i, sample in enumerate(samples):
        first = rng_of("turn", i).randrange(1, 4)
        for k in range(turns):
            images.append(pixels(sample, 0 if k == 0 else (first + k - 1) % 4))
            owners.append(i)
        if len(images) >= _BATCH:
            yield np.stack(images), owners
            images, owners = [], []
    if images:
        yield np.stack(images), owners


def compute(
    model: Any, samples: Sequence[Sample], turns: int, tell: Callable[[str], None]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Features (rows × numbers) of every sample in `turns` turns, and each row's sample."""
    rows: list[Floats] = []
    owners: list[int] = []
    for n, (images, whose) in enumerate(_batches(samples, turns)):
        ready = (images.astype(np.float32) - backbone.MEAN) * backbone.SCALE
        rows.append(np.asarray(model(ready, training=False)))
        owners += whose
        if n % 20 == 0:
            tell(f"features of {len(owners)}/{len(samples) * turns} pictures")
    return np.concatenate(rows), np.array(owners)
