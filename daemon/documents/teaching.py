"""Teaches a further kind from some twenty photographs: a linear head on features that stay.

Weighted least squares with an L2 prior, in numpy: some hundred rows of about a thousand numbers
take a fraction of a second.  What it is told apart from are features of the model's own kinds
(`reference.npz`, made by the training) and of the kinds taught before.  The bias is then lowered
until nearly nothing of these reaches a tenth of certainty: a kiosk must not forget.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents.classify import Classifier
from daemon.documents.decode import Pixels
from daemon.documents.errors import ModelCorrupt, ModelMissing
from daemon.documents.shrink import shrunk
from daemon.documents.taught import UNIT, Floats, Head, Taught

FEWEST = 8
"""Photographs below which nothing is taught; twenty are what the figures are measured with."""

VIEWS = 10
"""Slightly different views that each photograph is turned into."""

_PRIOR, _STEEP = 0.1, 5.0
"""Strength of the prior; score of a page that is just as it should be."""
_SPILL, _QUIET = 0.001, -2.5
"""This share of the old papers may score above `_QUIET` (a probability of 0.08)."""
_KEPT_ROWS = 60
_SIDE = 640
"""Pixels of a view's long side: twice what the model sees."""


class Lesson(msgspec.Struct, frozen=True):
    """What came of teaching a kind."""

    head: Head
    recognised: int
    """Photographs that a head taught without them recognises (five rounds)."""
    photographs: int


def reference(folder: Path, classifier: Classifier) -> Floats:
    """Features of the model's own kinds, row by row; raises ModelMissing or ModelCorrupt."""
    told = classifier.described.reference
    path = folder / (told.file if told else "reference.npz")
    try:
        data = path.read_bytes()
    except OSError:
        raise ModelMissing(f"{path.name}: kinds cannot be taught without it") from None
    if told is None or hashlib.sha256(data).hexdigest() != told.sha256:
        raise ModelCorrupt(f"{path.name}: not the one that was released with the model")
    with np.load(path) as held:
        rows = np.asarray(held["rows"], np.float32) * np.float32(held["unit"])
    if rows.ndim != 2 or rows.shape[1] != classifier.width:
        raise ModelCorrupt(f"{path.name}: rows of {rows.shape[1:]}, the model has features "
                           f"of {classifier.width}")  # fmt: skip
    return rows


def views(page: Pixels, seed: int) -> Iterator[Pixels]:
    """The page, made small, and as other corners, lamps and lenses would show it."""
    page = shrunk(page, _SIDE)
    yield page
    rng = np.random.default_rng(seed)
    height, width = page.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    for _ in range(VIEWS - 1):
        shift = (rng.normal(0, 0.012, (4, 2)) * [width, height]).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(corners + shift, corners)
        moved = cv2.warpPerspective(page, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
        gain, bend = rng.uniform(0.8, 1.12), rng.uniform(0.8, 1.25)
        tint = rng.uniform(0.96, 1.04, 3)
        lit = (moved.astype(np.float32) / 255) ** bend * (gain * tint * 255)
        out = np.clip(lit, 0, 255).astype(np.uint8)
        if rng.random() < 0.4:
            out = np.asarray(cv2.GaussianBlur(out, (0, 0), width / 500), np.uint8)
        yield out


def teach(name: str, pages: Sequence[Pixels], classifier: Classifier, known: Floats) -> Lesson:
    """Teaches a kind from straightened, upright pages; `known` are features of everything else.

    Raises ValueError with fewer than FEWEST pages.
    """
    if len(pages) < FEWEST:
        raise ValueError(f"{len(pages)} usable photographs, at least {FEWEST} are needed")
    rows = [
        np.stack([classifier.features(view) for view in views(page, n)])
        for n, page in enumerate(pages)
    ]
    kernel, bias = fit(np.concatenate(rows), known)
    right = 0
    for fold in range(5):
        away = [n for n in range(len(rows)) if n % 5 == fold]
        rest = np.concatenate([r for n, r in enumerate(rows) if n not in away])
        part, part_bias = fit(rest, known)
        right += sum(float(rows[n][0] @ part + part_bias) > 0 for n in away)
    everything = np.concatenate(rows)
    step = max(1, len(everything) // _KEPT_ROWS)
    return Lesson(
        Head(
            name=name, photographs=len(pages), kernel=kernel.astype("<f4").tobytes(),
            bias=float(bias), samples=_packed(everything[::step]),
        ),
        right,
        len(rows),
    )  # fmt: skip


def fit(own: Floats, others: Floats) -> tuple[Floats, float]:
    """Kernel and bias that part the rows of a kind from all others.

    Both sides weigh the same; solved as a linear system with one unknown a row (the dual).
    """
    rows = np.concatenate([own, others])
    wanted = np.concatenate([np.ones(len(own)), -np.ones(len(others))])
    share = np.concatenate(
        [np.full(len(own), 0.5 / len(own)), np.full(len(others), 0.5 / len(others))]
    )
    mean, spread = others.mean(0), others.std(0) + 0.1
    ready = ((rows - mean) / spread).astype(np.float64)
    likeness = ready @ ready.T / ready.shape[1] + 1
    likeness[np.diag_indices(len(rows))] += _PRIOR / (share * len(rows))
    found = np.linalg.solve(likeness, wanted)
    kernel = (ready.T @ found / ready.shape[1] / spread * _STEEP).astype(np.float32)
    bias = float(found.sum() * _STEEP - mean @ kernel)
    loud = float(np.quantile(others @ kernel + bias, 1 - _SPILL))
    return kernel, bias - max(0.0, loud - _QUIET)


def _packed(rows: Floats) -> bytes:
    return np.clip(np.round(rows / UNIT), 0, 255).astype(np.uint8).tobytes()


def added(taught: Taught | None, head: Head, classifier: Classifier) -> Taught:
    """The taught kinds with one more, or with one taught anew."""
    before = tuple(h for h in (taught.heads if taught else ()) if h.name != head.name)
    return Taught(
        classifier.described.sha256, classifier.width, UNIT,
        tuple(sorted((*before, head), key=lambda h: h.name)),
    )  # fmt: skip


def background(known: Floats, taught: Taught | None, but: str) -> Floats:
    """What a kind is told apart from: the model's own kinds and those taught before."""
    rows: list[npt.NDArray[np.float32]] = [known]
    if taught is not None:
        rows += [taught.samples(name) for name in taught.names if name != but]
    return np.concatenate(rows)
