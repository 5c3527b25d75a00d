"""TFLite models: loaded only as they were released, run on one core."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.errors import ModelCorrupt, ModelMissing


class Described(Protocol):
    """The description of any model."""

    @property
    def model(self) -> str:
        """Its file, beside the description."""
        ...


T = TypeVar("T", bound=Described)

LARGEST = 64 * 1024 * 1024
"""Bytes."""


def interpreter(content: bytes) -> Any:
    """The one door to the TFLite run-time: LiteRT, or tflite-runtime where the machine has that."""
    try:
        from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-untyped]
    except ImportError:
        from tflite_runtime.interpreter import Interpreter  # type: ignore[import-not-found,no-redef,unused-ignore]
    # Two threads are never faster for pictures of these sizes (docs/documents.md).
    return Interpreter(model_content=content, num_threads=1)


class Network:
    """A network with one input; its smallest output are the logits, a further one features."""

    def __init__(self, runtime: Any) -> None:
        runtime.allocate_tensors()
        self._runtime = runtime
        self._entry = runtime.get_input_details()[0]
        outputs = sorted(runtime.get_output_details(), key=lambda out: int(out["shape"][-1]))
        self._leaving, self._seen = outputs[0], outputs[-1]
        self._batch = self.takes[0]

    @property
    def takes(self) -> tuple[int, ...]:
        """Shape of the input as released: 1, height, width, channels."""
        return tuple(int(n) for n in self._entry["shape"])

    @property
    def outputs(self) -> int:
        return int(self._leaving["shape"][-1])

    @property
    def features(self) -> int:
        """How many features it tells; 0 without such an output."""
        return 0 if self._seen is self._leaving else int(self._seen["shape"][-1])

    def seen(self) -> npt.NDArray[np.float64]:
        """The features of the pictures of the last `logits`, row by row."""
        return _real(self._runtime.get_tensor(self._seen["index"]), self._seen)

    def logits(self, ready: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """One row of outputs for each of these normalised pictures."""
        if len(ready) != self._batch:
            self._runtime.resize_tensor_input(self._entry["index"], ready.shape)
            self._runtime.allocate_tensors()
            self._batch = len(ready)
        self._runtime.set_tensor(self._entry["index"], _quantised(ready, self._entry))
        self._runtime.invoke()
        return _real(self._runtime.get_tensor(self._leaving["index"]), self._leaving)


def opened(name: str, content: bytes) -> Network:
    """The network in `content`.  Raises ModelMissing (no run-time) or ModelCorrupt."""
    try:
        return Network(interpreter(content))
    except ImportError as error:
        raise ModelMissing(f"no TFLite run-time: {error.name}") from None
    except (ValueError, RuntimeError) as error:
        raise ModelCorrupt(f"{name}: {error}") from None


def description(path: Path, kind: type[T]) -> T:
    """What stands beside a model, as `kind`.  Raises ModelMissing or ModelCorrupt."""
    try:
        described = msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError:
        raise ModelMissing(path.name) from None
    except msgspec.MsgspecError as error:
        raise ModelCorrupt(f"{path.name}: {error}") from None
    if Path(described.model).name != described.model:
        raise ModelCorrupt(f"{path.name}: a plain file name is needed")
    return described


def released(path: Path, sha256: str) -> bytes:
    """The file, if it is the one that was released.  Raises ModelMissing or ModelCorrupt.

    A model is a program: no byte of it is interpreted before its digest is known to be right.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ModelCorrupt(f"{path.name}: more than {LARGEST} bytes")
        content = path.read_bytes()
    except OSError:
        raise ModelMissing(path.name) from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != sha256:
        raise ModelCorrupt(f"{path.name}: sha256 {digest}, released was {sha256}")
    return content


def _quantised(ready: npt.NDArray[np.float32], tensor: dict[str, Any]) -> npt.NDArray[Any]:
    kind = np.dtype(tensor["dtype"])
    if kind.kind == "f":
        return ready
    scale, zero = tensor["quantization"]
    limits = np.iinfo(kind)
    return np.asarray(np.clip(np.round(ready / scale + zero), limits.min, limits.max), kind)


def _real(values: npt.NDArray[Any], tensor: dict[str, Any]) -> npt.NDArray[np.float64]:
    if values.dtype.kind == "f":
        return values.astype(np.float64)
    scale, zero = tensor["quantization"]
    return np.asarray((values.astype(np.float64) - zero) * scale)
