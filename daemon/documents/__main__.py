"""The pipeline as a command: `python -m daemon.documents PHOTO… --json`.

One JSON object a line and photo; a file that cannot be examined or read has an `error` in its
object, and the next one follows.  Exit status: 0 = all photos were examined (whatever their
verdict), 1 = one was not, or the model cannot be used, 2 = wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from daemon.catalogue import kinds
from daemon.catalogue.kinds import Kind
from daemon.documents import fuse, marks, pipeline, text_engine
from daemon.documents.classify import MODELS, Classifier
from daemon.documents.decode import BYTES
from daemon.documents.errors import DocumentsError, ModelError
from daemon.documents.headline import Judge, joined
from daemon.documents.messages import Code, Decision, Examination, FieldValue, Reading, Word
from daemon.documents.mrz_glyphs import Glyphs


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m daemon.documents",
        description="Finds, judges, classifies and reads papers in photographs.",
        epilog="Prints what is on the papers: use it only where that may be shown.",
    )
    parser.add_argument("photos", nargs="+", metavar="PHOTO", help="JPEG, PNG or WebP")
    parser.add_argument("--json", action="store_true", help="one JSON object a line and photo")
    parser.add_argument("--no-text", action="store_true", help="without OCR")
    parser.add_argument(
        "--engine", choices=text_engine.NAMES, default=text_engine.DEFAULT, help="reads the text"
    )
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model")
    parser.add_argument("--taught", type=Path, metavar="FILE", help="kinds taught to this kiosk")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="keep the rectified pages here")
    options = parser.parse_intermixed_args(arguments)
    cv2.setNumThreads(1)
    if options.save is not None and not options.save.is_dir():
        parser.error(f"--save: {options.save} is not a folder")
    try:
        known = frozenset(kinds.load())
        classifier = Classifier.open(options.models, known, options.taught)
    except ModelError as error:
        print(f"no recognition of kinds: {error}", file=sys.stderr)
        return 1
    engine = None if options.no_text else text_engine.start(options.engine)
    door = _Door(classifier, engine)
    status = 0
    try:
        for name in options.photos:
            status = max(status, door.photo(Path(name), options.json, options.save))
    finally:
        if engine is not None:
            engine.close()
    return status


class _Door:
    def __init__(self, classifier: Classifier, engine: text_engine.TextEngine | None) -> None:
        self._kinds = kinds.load()
        self._sizes = {k.id: k.size_mm for k in self._kinds.values() if k.size_mm is not None}
        self._engine = engine
        self._judge = Judge(self._kinds, engine)
        self._classifier = classifier
        self._glyphs: Glyphs | None = None
        try:
            self._glyphs = Glyphs.open(MODELS)
        except ModelError as error:
            print(f"no machine-readable zones: {error}", file=sys.stderr)

    def photo(self, path: Path, as_json: bool, save: Path | None) -> int:
        """Tells of one photograph; 0 or 1."""
        start = time.perf_counter()
        seen, reading, error = Examination("unreadable"), Reading(), ""
        decision = Decision()
        try:
            seen, decision, reading, error = self._looked(_bytes(path))
        except OSError as failure:
            error = failure.strerror or type(failure).__name__
        except (cv2.error, MemoryError) as failure:
            error = type(failure).__name__  # the text of such an error is for developers
        if save is not None and seen.page_jpeg:
            (save / f"{path.stem}.page.jpg").write_bytes(seen.page_jpeg)
        seconds = round(time.perf_counter() - start, 3)
        if error:
            print(f"{path}: {error}", file=sys.stderr)
        if as_json:
            told = _told(path, seen, decision, reading, seconds)
            told |= {"error": error} if error else {}
            print(msgspec.json.encode(told).decode(), flush=True)
        elif not error:
            _show(path, seen, decision, seconds)
        return int(bool(error))

    def _looked(self, data: bytes) -> tuple[Examination, Decision, Reading, str]:
        """What is seen, decided and read, and why one of them could not be."""
        seen = pipeline.examine(
            data, self._classifier, sizes=self._sizes, judge=self._judge, glyphs=self._glyphs
        )
        decision = fuse.NO_PAPER if seen.quality == "empty" else seen.decision

        def chosen(words: tuple[Word, ...]) -> Kind | None:
            # The whole text knows more than the head did; only the head was read with stamps.
            nonlocal decision
            shape = (seen.height, seen.width)
            decision = self._judge.decide(seen.picture, joined(words, seen.words), shape)
            return self._kinds.get(decision.kind)

        if not seen.page_jpeg or self._engine is None:
            return seen, decision, Reading(), seen.reason
        try:
            reading = pipeline.read(
                seen.page_jpeg, self._engine, glyphs=self._glyphs, choose=chosen
            )
        except DocumentsError as failure:
            return seen, decision, Reading(), str(failure)
        return seen, decision, reading, seen.reason


def _bytes(path: Path) -> bytes:
    """The file, or as much of it as is too much: a device has no end."""
    with path.open("rb") as file:
        return file.read(BYTES + 1)


def _told(
    path: Path, seen: Examination, decision: Decision, reading: Reading, seconds: float
) -> dict[str, Any]:
    """The object of docs/documents.md."""
    return {
        "photo": str(path),
        "corners": [list(p) for p in seen.corners] or None,
        "others": [[list(p) for p in other] for other in seen.others],
        "quality": {"verdict": seen.quality, "where": _where(seen), "reason": seen.reason},
        "size_mm": _size(seen),
        "kind": decision.kind,
        "probability": decision.probability,
        "decision": {
            "guess": decision.guess,
            "picture": decision.picture,
            "words": decision.words,
            "why": decision.why,
        },
        "already_copy": decision.kind in marks.COPY_KINDS
        or seen.already_copy
        or reading.already_copy,
        "expired": seen.expired or reading.expired,
        "fields": {name: _field(value) for name, value in reading.fields.items()},
        "codes": [
            {"type": c.type, "text": c.text, "corners": _in_photo(c, seen)} for c in reading.codes
        ],
        "text": reading.text,
        "seconds": seconds,
    }


def _field(found: FieldValue) -> dict[str, Any]:
    told: dict[str, Any] = {"value": found.value, "confidence": found.confidence}
    if found.iso:
        told["iso"] = found.iso
    if found.agrees:
        told["agrees"] = found.agrees
    if found.differs:
        told["differs"] = found.differs
    return told


def _size(seen: Examination) -> list[float] | None:
    """Width and height of the paper as it is read, in mm: of its kind, a card, A4, or its shape."""
    if not seen.dpi:
        return None
    return [round(side * 25.4 / seen.dpi, 1) for side in (seen.width, seen.height)]


def _where(seen: Examination) -> list[float] | None:
    """[x, y, w, h] in pixels of the photograph, around the worst place."""
    if seen.where is None or len(seen.corners) != 4:
        return None
    box = seen.where
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    to_photo = cv2.getPerspectiveTransform(square, np.array(seen.corners, np.float32))
    place = np.array([box.x, box.y], np.float32) + square * np.array([box.w, box.h], np.float32)
    x, y, w, h = cv2.boundingRect(cv2.perspectiveTransform(place[None], to_photo)[0])
    return [float(x), float(y), float(w), float(h)]


def _in_photo(code: Code, seen: Examination) -> list[list[float]]:
    """The corners of a code of the page, in pixels of the photograph."""
    w, h = seen.width, seen.height
    page = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - np.float32(0.5)
    to_photo = cv2.getPerspectiveTransform(page, np.array(seen.corners, np.float32) - 0.5)
    points = cv2.perspectiveTransform(np.array(code.corners, np.float32)[None], to_photo)[0]
    return [[round(float(x), 1), round(float(y), 1)] for x, y in points]


def _show(path: Path, seen: Examination, decision: Decision, seconds: float) -> None:
    kind = decision.kind or (f"perhaps {decision.guess}" if decision.guess else "unknown kind")
    print(f"{path}: {seen.quality}, {kind} ({decision.probability:.0%}), {seconds:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
