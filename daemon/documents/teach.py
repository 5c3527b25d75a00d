"""Teaches this kiosk a further kind: `python -m daemon.documents.teach NAME PHOTO…`.

Some twenty photographs of papers of one kind, taken at the kiosk, are enough.  The kind goes into a
file (`--taught`, in the configuration `documents.taught`) that the document worker reads at its
start.  A kind that the catalogue has no file of is told apart, but the visitor is asked for a name.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import cv2

from daemon.documents import pipeline, taught, teaching
from daemon.documents.classify import MODELS, Classifier
from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ModelError, ModelMissing
from daemon.documents.taught import Taught


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0 = done, 1 = not possible (the reason is told), 2 = wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        known = _kept(options.taught)
        if options.list:
            for head in known.heads if known else ():
                _say(f"{head.name}: {head.photographs} photographs")
            return 0
        if not re.match(taught.NAME, options.name):
            parser.error(f"NAME: read {options.name!r}, small letters, digits and _ are right")
        if options.forget:
            return _forget(known, options.name, options.taught)
        if not options.photos:
            parser.error(f"PHOTO: at least {teaching.FEWEST} are needed, 20 are right")
        return _teach(options, known)
    except ModelError as error:
        _warn(str(error))
        return 1
    except OSError as error:
        _warn(f"{error.filename or options.taught}: {error.strerror}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m daemon.documents.teach",
        description="Teaches this kiosk a further kind of paper from photographs.",
    )
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="id of the kind")
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO", help="JPEG, PNG or WebP")
    parser.add_argument("--taught", type=Path, required=True, help="file of the taught kinds")
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the model")
    parser.add_argument("--list", action="store_true", help="tell what was taught")
    parser.add_argument("--forget", action="store_true", help="take the kind out again")
    return parser


def _kept(path: Path) -> Taught | None:
    try:
        return taught.load(path)
    except ModelMissing:
        return None


def _teach(options: argparse.Namespace, known: Taught | None) -> int:
    classifier = Classifier.open(options.models)
    if known is not None and known.model != classifier.described.sha256:
        _warn("the kinds taught to an older model are dropped: teach them again")
        known = None
    if options.name in classifier.described.labels:
        _warn(f"{options.name}: the model knows this kind already")
        return 1
    own = teaching.reference(options.models, classifier)
    pages = [page for path in options.photos if (page := _page(path)) is not None]
    try:
        background = teaching.background(own, known, options.name)
        lesson = teaching.teach(options.name, pages, classifier, background)
    except ValueError as error:
        _warn(str(error))
        return 1
    teaching.added(known, lesson.head, classifier).save(options.taught)
    _say(
        f"{options.name}: taught from {lesson.photographs} photographs; "
        f"{lesson.recognised} of them are recognised when left out"
    )
    return 0


def _page(path: Path) -> Pixels | None:
    """The straightened, upright page of a photograph, or None (told) where there is none."""
    seen = pipeline.examine(path.read_bytes(), None)
    if not seen.page_jpeg or seen.quality in ("two", "cut"):
        _warn(f"{path.name}: not used ({seen.reason or seen.quality})")
        return None
    return decode(seen.page_jpeg)


def _forget(known: Taught | None, name: str, path: Path) -> int:
    if known is None or name not in known.names:
        _warn(f"{name}: was not taught")
        return 1
    heads = tuple(head for head in known.heads if head.name != name)
    Taught(known.model, known.width, known.unit, heads).save(path)
    _say(f"{name}: forgotten")
    return 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")


def _warn(words: str) -> None:
    sys.stderr.write(words + "\n")


if __name__ == "__main__":
    sys.exit(main())
