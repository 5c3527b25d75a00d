"""Writes the model: int8 weights and activations, and its description `kinds.json`."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import keras  # type: ignore[import-not-found]
import msgspec
import numpy as np
import numpy.typing as npt
import tensorflow as tf  # type: ignore[import-untyped]

from models.training import backbone, head
from models.training.head import Floats
from models.training.labels import ALIKE
from models.training.samples import Pixels


def assemble(lower: Any, tuned: Any) -> Any:
    """Both halves as one model: normalised image → logits and the features of the page."""
    both = keras.Model(tuned.input, [tuned.output, tuned.get_layer("seen").output])
    return keras.Model(lower.input, both(lower.output, training=False), name="kinds")


def quantise(model: Any, examples: Sequence[Pixels]) -> bytes:
    """The model as a TFLite file, all integers: uint8 image in, int8 logits and features out."""

    def feed() -> Iterator[list[Floats]]:
        for image in examples:
            ready = (image[None].astype(np.float32) - backbone.MEAN) * backbone.SCALE
            yield [ready]

    return integers(model, feed, tf.uint8)


def integers(model: Any, feed: Callable[[], Iterator[list[Floats]]], entry: Any) -> bytes:
    """Integers throughout: `entry` (a type of TensorFlow) in, int8 out.

    `feed` gives the examples by which the ranges of the activations are measured.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = feed
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = entry
    converter.inference_output_type = tf.int8
    with contextlib.redirect_stdout(io.StringIO()):  # Keras describes every tensor of its export
        return bytes(converter.convert())


def run(content: bytes, images: Sequence[Pixels]) -> Floats:
    """Logits of the quantised model for images as bytes, as the product computes them."""
    return look(content, images)[0]


def look(content: bytes, images: Sequence[Pixels]) -> tuple[Floats, Floats]:
    """Logits and features, a row an image."""
    interpreter = tf.lite.Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    entry = interpreter.get_input_details()[0]
    outputs = sorted(interpreter.get_output_details(), key=lambda out: int(out["shape"][-1]))
    scale, zero = entry["quantization"]
    rows: tuple[list[npt.NDArray[Any]], list[npt.NDArray[Any]]] = ([], [])
    for image in images:
        ready = (image[None].astype(np.float32) - backbone.MEAN) * backbone.SCALE
        held = np.clip(np.round(ready / scale + zero), 0, 255).astype(np.uint8)
        interpreter.set_tensor(entry["index"], held)
        interpreter.invoke()
        for leaving, found in zip(outputs, rows, strict=True):
            gain, offset = leaving["quantization"]
            value = interpreter.get_tensor(leaving["index"])[0].astype(np.float32)
            found.append((value - offset) * gain)
    return np.stack(rows[0]).astype(np.float32), np.stack(rows[1]).astype(np.float32)


def describe(
    content: bytes, labels: Sequence[str], temperature: float, threshold: float, version: str,
    selftest: dict[str, str], reference: dict[str, str],
) -> bytes:  # fmt: skip
    """`kinds.json`: all that a reader of the model has to know."""
    told = {
        "version": version,
        "model": "kinds.tflite",
        "sha256": hashlib.sha256(content).hexdigest(),
        "labels": list(labels),
        "input": [backbone.SIDE, backbone.SIDE],
        "colour": "RGB",
        "interpolation": "area",
        "mean": backbone.MEAN,
        "scale": backbone.SCALE,
        "output": "logits",
        "temperature": temperature,
        "threshold": threshold,
        "alike": list(ALIKE),
        "shared": head.SHARED,
        "reference": reference,
        "selftest": selftest,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def write(path: Path, content: bytes) -> None:
    """Replaces a file in one step."""
    held = path.with_name(path.name + ".part")
    held.write_bytes(content)
    held.replace(path)
