"""Tesseract by pytesseract: a `tesseract` process for each picture, started by a helper process.

The worker may start no programs; the helper may (`reader.Reader`), but it never sees more than a
grey picture.  pytesseract passes the picture and the answer through files.  They lie in a folder of
the helper alone on a memory file system, and each is gone when its picture is read; what a killed
helper left there is wiped when the next one starts.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np

from daemon.documents import private
from daemon.documents.errors import ReaderMissing, ReadingFailed
from daemon.documents.messages import Word
from daemon.documents.reader import BROKEN, LATE, MISSING, Reader, Run
from daemon.documents.text_engine import LANGUAGE, MODES, TIMEOUT, Layout, Name, Plane, data_folder
from daemon.documents.text_tsv import parse

PATH = "/usr/bin:/bin"


class PytesseractEngine:
    """`text_engine.TextEngine` by pytesseract."""

    name: Name = "pytesseract"

    def __init__(self, shut_in: Callable[[], None]) -> None:
        self._reader = Reader.fork(shut_in, tools)

    def version(self) -> str:
        data = data_folder(os.environ.get("TESSDATA_PREFIX"))
        program = shutil.which("tesseract", path=PATH)
        if data is None or program is None or find_spec("pytesseract") is None:
            return ""
        try:
            told = subprocess.run([program, "--version"], capture_output=True, timeout=10)
        except (OSError, subprocess.SubprocessError):
            return ""
        words = told.stdout.decode(errors="replace").split()
        return words[1] if len(words) > 1 else ""

    def words(
        self, grey: Plane, dpi: int, layout: Layout = "block", within: float = TIMEOUT
    ) -> tuple[Word, ...]:
        # `within` is not told to the helper: its programs are ended after `TIMEOUT`.
        status, table = self._reader.read(pgm(grey), f"{dpi} {MODES[layout]}")
        if status == 0:
            return parse(table.decode(errors="replace"))
        if status == MISSING:
            raise ReaderMissing("install tesseract-ocr, tesseract-ocr-vie and pytesseract")
        raise ReadingFailed("late" if status == LATE else f"exit status {status}")

    def alive(self) -> bool:
        return self._reader.alive()

    def close(self) -> None:
        self._reader.close()


def pgm(grey: Plane) -> bytes:
    """Netpbm grey map: uncompressed, read by Leptonica without a library that decodes."""
    height, width = grey.shape
    return b"P5\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(grey).tobytes()


@contextlib.contextmanager
def tools() -> Iterator[Run]:
    """In the helper: pytesseract's files go to a private folder, its program is Debian's."""
    data = data_folder(os.environ.get("TESSDATA_PREFIX"))
    try:
        folder = private.made("reader") if data else None
    except ReaderMissing:
        folder = None
    if folder is None:
        yield lambda _picture, _how: (MISSING, b"")
        return
    tempfile.tempdir = str(folder)
    os.environ.clear()
    os.environ.update({"OMP_THREAD_LIMIT": "1", "LC_ALL": "C.UTF-8", "PATH": PATH})
    os.environ.update({"TMPDIR": str(folder), "TESSDATA_PREFIX": str(data)})
    os.chdir("/")
    try:
        yield run
    finally:
        private.wiped(folder)


def run(picture: bytes, how: str) -> tuple[int, bytes]:
    """(status, TSV) of one picture (PGM); `how` is "DPI MODE"."""
    try:
        import pytesseract
        from PIL import Image
    except ImportError:
        return MISSING, b""
    dpi, mode = how.split()
    try:
        with Image.open(io.BytesIO(picture), formats=("PPM",)) as image:
            image.load()
            table = pytesseract.image_to_data(
                image, LANGUAGE, f"--dpi {dpi} --psm {mode} --oem 1", timeout=TIMEOUT
            )
    except pytesseract.TesseractNotFoundError:
        return MISSING, b""
    except pytesseract.TesseractError as error:
        missing = "Failed loading language" in error.message
        return (MISSING if missing else BROKEN), b""
    except RuntimeError:
        return LATE, b""  # pytesseract has no type of its own for this
    except (OSError, ValueError, SyntaxError):
        return BROKEN, b""
    return 0, str(table).encode()
