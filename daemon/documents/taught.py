"""Kinds that a kiosk was taught: a small file, checked before it is used.

Each kind is a linear head on the model's features.  Its score competes with the whole of what the
model knows: with scores s the kind k has probability exp(s_k) / (1 + Σ exp(s)), and the model's own
answers share the rest.  The file is the SHA-256 of what follows, a line feed, and MessagePack.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.errors import ModelCorrupt, ModelMissing

LARGEST = 16 * 1024 * 1024
NAME = r"^[a-z][a-z0-9_]{2,39}$"
"""What a kind may be called: like those of the catalogue."""

UNIT = 6 / 255
"""What one step of a stored feature is worth: features lie between 0 and 6 (ReLU6)."""

Floats = npt.NDArray[np.float32]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """One taught kind."""

    name: str
    photographs: int
    kernel: bytes
    """float32, one for each feature."""
    bias: float
    samples: bytes
    """uint8, rows of features / `Taught.unit`: what it was learnt from, to teach the next."""


class _File(msgspec.Struct, frozen=True):
    model: str
    width: int
    unit: float
    heads: tuple[Head, ...]


class Taught:
    """The taught kinds of one model (`model` is its sha256, `width` its number of features)."""

    def __init__(self, model: str, width: int, unit: float, heads: tuple[Head, ...]) -> None:
        self.model, self.width, self.unit, self.heads = model, width, unit, heads
        self.names = tuple(head.name for head in heads)
        kernels = [np.frombuffer(head.kernel, "<f4") for head in heads]
        if any(len(kernel) != width for kernel in kernels):
            raise ModelCorrupt(f"taught kinds: a kernel that is not of {width} numbers")
        self._kernels = np.stack(kernels) if kernels else np.zeros((0, width), np.float32)
        self._biases = np.array([head.bias for head in heads], np.float32)

    def joined(self, chances: npt.NDArray[np.float64], seen: Floats) -> npt.NDArray[np.float64]:
        """The model's probabilities with those of the taught kinds behind them; sums to 1."""
        scores = np.clip(self._kernels @ seen + self._biases, -30, 30).astype(np.float64)
        powers = np.exp(scores)
        whole = 1 + powers.sum()
        return np.concatenate([chances / whole, powers / whole])

    def samples(self, name: str) -> Floats:
        """Features that a kind was taught from, row by row."""
        head = self.heads[self.names.index(name)]
        rows = np.frombuffer(head.samples, np.uint8).reshape(-1, self.width)
        return rows.astype(np.float32) * np.float32(self.unit)

    def save(self, path: Path) -> None:
        """Replaces the file in one step; raises OSError."""
        body = msgspec.msgpack.encode(_File(self.model, self.width, self.unit, self.heads))
        held = path.with_name(path.name + ".part")
        with held.open("wb") as file:
            file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        held.replace(path)


def load(path: Path) -> Taught:
    """Raises ModelMissing where there is no file, ModelCorrupt where it is not whole."""
    try:
        if path.stat().st_size > LARGEST:
            raise ModelCorrupt(f"{path.name}: more than {LARGEST} bytes")
        digest, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        raise ModelMissing(path.name) from None
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ModelCorrupt(f"{path.name}: changed since it was written")
    try:
        told = msgspec.msgpack.decode(body, type=_File)
    except msgspec.MsgspecError as error:
        raise ModelCorrupt(f"{path.name}: {error}") from None
    return Taught(told.model, told.width, told.unit, told.heads)
