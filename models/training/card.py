"""The figures of the model card, measured by the training run and put between two marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models import metrics
from models.metrics import UNKNOWN
from models.training import head
from models.training.export import write as replace
from models.training.head import Calibration, Floats, Ints
from models.training.labels import ALIKE, NOTHING
from models.training.samples import Sample

_START, _END = "<!-- figures: written by models.train -->", "<!-- end of figures -->"


class CardError(Exception):
    """CARD.md lacks the marks between which the figures go."""


def figures(
    samples: Sequence[Sample], said: Floats, exact: Floats, truth: Ints, labels: Sequence[str],
    found: Calibration,
) -> dict[str, Any]:  # fmt: skip
    """All that is measured on the evaluation set; `said` is the int8 model, `exact` float32."""
    known = truth != UNKNOWN
    first = np.array([s.page == 1 for s in samples])
    level = np.array([s.level for s in samples])
    alike = np.isin(labels, ALIKE)
    chance = head.chances(said, found.temperature, alike)
    guess, sure = chance.argmax(1), chance.max(1)
    nothing = labels.index(NOTHING)
    stopped = (sure < found.threshold) | (guess == nothing)
    refused = {
        form: round(float(stopped[rows].mean()), 3)
        for form in sorted({s.form for s in samples if s.kind not in labels})
        if (rows := np.array([s.form == form and s.kind not in labels for s in samples])).any()
    }
    return {
        "labels": list(labels),
        "int8": head.report(said, truth, found, nothing, alike),
        "float32": head.report(exact, truth, found, nothing, alike),
        "first_pages": _right(guess, truth, known & first),
        "later_pages": _right(guess, truth, known & ~first),
        "levels": {str(n): _right(guess, truth, known & (level == n)) for n in range(4)},
        "confusion": metrics.confusion(truth, guess, len(labels)),
        "unknown_refused_by_form": refused,
        "held_out_forms": found.accuracy,
        "temperature": found.temperature,
        "threshold": found.threshold,
    }


def _right(guess: Ints, truth: Ints, rows: Any) -> float:
    return round(float((guess[rows] == truth[rows]).mean()), 4) if rows.any() else float("nan")


def write(path: Path, found: dict[str, Any], version: str, plan: Any) -> None:
    """Puts the figures into the card; raises CardError where it has no place for them."""
    text = path.read_text(encoding="utf-8")
    start, end = text.find(_START), text.find(_END)
    if start < 0 or end < start:
        raise CardError(f"{path.name}: expected the lines {_START!r} and {_END!r}")
    body = "\n".join(_lines(found, version, plan))
    told = f"{text[:start]}{_START}\n{body}\n{text[end:]}"
    replace(path, told.encode())


def _lines(found: dict[str, Any], version: str, plan: Any) -> list[str]:
    int8, exact = found["int8"], found["float32"]
    labels = found["labels"]
    out = [
        f"Version {version}. Trained on {plan.pages} pages of each kind and {plan.others} unknown "
        f"papers, each photographed {plan.shots} times, {plan.turns} turn(s) of each; "
        f"{plan.epochs} epochs.",
        "",
        "| measured on the evaluation set | int8 | float32 |",
        "|---|---|---|",
    ]
    names = {
        "pictures": "pictures of known kinds",
        "accuracy": "right",
        "ece": "expected calibration error (10 bins)",
        "accepted": "reach the threshold",
        "wrong_and_accepted": "wrong and yet accepted",
        "wrong_and_certain": "wrong with a probability of 0.9 or more",
        "nothing_refused": "no paper, and said to be none",
        "papers_refused": "papers said to be none",
        "unknown_pictures": "pictures of unknown papers",
        "unknown_refused": "of these refused, or said to be no paper",
    }
    out += [f"| {name} | {int8[key]} | {exact[key]} |" for key, name in names.items()]
    out += [
        "",
        f"First pages {found['first_pages']}, later pages {found['later_pages']}. By level ",
    ]
    out[-1] += ", ".join(f"{k}: {v}" for k, v in found["levels"].items()) + "."
    out += [
        f"Temperature {found['temperature']}, threshold {found['threshold']}; both from "
        f"other pages of the evaluation forms ({found['held_out_forms']:.4f} of them right).",
        "",
        "| kind | pictures | right | taken for |",
        "|---|---|---|---|",
    ]
    for n, (label, row) in enumerate(zip(labels, found["confusion"], strict=True)):
        others = sorted(((count, k) for k, count in enumerate(row) if count and k != n))
        taken = ", ".join(f"{labels[k]} {count}" for count, k in reversed(others))
        out.append(f"| {label} | {sum(row)} | {row[n] / max(1, sum(row)):.2f} | {taken} |")
    out += ["", "| unknown paper | refused, or said to be no paper |", "|---|---|"]
    out += [f"| {k} | {v} |" for k, v in found["unknown_refused_by_form"].items()]
    return out
