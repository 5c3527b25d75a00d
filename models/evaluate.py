"""`python -m models.evaluate FOLDER --json`: how good the classifier is on pictures of known kind.

FOLDER holds a folder for each kind, named by its id, with JPEG or PNG pictures; a folder of any
other name holds papers that are none of the model's kinds and ought to be refused.  Pictures are
photographs and go through the product's whole pipeline (page, quality, turning, kind); with
`--pages` they are pages already cut out, as scanners give them.

Words are read where the picture is not sure, as the kiosk does; `--no-text` leaves that out.

Where no paper is found, the answer counts as "not a paper": that is what the kiosk tells.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from daemon.catalogue import kinds
from daemon.documents import fuse, pipeline, text_engine
from daemon.documents.classify import MODELS, Answer, Classifier
from daemon.documents.decode import decode
from daemon.documents.errors import DocumentsError, Undecodable
from daemon.documents.headline import Judge
from models import metrics

NOTHING = "khong_phai_giay_to"
_EXPECTED = "expected a folder that holds a folder of .jpg or .png pictures for each kind"
_SUFFIXES = {".jpg", ".jpeg", ".png"}

_LISTS = ("labels", "confusion", "wrong", "recall")

Ask = Callable[[bytes], Answer]


class Shown(msgspec.Struct, frozen=True):
    """One picture and what was said about it."""

    file: str
    truth: str
    said: str
    probability: float
    accepted: bool
    seconds: float


def pictures(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name of the kind's folder and file, sorted."""
    for home in sorted(p for p in folder.iterdir() if p.is_dir()):
        for path in sorted(home.iterdir()):
            if path.suffix.lower() in _SUFFIXES:
                yield home.name, path


def of_photographs(classifier: Classifier, judge: Judge | None = None) -> Ask:
    """Asks the whole pipeline, with the words of the page where there is a judge."""

    def ask(data: bytes) -> Answer:
        seen = pipeline.examine(data, classifier, judge=judge)
        if seen.quality == "unreadable":
            return Answer("", 0.0, "")
        if not seen.corners:
            return Answer(NOTHING, fuse.NO_PAPER.probability, NOTHING)
        return Answer(seen.kind, seen.probability, seen.guess)

    return ask


def of_pages(classifier: Classifier) -> Ask:
    """Asks the classifier alone."""
    return lambda data: classifier.classify(decode(data))


def evaluate(folder: Path, ask: Ask) -> list[Shown]:
    """Asks about every picture; one that cannot be decoded counts as wrong and refused."""
    out: list[Shown] = []
    for truth, path in pictures(folder):
        start = time.perf_counter()
        try:
            answer = ask(path.read_bytes())
        except Undecodable:
            answer = Answer("", 0.0, "")
        out.append(
            Shown(
                f"{truth}/{path.name}", truth, answer.guess, answer.probability,
                bool(answer.kind), round(time.perf_counter() - start, 3),
            )
        )  # fmt: skip
    return out


def summary(
    shown: list[Shown], classifier: Classifier, known: Sequence[str] = ()
) -> dict[str, Any]:
    """The figures: accuracy, ECE, rejection, confusion (rows: truth, columns: said).

    `known`: the kinds that may be told; without words these are the model's labels.
    """
    labels = tuple(known) or classifier.described.labels
    threshold = fuse.SURE if known else classifier.described.threshold
    index = {label: i for i, label in enumerate(labels)}
    truth = [index.get(one.truth, metrics.UNKNOWN) for one in shown]
    said = [index.get(one.said, metrics.UNKNOWN) for one in shown]
    sure = [one.probability for one in shown]
    seconds = sorted(one.seconds for one in shown)
    lost = [one.file for one in shown if not one.said]
    kept = [i for i, one in enumerate(shown) if one.said]
    return {
        "model": classifier.described.version,
        "threshold": threshold,
        **metrics.report(truth, said, sure, threshold, index.get(NOTHING)),
        "recall": metrics.recall(truth, said, labels),
        "labels": list(labels),
        "confusion": metrics.confusion(
            [truth[i] for i in kept], [said[i] for i in kept], len(labels)
        ),
        "unreadable": lost,
        "wrong": [
            {"file": one.file, "said": one.said, "probability": one.probability}
            for one in shown
            if one.truth in index and one.said != one.truth
        ],
        "median_seconds": seconds[len(seconds) // 2],
    }


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m models.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--pages", action="store_true", help="pages already cut out")
    parser.add_argument("--no-text", action="store_true", help="by the picture alone")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model")
    parser.add_argument("--taught", type=Path, metavar="FILE", help="kinds taught to a kiosk")
    parser.add_argument("--least", type=float, default=0.0, help="exit 1 below this accuracy")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 1 below --least, no usable model or folder, 2 wrong arguments."""
    parser = _arguments()
    args = parser.parse_args(argv)
    try:
        if not any(True for _ in pictures(args.folder)):
            sys.stderr.write(f"{args.folder}: {_EXPECTED}\n")
            return 1
        classifier = Classifier.open(args.models, taught=args.taught)
        found = _measured(args, classifier)
    except DocumentsError as error:
        sys.stderr.write(f"no usable model in {args.models}: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}; {_EXPECTED}\n")
        return 1
    sys.stdout.write(_told(found, as_json=args.json) + "\n")
    right = found["accuracy"]
    return 0 if right is None or right >= args.least else 1


def _measured(args: argparse.Namespace, classifier: Classifier) -> dict[str, Any]:
    if args.pages or args.no_text:
        ask = of_pages(classifier) if args.pages else of_photographs(classifier)
        return summary(evaluate(args.folder, ask), classifier)
    known = kinds.load()
    engine = text_engine.start(text_engine.DEFAULT)
    try:
        ask = of_photographs(classifier, Judge(known, engine))
        return summary(evaluate(args.folder, ask), classifier, tuple(known))
    finally:
        engine.close()


def _told(found: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return msgspec.json.encode(found).decode()
    lines = [f"{key}: {found[key]}" for key in found if key not in _LISTS]
    width = max(len(label) for label in found["labels"])
    for label, row in zip(found["labels"], found["confusion"], strict=True):
        lines.append(f"{label:<{width}} " + " ".join(f"{n:4d}" for n in row))
    lines += [f"recall of {kind}: {share}" for kind, share in found["recall"].items()]
    lines += [f"wrong: {w['file']}: {w['said']} {w['probability']}" for w in found["wrong"]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
