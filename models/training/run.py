"""The whole training, in order."""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np

from models.metrics import UNKNOWN
from models.training import (
    backbone,
    card,
    export,
    features,
    head,
    place,
    pool,
    reference,
    samples,
    selftest,
)
from models.training import tune as tuning
from models.training.head import Ints
from models.training.labels import ALIKE, LABELS
from models.training.samples import Sample

Tell = Callable[[str], None]

CACHE = place.ROOT / "build" / "training"
_EVAL_PAGES, _EVAL_SHOTS, _EVAL_OTHERS = 24, 1, 80
_EXAMPLES = 400
"""Training pictures by which the ranges of the activations are measured."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much to train."""

    pages: int
    others: int
    shots: int
    turns: int
    epochs: int
    seed: int
    workers: int
    out: str

    @classmethod
    def of(cls, args: argparse.Namespace) -> Self:
        home = CACHE / "out" if args.dry else place.ROOT / "models"
        named = {key: getattr(args, key) for key in cls.__struct_fields__ if key != "out"}
        return cls(**named, out=str(home))


def everything(plan: Plan, tell: Tell) -> None:
    """Draws, trains, quantises, calibrates, measures, writes."""
    labels = LABELS
    learn = pool.gather(
        samples.jobs("train", plan.pages, plan.shots, plan.others), CACHE, plan.workers, tell
    )
    lower, upper = backbone.halves()
    halfway, owners = features.compute(lower, learn, plan.turns, CACHE, tell)
    truth = _labels(learn, labels)[owners]
    model = tuning.build(upper, len(labels))
    tuning.probe(model, halfway, truth, plan.seed)
    tuning.train(model, halfway, truth, plan.epochs, plan.seed, tell)
    rng = np.random.default_rng(plan.seed)
    chosen = rng.choice(len(learn), min(_EXAMPLES, len(learn)), replace=False)
    content = export.quantise(
        export.assemble(lower, model), [features.upright(learn[i]) for i in chosen]
    )
    tell(f"model of {len(content)} bytes")
    _finish(plan, content, reference.choose(learn, labels), lower, model, tell)


def _finish(
    plan: Plan, content: bytes, shown: Sequence[Sample], lower: Any, model: Any, tell: Tell
) -> None:
    """Calibrates on every other page of the evaluation split, measures on the rest, writes."""
    labels, home = LABELS, Path(plan.out)
    home.mkdir(parents=True, exist_ok=True)
    unseen = pool.gather(
        samples.jobs("eval", _EVAL_PAGES, _EVAL_SHOTS, _EVAL_OTHERS), CACHE, plan.workers, tell
    )
    said = export.run(content, [features.upright(s) for s in unseen])
    exact = tuning.logits(model, features.compute(lower, unseen, 1, CACHE, tell)[0])
    truth = _labels(unseen, labels)
    tuned_on = np.array([sample.seed % 2 == 1 for sample in unseen])
    found = head.calibrate(said[tuned_on], truth[tuned_on], np.isin(labels, ALIKE))
    tell(f"calibrated: {found}")
    rest = ~tuned_on
    measured = [sample for sample in unseen if sample.seed % 2 == 0]
    figures = card.figures(measured, said[rest], exact[rest], truth[rest], labels, found)
    tell(msgspec.json.format(msgspec.json.encode(figures), indent=2).decode())
    told = selftest.write(
        home / "selftest",
        selftest.choose(unseen, head.softmax(said, found.temperature), labels),
    )
    version = "1." + hashlib.sha256(content).hexdigest()[:8]
    export.write(home / "kinds.tflite", content)
    export.write(
        home / "kinds.json",
        export.describe(
            content,
            labels,
            found.temperature,
            found.threshold,
            version,
            told,
            reference.write(home, content, shown),
        ),
    )
    if plan.out == str(CACHE / "out"):
        shutil.copy(place.ROOT / "models" / "CARD.md", home / "CARD.md")
    card.write(home / "CARD.md", figures, version, plan)


def _labels(which: Sequence[Sample], labels: Sequence[str]) -> Ints:
    index = {label: i for i, label in enumerate(labels)}
    return np.array([index.get(sample.kind, UNKNOWN) for sample in which])
