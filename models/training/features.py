"""What the frozen half of the backbone sees in the samples: computed once for all epochs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import keras  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt
from PIL import Image

from models.specimens.sheet import rng_of
from models.training import backbone
from models.training.samples import Pixels, Sample

_BATCH = 64


def squeeze(cut: Pixels) -> Pixels:
    """A picture of any shape as the model's square, as `daemon.documents.classify` makes it."""
    side = (backbone.SIDE, backbone.SIDE)
    return np.asarray(cv2.resize(cut, side, interpolation=cv2.INTER_AREA), np.uint8)


def pixels(sample: Sample, extra_turn: int = 0) -> Pixels:
    """The model's input of a sample, bytes, turned further by quarter turns clockwise."""
    cut = np.asarray(Image.open(io.BytesIO(sample.jpeg)).convert("RGB"))
    return squeeze(np.ascontiguousarray(np.rot90(cut, -extra_turn)))


def upright(sample: Sample) -> Pixels:
    """The model's input of a sample, as one reads it."""
    return pixels(sample, -sample.turn % 4)


def pooled(x: Any) -> Any:
    """What the head reads of a 9 × 9 map: 3 bands of 2 overlapping halves, and the whole.

    The regions keep where on the page something stands (a title, a seal, a portrait).
    """
    regions = keras.layers.AveragePooling2D((3, 5), (3, 4), name="regions")(x)
    whole = keras.layers.AveragePooling2D(9, name="whole")(x)
    parts = [keras.layers.Flatten()(regions), keras.layers.Flatten(name="seen")(whole)]
    return keras.layers.Concatenate(name="pooled")(parts)


def _turns(sample: Sample, index: int, count: int) -> list[int]:
    """Upright first, as the product turns pages before it asks; then turned by chance."""
    first = -sample.turn % 4
    others = [turn for turn in range(4) if turn != first]
    rng_of("turn", index).shuffle(others)
    return [first, *others][:count]


def _batches(samples: Sequence[Sample], turns: int) -> Iterator[tuple[Pixels, list[int]]]:
    images: list[Pixels] = []
    owners: list[int] = []
    for i, sample in enumerate(samples):
        for turn in _turns(sample, i, turns):
            images.append(pixels(sample, turn))
            owners.append(i)
        if len(images) >= _BATCH:
            yield np.stack(images), owners
            images, owners = [], []
    if images:
        yield np.stack(images), owners


def compute(
    model: Any, samples: Sequence[Sample], turns: int, cache: Path, tell: Callable[[str], None]
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.int64]]:
    """The model's output for every sample in `turns` turns, and each row's sample.

    Kept in `cache` for the next run with the same samples.
    """
    file = cache / f"features-{_key(model, samples, turns)}.npz"
    if file.is_file():
        with np.load(file) as held:
            return held["rows"], held["owners"]
    rows: list[npt.NDArray[np.float16]] = []
    owners: list[int] = []
    for n, (images, whose) in enumerate(_batches(samples, turns)):
        ready = (images.astype(np.float32) - backbone.MEAN) * backbone.SCALE
        rows.append(np.asarray(model(ready, training=False)).astype(np.float16))
        owners += whose
        if n % 20 == 0:
            tell(f"features of {len(owners)}/{len(samples) * turns} pictures")
    out = np.concatenate(rows), np.array(owners)
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(file, rows=out[0], owners=out[1])
    return out


def _key(model: Any, samples: Sequence[Sample], turns: int) -> str:
    digest = hashlib.sha256(f"{turns} {model.output_shape} {len(samples)}".encode())
    for sample in samples:
        digest.update(sample.jpeg)
    return digest.hexdigest()[:16]
