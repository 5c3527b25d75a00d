"""What the model sees in its own kinds: a kind that is taught later is told apart from these."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from daemon.documents.taught import UNIT
from models.training import export, features
from models.training.samples import Sample

NAME = "reference.npz"

_EACH, _UNKNOWN = 14, 120


def choose(samples: Sequence[Sample], labels: Sequence[str]) -> list[Sample]:
    """Some samples of each kind and some of unknown papers, spread over the forms."""
    out: list[Sample] = []
    for label in labels:
        own = [sample for sample in samples if sample.kind == label]
        out += own[:: max(1, len(own) // _EACH)][:_EACH]
    strangers = [sample for sample in samples if sample.kind not in labels]
    return out + strangers[:: max(1, len(strangers) // _UNKNOWN)][:_UNKNOWN]


def write(folder: Path, content: bytes, chosen: Sequence[Sample]) -> dict[str, str]:
    """Writes NAME (`rows` of uint8 × `unit`); returns its name and digest for `kinds.json`."""
    seen = export.look(content, [features.upright(sample) for sample in chosen])[1]
    rows = np.clip(np.round(seen / UNIT), 0, 255).astype(np.uint8)
    held = io.BytesIO()
    np.savez_compressed(held, rows=rows, unit=np.float64(UNIT))
    export.write(folder / NAME, held.getvalue())
    return {"file": NAME, "sha256": hashlib.sha256(held.getvalue()).hexdigest()}
