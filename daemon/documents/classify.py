"""What kind of paper is it?  An int8 TFLite model, checked before it is trusted.

`kinds.json` beside the model says how to use it: `input` [height, width], `mean` and `scale`
((byte - mean) × scale is what the network was trained with), `labels`, `temperature`, `threshold`,
`sha256` of the model and `selftest` (file in `selftest/` → label).  The model is a program: it is
loaded only if its digest is the released one, and used only if it knows the stored pictures.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import tflite
from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ModelCorrupt, ModelMissing, SelfTestFailed, Undecodable

MODELS = Path(__file__).resolve().parents[2] / "models"
"""Where the installed models are."""


class Description(msgspec.Struct, frozen=True):
    """`kinds.json`; further keys are for people."""

    sha256: str
    labels: tuple[str, ...]
    input: tuple[int, int]
    mean: float
    scale: float
    temperature: float
    threshold: float
    version: str = ""
    model: str = "kinds.tflite"
    selftest: dict[str, str] = {}


class Answer(msgspec.Struct, frozen=True):
    """`kind` is empty where the model is not sure; `guess` is its first choice in any case."""

    kind: str
    probability: float
    guess: str


class Classifier:
    """A loaded model.  `open` raises ModelMissing, ModelCorrupt or SelfTestFailed."""

    def __init__(self, described: Description, network: tflite.Network) -> None:
        self.described = described
        self._network = network

    @classmethod
    def open(cls, folder: Path = MODELS, known: frozenset[str] | None = None) -> Classifier:
        """Loads, checks and tests the model of a folder.

        `known` are the kinds that its labels may name.
        """
        described = _description(folder / "kinds.json")
        path = folder / described.model
        content = tflite.released(path, described.sha256)
        strange = set(described.labels) - known if known is not None else set()
        if strange:
            raise ModelCorrupt(f"{path.name}: labels without a kind: {', '.join(sorted(strange))}")
        made = cls(described, tflite.opened(path.name, content))
        try:
            made._fits()
        except ValueError as error:
            raise ModelCorrupt(f"{path.name}: {error}") from None
        made._test(folder / "selftest")
        return made

    def classify(self, page: Pixels) -> Answer:
        """The kind of a rectified page."""
        chances = self.chances(page)
        first = int(chances.argmax())
        probability = float(chances[first])
        guess = self.described.labels[first]
        sure = probability >= self.described.threshold
        return Answer(guess if sure else "", round(probability, 4), guess)

    def probabilities(self, page: Pixels) -> dict[str, float]:
        """Kind → probability."""
        chances = self.chances(page)
        return {k: float(p) for k, p in zip(self.described.labels, chances, strict=True)}

    def chances(self, page: Pixels) -> npt.NDArray[np.float64]:
        """A probability for each label."""
        height, width = self.described.input
        # In two steps: exact averages over a big page cost more than the network itself.
        step = max(1, min(page.shape[0] // (4 * height), page.shape[1] // (4 * width)))
        small = cv2.resize(page[::step, ::step], (width, height), interpolation=cv2.INTER_AREA)
        ready = (small[None].astype(np.float32) - self.described.mean) * self.described.scale
        logits = self._network.logits(ready)[0] / self.described.temperature
        powers = np.exp(logits - logits.max())
        return np.asarray(powers / powers.sum(), np.float64)

    def _fits(self) -> None:
        height, width = self.described.input
        shape = self._network.takes
        if shape != (1, height, width, 3):
            raise ValueError(f"takes {shape}, described as {(1, height, width, 3)}")
        outputs = self._network.outputs
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
