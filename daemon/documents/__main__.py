"""The pipeline as a command: `python -m daemon.documents PHOTO… --json`.

One JSON object a line and photo.  Exit status: 0 = all photos were examined (whatever their
verdict), 1 = a file could not be opened or a page could not be read, 2 = wrong usage.
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
from daemon.documents import pipeline, reader
from daemon.documents.classify import MODELS, Classifier
from daemon.documents.errors import DocumentsError, ModelError
from daemon.documents.messages import Examination, Reading


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
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="keep the rectified pages here")
    options = parser.parse_intermixed_args(arguments)
    cv2.setNumThreads(1)
    if options.save is not None and not options.save.is_dir():
        parser.error(f"--save: {options.save} is not a folder")
    helper = None if options.no_text else reader.Reader.fork(lambda: None)
    door = _Door(options.models, helper)
    status = 0
    try:
        for name in options.photos:
            status = max(status, door.photo(Path(name), options.json, options.save))
    finally:
        if helper is not None:
            helper.close()
    return status


class _Door:
    def __init__(self, models: Path, helper: reader.Reader | None) -> None:
        self._kinds = kinds.load()
        self._sizes = {k.id: k.size_mm for k in self._kinds.values() if k.size_mm is not None}
        self._helper = helper
        self._classifier: Classifier | None = None
        try:
            self._classifier = Classifier.open(models, frozenset(self._kinds))
        except ModelError as error:
            print(f"no recognition of kinds: {error}", file=sys.stderr)

    def photo(self, path: Path, as_json: bool, save: Path | None) -> int:
        start = time.perf_counter()
        try:
            data = path.read_bytes()
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)
            return 1
        seen = pipeline.examine(data, self._classifier, sizes=self._sizes)
        reading, status = Reading(), 0
        if seen.page_jpeg and self._helper is not None:
            try:
                kind = self._kinds.get(seen.kind)
                reading = pipeline.read(seen.page_jpeg, self._helper.read, kind)
            except DocumentsError as error:
                print(f"{path}: {error}", file=sys.stderr)
                status = 1
        if save is not None and seen.page_jpeg:
            (save / f"{path.stem}.page.jpg").write_bytes(seen.page_jpeg)
        seconds = round(time.perf_counter() - start, 3)
        if as_json:
            print(msgspec.json.encode(_told(path, seen, reading, seconds)).decode())
        else:
            _show(path, seen, seconds)
        return status


def _told(path: Path, seen: Examination, reading: Reading, seconds: float) -> dict[str, Any]:
    """The object of docs/documents.md."""
    return {
        "photo": str(path),
        "corners": [list(p) for p in seen.corners] or None,
        "others": [[list(p) for p in other] for other in seen.others],
        "quality": {"verdict": seen.quality, "where": _where(seen), "reason": seen.reason},
        "size_mm": _size(seen),
        "kind": seen.kind,
        "probability": seen.probability,
        "already_copy": seen.already_copy or reading.already_copy,
        "fields": {
            name: {"value": value, "confidence": confidence}
            for name, (value, confidence) in reading.fields.items()
        },
        "codes": [
            {"type": c.type, "text": c.text, "corners": [list(p) for p in c.corners]}
            for c in reading.codes
        ],
        "text": reading.text,
        "seconds": seconds,
    }


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


def _show(path: Path, seen: Examination, seconds: float) -> None:
    kind = seen.kind or (f"perhaps {seen.guess}" if seen.guess else "unknown kind")
    print(f"{path}: {seen.quality}, {kind} ({seen.probability:.0%}), {seconds:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
