"""`python -m models.fewshot --json`: how well a further kind is taught from a few photographs.

The kinds taught are those unknown papers that only the evaluation draws: no training has seen them.
Each is taught by itself from `--photographs` pictures and asked about with `--questions` others;
the model's own kinds are asked about before and after, with and without the taught kind.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from daemon.documents import teaching
from daemon.documents.classify import MODELS, Classifier
from daemon.documents.decode import Pixels
from daemon.documents.errors import ModelError
from models.specimens import OTHER, form_names
from models.training import samples
from models.training.samples import Job, Sample


class Taught(msgspec.Struct, frozen=True):
    """What one kind came to."""

    kind: str
    right: float
    """Share of its pictures that are called by its name."""
    left_out: float
    """Share of the taught photographs that a head taught without them knows."""
    old_before: float
    """Share of the model's own kinds that is right without the taught kind."""
    old_after: float
    seconds: float
    """Of the teaching alone."""


def pages(made: Sequence[Sample]) -> list[Pixels]:
    """Cut-outs, upright."""
    out = []
    for sample in made:
        pixels = np.asarray(Image.open(io.BytesIO(sample.jpeg)).convert("RGB"))
        out.append(np.ascontiguousarray(np.rot90(pixels, sample.turn)))
    return out


def old_pages(labels: Sequence[str], each: int) -> list[tuple[str, Pixels]]:
    """Pages of the model's own kinds, of the evaluation."""
    out: list[tuple[str, Pixels]] = []
    for label in labels:
        forms = form_names(label, "eval")
        jobs = [Job(label, forms[i % len(forms)], 700 + i, 1, "eval") for i in range(each)]
        out += [(label, page) for job in jobs for page in pages(list(samples.make(job)))]
    return out


def measure(
    folder: Path, kind: str, photographs: int, questions: int, old: Sequence[tuple[str, Pixels]]
) -> Taught:
    """Teaches one kind in memory and asks."""
    made = [
        sample
        for seed in range(photographs + questions)
        for sample in samples.make(Job(OTHER, kind, 300 + seed, 1, "eval"))
    ]
    shown, asked = pages(made[:photographs]), pages(made[photographs:])
    classifier = Classifier.open(folder)
    before = _share([classifier.classify(page).guess == label for label, page in old])
    known = teaching.reference(folder, classifier)
    start = time.perf_counter()
    lesson = teaching.teach(kind, shown, classifier, known)
    seconds = time.perf_counter() - start
    classifier.learn(teaching.added(None, lesson.head, classifier))
    return Taught(
        kind=kind,
        right=_share([classifier.classify(page).guess == kind for page in asked]),
        left_out=round(lesson.recognised / lesson.photographs, 4),
        old_before=before,
        old_after=_share([classifier.classify(page).guess == label for label, page in old]),
        seconds=round(seconds, 1),
    )


def _share(right: Sequence[bool]) -> float:
    return round(sum(right) / max(1, len(right)), 4)


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 no usable model, 2 wrong arguments."""
    parser = argparse.ArgumentParser(prog="python -m models.fewshot", description=__doc__)
    parser.add_argument("--photographs", type=int, default=20, help="to teach from (default 20)")
    parser.add_argument("--questions", type=int, default=40, help="to ask about (default 40)")
    parser.add_argument("--each", type=int, default=6, help="pages of each old kind (default 6)")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    args = parser.parse_args(argv)
    if args.photographs < teaching.FEWEST:
        parser.error(f"--photographs {args.photographs}: at least {teaching.FEWEST}")
    try:
        old = old_pages(Classifier.open(args.models).described.labels, args.each)
        found = [
            measure(args.models, kind, args.photographs, args.questions, old)
            for kind in form_names(OTHER, "eval")
        ]
    except ModelError as error:
        sys.stderr.write(f"no usable model in {args.models}: {error}\n")
        return 1
    sys.stdout.write(_told(found, as_json=args.json) + "\n")
    return 0


def _told(found: Sequence[Taught], *, as_json: bool) -> str:
    told: dict[str, Any] = {
        "kinds": found,
        "right": round(sum(one.right for one in found) / len(found), 4),
        "lost": round(max(one.old_before - one.old_after for one in found), 4),
    }
    if as_json:
        return msgspec.json.encode(told).decode()
    lines = [
        f"{one.kind}: {one.right:.1%} right ({one.left_out:.1%} left out), "
        f"old kinds {one.old_before:.1%} before, {one.old_after:.1%} after, {one.seconds} s"
        for one in found
    ]
    return "\n".join([*lines, f"mean {told['right']:.1%}, old kinds lose {told['lost']:.2%}"])


if __name__ == "__main__":
    sys.exit(main())
