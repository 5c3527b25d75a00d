"""The port of text recognition: a grey picture goes in, words with their places come out.

Two engines speak it, `text_tesserocr` (Tesseract as a library in this process) and
`text_pytesseract` (a `tesseract` process a picture).  `[documents] engine` chooses.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol, get_args

import numpy as np
import numpy.typing as npt

from daemon.documents.messages import Word

Plane = npt.NDArray[np.uint8]
"""height × width, grey."""

Name = Literal["tesserocr", "pytesseract"]

NAMES: tuple[Name, ...] = get_args(Name)

DEFAULT: Name = "tesserocr"

LANGUAGE = "vie"

TIMEOUT = 30.0
"""Seconds for one picture: an A4 page of dense print takes 1 s here, 3 s on a Raspberry Pi 5."""

Layout = Literal["page", "block", "line", "sparse"]
"""What the picture holds: a page with columns, one even block, one line, words here and there."""

MODES: dict[Layout, int] = {"page": 3, "block": 6, "line": 7, "sparse": 11}
"""Tesseract's page segmentation modes (`tesseract --help-psm`)."""


class TextEngine(Protocol):
    """Reads print.  Safe to call from several threads; they wait for each other."""

    @property
    def name(self) -> Name: ...

    def version(self) -> str:
        """Version of Tesseract, or empty where it or its Vietnamese data is missing."""

    def words(
        self, grey: Plane, dpi: int, layout: Layout = "block", within: float = TIMEOUT
    ) -> tuple[Word, ...]:
        """The words in reading order: boxes in pixels of `grey`, NFC, confidence 0 to 1, lines.

        `within`: seconds on the wall; an engine may take its usual `TIMEOUT` all the same.

        Raises ReaderMissing, ReadingFailed.
        """

    def alive(self) -> bool:
        """False where the engine's process has died; then it will not read again."""

    def close(self) -> None:
        """Frees what it holds."""


def start(name: Name, shut_in: Callable[[], None] | None = None) -> TextEngine:
    """The engine of this name.

    Call it before the process has threads: an engine may fork.  `shut_in` runs in such a process
    before it reads anything.
    """
    if name == "pytesseract":
        from daemon.documents.text_pytesseract import PytesseractEngine

        return PytesseractEngine(shut_in or (lambda: None))
    from daemon.documents.text_tesserocr import TesserocrEngine

    return TesserocrEngine()


def data_folder(given: str | None, places: Path = Path("/usr/share/tesseract-ocr")) -> Path | None:
    """The folder with `vie.traineddata`: as given (TESSDATA_PREFIX), else where Debian puts it."""
    folders = [Path(given)] if given else sorted(places.glob("*/tessdata"), reverse=True)
    return next((f for f in folders if (f / f"{LANGUAGE}.traineddata").is_file()), None)
