"""Asks the product where the papers are and compares the answers with the truth."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from daemon.documents import page
from daemon.documents.decode import decode
from daemon.documents.geometry import ordered, overlap

Floats = npt.NDArray[np.float64]

RIGHT = 0.95
"""Overlap from which a paper counts as found."""

WRONG = 0.85
"""Overlap below which an accepted answer shows something that is not the paper."""


class Answer(msgspec.Struct, frozen=True):
    """What was said of one photograph."""

    case: str
    number: str
    truth: str
    said: str
    score: float
    overlaps: tuple[float, ...]
    """Of each true paper with the best answer for it."""
    first: float
    """Of the main answer with the true paper it fits best."""
    seconds: float

    @property
    def good(self) -> bool:
        """Is everything right?"""
        if self.truth in ("ok", "two"):
            return self.said == self.truth and min(self.overlaps) >= RIGHT
        if self.case == "touched":
            return self.said in ("ok", "cut") and self.overlaps[0] >= RIGHT
        return self.said == self.truth


def ask(folder: Path, names: Sequence[str]) -> list[Answer]:
    """The answers on all photographs of these cases."""
    answers = []
    for name in names:
        for path in sorted((folder / name).glob("*.jpg")):
            told = json.loads(path.with_suffix(".json").read_text())
            photo = decode(path.read_bytes())
            start = time.perf_counter()
            found = page.find(photo)
            seconds = time.perf_counter() - start
            truth = [ordered(quad) for quad in told["quads"]]
            said = [] if found.corners is None else [found.corners, *found.others]
            best = tuple(max((overlap(t, s) for s in said), default=0.0) for t in truth)
            first = max((overlap(t, said[0]) for t in truth), default=0.0) if said else 0.0
            answers.append(
                Answer(
                    name, path.stem, told["verdict"], _verdict(found), round(found.score, 3),
                    best, first, seconds,
                )
            )  # fmt: skip
    return answers


def _verdict(found: page.Found) -> str:
    if found.corners is None:
        return "empty"
    if found.whole:
        return "whole"
    if found.others:
        return "two"
    return "cut" if found.cut else "ok"


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """By case and for all: photographs, what was right, overlaps, wrong answers, seconds."""
    names = list(dict.fromkeys(a.case for a in answers))
    plain = [a for a in answers if a.truth == "ok" and a.case != "curled"]
    out = {name: _summed([a for a in answers if a.case == name]) for name in names}
    if plain:
        out["one flat paper"] = _summed(plain)
    return out


def _summed(answers: Sequence[Answer]) -> dict[str, Any]:
    overlaps = np.array([o for a in answers for o in a.overlaps])
    wrong = [
        a.number for a in answers
        if a.said != "empty" and (a.first < WRONG and a.truth not in ("cut",))
    ]  # fmt: skip
    found = overlaps[overlaps > 0]
    said = [a.said for a in answers]
    return {
        "photographs": len(answers),
        "right": sum(a.good for a in answers),
        "mean_overlap": round(float(overlaps.mean()), 4) if len(overlaps) else None,
        "median_overlap": round(float(np.median(found)), 4) if len(found) else None,
        "above_95": round(float((overlaps >= RIGHT).mean()), 4) if len(overlaps) else None,
        "above_98": round(float((overlaps >= 0.98).mean()), 4) if len(overlaps) else None,
        "wrong": wrong,
        "said": {word: said.count(word) for word in sorted(set(said))},
        "failed": [a.number for a in answers if not a.good],
        "median_seconds": round(float(np.median([a.seconds for a in answers])), 3),
    }


def table(found: dict[str, Any]) -> str:
    """For people."""
    lines = [f"{'case':<16}{'n':>4}{'right':>6}{'mean':>8}{'median':>8}{'≥.95':>7}{'≥.98':>7}"]
    lines[0] += f"{'wrong':>6}{'s':>7}  said; failed"
    for name, f in found.items():
        shares = "".join(
            f"{'-' if f[key] is None else format(f[key], '.4f'):>{wide}}"
            for key, wide in (
                ("mean_overlap", 8), ("median_overlap", 8), ("above_95", 7), ("above_98", 7)
            )
        )  # fmt: skip
        said = " ".join(f"{word}:{count}" for word, count in f["said"].items())
        failed = (
            "" if name == "one flat paper" else " ".join(n.lstrip("0") or "0" for n in f["failed"])
        )
        lines.append(
            f"{name:<16}{f['photographs']:>4}{f['right']:>6}{shares}{len(f['wrong']):>6}"
            f"{f['median_seconds']:>7.3f}  {said}; {failed}"
        )
    return "\n".join(lines)


def show(folder: Path, answers: Sequence[Answer], out: Path) -> None:
    """A small picture of each failure: truth green, answer red, further papers orange."""
    out.mkdir(parents=True, exist_ok=True)
    for answer in answers:
        if answer.good:
            continue
        path = folder / answer.case / f"{answer.number}.jpg"
        photo = decode(path.read_bytes())
        told = json.loads(path.with_suffix(".json").read_text())
        found = page.find(photo)
        scale = 900 / max(photo.shape[:2])
        small = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        for quads, colour in (
            ([np.array(q) for q in told["quads"]], (0, 200, 0)),
            ([] if found.corners is None else [found.corners], (255, 0, 0)),
            (found.others, (255, 150, 0)),
        ):
            for quad in quads:
                cv2.polylines(small, [np.rint(quad * scale).astype(np.int32)], True, colour, 2)
        words = f"{answer.truth} -> {answer.said} {answer.score} {min((*answer.overlaps, 1)):.3f}"
        cv2.putText(small, words, (8, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 0, 255), 2)
        name = f"{answer.case}_{answer.number}.jpg"
        cv2.imwrite(str(out / name), cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
