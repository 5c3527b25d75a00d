"""What the frozen half of the backbone sees in the samples: computed once for all epochs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.specimens.sheet import rng_of
from models.training import backbone
from models.training.samples import Pixels, Sample, fit

_BATCH = 64


def pixels(sample: Sample, extra_turn: int = 0) -> Pixels:
    """The model's input of a sample, bytes, turned further by quarter turns."""
    cut = np.asarray(Image.open(io.BytesIO(sample.jpeg)).convert("RGB"))
    return fit(np.ascontiguousarray(np.rot90(cut, -extra_turn)), backbone.SIDE)


def pooled(x: Any) -> Any:
    """What the head reads of a 7 × 7 map: 2 × 2 regions and the whole.

    The regions keep where on the page something stands (a title, a seal, a portrait).
    """
    regions = keras.layers.AveragePooling2D(4, 3, name="regions")(x)
    whole = keras.layers.AveragePooling2D(7, name="whole")(x)
    parts = [keras.layers.Flatten()(regions), keras.layers.Flatten()(whole)]
    return keras.layers.Concatenate(name="pooled")(parts)


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
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.int64]]:
    """The model's output for every sample in `turns` turns, and each row's sample."""
    rows: list[npt.NDArray[np.float16]] = []
    owners: list[int] = []
    for n, (images, whose) in enumerate(_batches(samples, turns)):
        ready = (images.astype(np.float32) - backbone.MEAN) * backbone.SCALE
        rows.append(np.asarray(model(ready, training=False)).astype(np.float16))
        owners += whose
        if n % 20 == 0:
            tell(f"features of {len(owners)}/{len(samples) * turns} pictures")
    return np.concatenate(rows), np.array(owners)
