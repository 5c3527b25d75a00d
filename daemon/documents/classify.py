"""What kind of paper is it?  An int8 TFLite model, checked before it is trusted.

`kinds.json` beside the model says how to use it: `input` [height, width], `mean` and `scale`
((byte - mean) × scale is what the network was trained with), `labels`, `temperature`, `threshold`,
`sha256` of the model and `selftest` (file in `selftest/` → label).  The model is a program: it is
loaded only if its digest is the released one, and used only if it knows the stored pictures.

A model with a second, longer output tells what it saw (features).  On these a kiosk may have been
taught further kinds (`taught.py`); they follow the model's own in `described.labels`.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.catalogue import signed
from daemon.documents import tflite
from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ModelCorrupt, SelfTestFailed, Undecodable
from daemon.documents.taught import Taught, load

MODELS = signed.folder("models", Path(__file__).resolve().parents[2] / "models")
"""Where the installed models are."""

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


class Classifier:
    """A loaded model.  `open` raises ModelMissing, ModelCorrupt or SelfTestFailed."""

    def __init__(self, described: Description, network: tflite.Network) -> None:
        self.described = described
        self._network = network
        self._logits = np.zeros(0)
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
        return self._network.features

    def classify(self, page: Pixels) -> Answer:
        """The kind of a rectified page."""
        chances = self.chances(page)
        first = int(chances.argmax())
        probability = float(chances[first])
        guess = self.described.labels[first]
        sure = probability >= self.described.threshold
        sure = sure and (self._named is None or guess in self._named)
        return Answer(guess if sure else "", round(probability, 4), guess)

    def probabilities(self, page: Pixels) -> dict[str, float]:
        """Kind → probability."""
        chances = self.chances(page)
        return {k: float(p) for k, p in zip(self.described.labels, chances, strict=True)}

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
        logits = self._logits / self.described.temperature
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
        return np.asarray(self._network.seen()[0], np.float32)

    def _look(self, page: Pixels) -> None:
        height, width = self.described.input
        # In two steps: exact averages over a big page cost more than the network itself.
        step = max(1, min(page.shape[0] // (4 * height), page.shape[1] // (4 * width)))
        small = cv2.resize(page[::step, ::step], (width, height), interpolation=cv2.INTER_AREA)
        ready = (small[None].astype(np.float32) - self.described.mean) * self.described.scale
        self._logits = self._network.logits(ready)[0]

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
    described = tflite.description(path, Description)
    if described.temperature <= 0:
        raise ModelCorrupt(f"{path.name}: a temperature above 0 is needed")
    return described
