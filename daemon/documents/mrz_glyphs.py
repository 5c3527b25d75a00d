"""Which letter is in a cell?  A small int8 network, checked before it is trusted.

`mrz.json` beside the model says what it is: `sha256` of the model, `labels` (the glyphs in the
order of its outputs), `input` [height, width] and `selftest` (a picture of clean cells side by
side → its rows of letters).  The rules of trust are those of `classify`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import tflite
from daemon.documents.decode import decode
from daemon.documents.errors import ModelCorrupt, SelfTestFailed, Undecodable
from daemon.documents.mrz_cells import HEIGHT, WIDTH, Cells
from daemon.documents.mrz_layout import GLYPHS

SELFTESTS = "selftest_mrz"
"""Folder of the stored pictures, beside the model."""

Chances = npt.NDArray[np.float64]
"""n × len(GLYPHS): for each cell the probability of each glyph."""


class Description(msgspec.Struct, frozen=True):
    """`mrz.json`; further keys are for people."""

    sha256: str
    labels: tuple[str, ...]
    input: tuple[int, int]
    version: str = ""
    model: str = "mrz.tflite"
    selftest: dict[str, str] = {}


class Glyphs:
    """The loaded network.  `open` raises ModelMissing, ModelCorrupt or SelfTestFailed."""

    def __init__(self, described: Description, network: tflite.Network) -> None:
        self.described = described
        self._network = network

    @classmethod
    def open(cls, folder: Path) -> Glyphs:
        """Loads, checks and tests the model of a folder."""
        described = _description(folder / "mrz.json")
        path = folder / described.model
        network = tflite.opened(path.name, tflite.released(path, described.sha256))
        if network.takes != (1, HEIGHT, WIDTH, 1) or network.outputs != len(GLYPHS):
            raise ModelCorrupt(f"{path.name}: takes {network.takes}, gives {network.outputs}")
        made = cls(described, network)
        for name, letters in described.selftest.items():
            made._test(folder / SELFTESTS / name, letters)
        return made

    def chances(self, cells: Cells) -> Chances:
        """The probabilities of cells as `mrz_cells.cut` gives them."""
        logits = self._network.logits(cells[..., None])
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)

    def _test(self, path: Path, letters: str) -> None:
        try:
            sheet = decode(path.read_bytes())[..., 0]
        except (OSError, Undecodable):
            raise SelfTestFailed(f"{path.name} cannot be read") from None
        rows, columns = letters.count("\n") + 1, letters.find("\n")
        if sheet.shape != (HEIGHT * rows, WIDTH * columns):
            raise SelfTestFailed(f"{path.name}: {sheet.shape} is not {rows} × {columns} cells")
        parted = sheet.reshape(rows, HEIGHT, columns, WIDTH).transpose(0, 2, 1, 3)
        cells = (parted.reshape(-1, HEIGHT, WIDTH) / 255).astype(np.float32)
        said = "".join(GLYPHS[n] for n in self.chances(cells).argmax(axis=1))
        if said != letters.replace("\n", ""):
            raise SelfTestFailed(f"{path.name}: {said}, right is {letters}")


def _description(path: Path) -> Description:
    described = tflite.description(path, Description)
    if described.labels != tuple(GLYPHS) or described.input != (HEIGHT, WIDTH):
        raise ModelCorrupt(f"{path.name}: other glyphs or cells than the reader's")
    return described
