"""What kind of paper is it?  An int8 TFLite model, checked before it is trusted.

`kinds.json` beside the model says how to use it: `input` [height, width], `mean` and `scale`
((byte - mean) × scale is what the network was trained with), `labels`, `temperature`, `threshold`,
`sha256` of the model and `selftest` (file in `selftest/` → label).  The model is a program: it is
loaded only if its digest is the released one, and used only if it knows the stored pictures.

A model with a second, longer output tells what it saw (features).  On these a kiosk may have been
taught further kinds (`taught.py`); they follow the model's own in `described.labels`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ModelCorrupt, ModelMissing, SelfTestFailed, Undecodable
from daemon.documents.taught import Taught, load

MODELS = Path(__file__).resolve().parents[2] / "models"
"""Where the installed models are."""

LARGEST = 64 * 1024 * 1024

_DOUBTFUL, _PLAIN = 0.8, 0.9
"""Below the one a page is looked at upside down, and believed to lie so from the other on."""


class Reference(msgspec.Struct, frozen=True):
    """The file of features that a further kind is told apart from when one is taught."""

    file: str
    sha256: str


class Description(msgspec.Struct, frozen=True):
    """`kinds.json`; further keys are for people."""

    sha256: str
    labels: tuple[str, ...]
    input: tuple[int, int]
    mean: float
    scale: float
    temperature: float
    threshold: float
    alike: tuple[str, ...] = ()
    """Kinds that only their titles tell apart: the picture is never certain of one of them."""
    shared: float = 0.0
    """What each of them gives of its probability to all of them evenly."""
    version: str = ""
    model: str = "kinds.tflite"
    selftest: dict[str, str] = {}
    reference: Reference | None = None


class Answer(msgspec.Struct, frozen=True):
    """`kind` is empty where the model is not sure; `guess` is its first choice in any case.

    A taught kind that the catalogue has no file of is a guess only: the kiosk has no name for it.
    """

    kind: str
    probability: float
    guess: str


def interpreter(content: bytes) -> Any:
    """The one door to the TFLite run-time: LiteRT, or tflite-runtime where the machine has that."""
    try:
        from ai_edge_litert.interpreter import Interpreter  # type: ignore[import-untyped]
    except ImportError:
        from tflite_runtime.interpreter import Interpreter  # type: ignore[import-not-found,no-redef,unused-ignore]
    # Two threads are never faster for a picture of this size (docs/documents.md).
    return Interpreter(model_content=content, num_threads=1)


class Classifier:
    """A loaded model.  `open` raises ModelMissing, ModelCorrupt or SelfTestFailed."""

    def __init__(self, described: Description, network: Any) -> None:
        self.described = described
        self._network = network
        self._entry = network.get_input_details()[0]
        outputs = sorted(network.get_output_details(), key=lambda out: int(out["shape"][-1]))
        self._leaving, self._seen = outputs[0], outputs[-1]
        self._taught: Taught | None = None
        self._named: frozenset[str] | None = None
        alike = [n for n, label in enumerate(described.labels) if label in described.alike]
        self._alike = np.array(alike, np.intp)

    @classmethod
    def open(
        cls, folder: Path = MODELS, known: frozenset[str] | None = None, taught: Path | None = None
    ) -> Classifier:
        """Loads, checks and tests the model of a folder.

        `known` are the kinds that its labels may name; `taught` a file of further kinds, which may
        not exist yet.
        """
        described = _description(folder / "kinds.json")
        path = folder / described.model
        content = _content(path)
        digest = hashlib.sha256(content).hexdigest()
        if digest != described.sha256:
            raise ModelCorrupt(f"{path.name}: sha256 {digest}, released was {described.sha256}")
        strange = set(described.labels) - known if known is not None else set()
        if strange:
            raise ModelCorrupt(f"{path.name}: labels without a kind: {', '.join(sorted(strange))}")
        try:
            network = interpreter(content)
            network.allocate_tensors()
            made = cls(described, network)
            made._fits()
        except ImportError as error:
            raise ModelMissing(f"no TFLite run-time: {error.name}") from None
        except (ValueError, RuntimeError) as error:
            raise ModelCorrupt(f"{path.name}: {error}") from None
        made._test(folder / "selftest")
        if taught is not None and taught.is_file():
            made.learn(load(taught))
            made._named = known
        return made

    def learn(self, taught: Taught) -> None:
        """Adds kinds that were taught here; raises ModelCorrupt if they do not fit this model."""
        if taught.model != self.described.sha256:
            raise ModelCorrupt("the taught kinds belong to another model: teach them again")
        if taught.width != self.width:
            raise ModelCorrupt(f"taught on {taught.width} features, the model has {self.width}")
        own = self.described.labels
        if double := set(own) & set(taught.names):
            raise ModelCorrupt(f"taught kinds that the model knows: {', '.join(sorted(double))}")
        self._taught = taught
        self.described = msgspec.structs.replace(self.described, labels=(*own, *taught.names))

    @property
    def width(self) -> int:
        """How many features the model tells; 0 if it has no such output."""
        return 0 if self._seen is self._leaving else int(self._seen["shape"][-1])

    def classify(self, page: Pixels) -> Answer:
        """The kind of a rectified page."""
        chances = self.chances(page)
        first = int(chances.argmax())
        probability = float(chances[first])
        guess = self.described.labels[first]
        sure = probability >= self.described.threshold
        sure = sure and (self._named is None or guess in self._named)
        return Answer(guess if sure else "", round(probability, 4), guess)

    def chances(self, page: Pixels) -> npt.NDArray[np.float64]:
        """A probability for each label (`described.labels`, the taught kinds last).

        A page that the model is not sure of is also looked at upside down: backs of cards have few
        lines that tell which way is up.
        """
        found = self._once(page)
        if found.max() < _DOUBTFUL:
            turned = self._once(np.ascontiguousarray(page[::-1, ::-1]))
            if turned.max() >= _PLAIN:
                return turned
        return found

    def _once(self, page: Pixels) -> npt.NDArray[np.float64]:
        self._look(page)
        logits = _real(self._network.get_tensor(self._leaving["index"])[0], self._leaving)
        logits = logits / self.described.temperature
        powers = np.exp(logits - logits.max())
        chances = np.asarray(powers / powers.sum(), np.float64)
        if self._alike.size:
            together = chances[self._alike].sum() / self._alike.size
            chances[self._alike] *= 1 - self.described.shared
            chances[self._alike] += self.described.shared * together
        return chances if self._taught is None else self._taught.joined(chances, self._features())

    def features(self, page: Pixels) -> npt.NDArray[np.float32]:
        """What the model sees in a page: `width` numbers; raises ModelCorrupt if it tells none."""
        if not self.width:
            raise ModelCorrupt(f"{self.described.model}: has no output of features")
        self._look(page)
        return self._features()

    def _features(self) -> npt.NDArray[np.float32]:
        seen = _real(self._network.get_tensor(self._seen["index"])[0], self._seen)
        return seen.astype(np.float32)

    def _look(self, page: Pixels) -> None:
        height, width = self.described.input
        # In two steps: exact averages over a big page cost more than the network itself.
        step = max(1, min(page.shape[0] // (4 * height), page.shape[1] // (4 * width)))
        small = cv2.resize(page[::step, ::step], (width, height), interpolation=cv2.INTER_AREA)
        ready = (small[None].astype(np.float32) - self.described.mean) * self.described.scale
        self._network.set_tensor(self._entry["index"], _quantised(ready, self._entry))
        self._network.invoke()

    def _fits(self) -> None:
        height, width = self.described.input
        shape = [int(n) for n in self._entry["shape"]]
        if shape != [1, height, width, 3]:
            raise ValueError(f"takes {shape}, described as {[1, height, width, 3]}")
        outputs = int(self._leaving["shape"][-1])
        if outputs != len(self.described.labels):
            raise ValueError(f"{outputs} outputs, {len(self.described.labels)} labels")

    def _test(self, folder: Path) -> None:
        for name, label in self.described.selftest.items():
            try:
                page = decode((folder / name).read_bytes())
            except (OSError, Undecodable):
                raise SelfTestFailed(f"{name} cannot be read") from None
            answer = self.classify(page)
            if answer.guess != label:
                raise SelfTestFailed(f"{name}: {answer.guess}, right is {label}")


def _description(path: Path) -> Description:
    try:
        described = msgspec.json.decode(path.read_bytes(), type=Description)
    except OSError:
        raise ModelMissing(path.name) from None
    except msgspec.MsgspecError as error:
        raise ModelCorrupt(f"{path.name}: {error}") from None
    if Path(described.model).name != described.model or described.temperature <= 0:
        raise ModelCorrupt(f"{path.name}: a plain file name and a temperature above 0 are needed")
    return described


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise ModelCorrupt(f"{path.name}: more than {LARGEST} bytes")
        return path.read_bytes()
    except OSError:
        raise ModelMissing(path.name) from None


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
