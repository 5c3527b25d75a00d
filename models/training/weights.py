"""Reads the tensors of a PyTorch checkpoint (the format before 1.6) without PyTorch.

The file is a row of pickles followed by the raw storages.  The unpickler builds nothing but what
a state dictionary needs, so that a tampered file can not run code.
"""

from __future__ import annotations

import collections
import pickle
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

_MAGIC = 0x1950A86A20F9469CFC6C
_TYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class WeightsError(Exception):
    """The checkpoint is not what it should be; says the file and what was found."""


class _Tensor:
    """A view of a storage that is filled in once the storages have been read."""

    def __init__(self, key: str, offset: int, shape: tuple[int, ...], stride: tuple[int, ...]):
        self.key, self.offset, self.shape, self.stride = key, offset, shape, stride


def _rebuild(
    storage: tuple[Any, ...], offset: int, shape: tuple[int, ...], stride: tuple[int, ...],
    *_: object,
) -> _Tensor:  # fmt: skip
    return _Tensor(storage[2], offset, tuple(shape), tuple(stride))


class _Plain(pickle.Unpickler):
    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, np.dtype[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild
        if module == "torch" and name in _TYPES:
            return name
        raise WeightsError(f"the checkpoint asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> tuple[Any, ...]:
        kind: np.dtype[Any] = _TYPES[pid[1]]
        self.storages[pid[2]] = kind
        return tuple(pid)


def read(path: Path) -> dict[str, npt.NDArray[np.float32]]:
    """Name → tensor of a state dictionary; raises WeightsError."""
    with path.open("rb") as file:
        if _Plain(file).load() != _MAGIC:
            raise WeightsError(f"{path.name}: not a PyTorch checkpoint of the old format")
        for _ in range(2):  # protocol and the writer's machine
            _Plain(file).load()
        reader = _Plain(file)
        named = reader.load()
        data: dict[str, npt.NDArray[Any]] = {}
        for key in _Plain(file).load():
            count = int(np.frombuffer(file.read(8), "<i8")[0])
            kind = reader.storages[key]
            data[key] = np.frombuffer(file.read(count * kind.itemsize), kind)
    return {name: _view(data[t.key], t) for name, t in named.items()}


def _view(storage: npt.NDArray[Any], tensor: _Tensor) -> npt.NDArray[np.float32]:
    """Kernels that came from TensorFlow lie transposed in their storage: the strides tell."""
    last = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride, strict=True))
    if tensor.offset + last >= len(storage):
        raise WeightsError(
            f"a tensor reaches to {tensor.offset + last}, {len(storage)} in the file"
        )
    steps = [step * storage.itemsize for step in tensor.stride]
    flat = storage[tensor.offset :]
    return np.lib.stride_tricks.as_strided(flat, tensor.shape, steps).astype(np.float32)
