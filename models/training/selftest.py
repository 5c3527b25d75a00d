"""Chooses the pictures on which the product tests the model each time it starts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from models.training.head import Floats
from models.training.samples import Sample

_SIDE = 400
_EACH = 1
_CLEAR = 0.2


def choose(
    samples: Sequence[Sample], probabilities: Floats, labels: Sequence[str]
) -> list[tuple[str, Sample]]:
    """The picture of each kind that the model tells best, of kinds that it tells clearly."""
    out: list[tuple[str, Sample]] = []
    for index, label in enumerate(labels):
        lead = probabilities[:, index] - np.delete(probabilities, index, 1).max(1)
        clear = lead >= _CLEAR
        own = [i for i, s in enumerate(samples) if s.kind == label and s.level < 3 and clear[i]]
        own.sort(key=lambda i: (-float(lead[i]), i))
        out += [(label, samples[i]) for i in own[:_EACH]]
    return out


def write(folder: Path, chosen: Sequence[tuple[str, Sample]]) -> dict[str, str]:
    """Writes them upright as `mau_<kind>_<n>.jpg`; returns file → label."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    told: dict[str, str] = {}
    for n, (label, sample) in enumerate(chosen):
        name = f"mau_{label}_{n % _EACH + 1}.jpg"
        turned = np.asarray(Image.open(io.BytesIO(sample.jpeg)).convert("RGB"))
        picture = Image.fromarray(np.rot90(turned, sample.turn))
        picture.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
        held = io.BytesIO()
        picture.save(held, "JPEG", quality=78, comment=b"specimen=true MAU")
        (folder / name).write_bytes(held.getvalue())
        told[name] = label
    return told
