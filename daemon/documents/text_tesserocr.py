"""Tesseract as a library in this process, its model kept loaded: no process, no file, no copy."""

from __future__ import annotations

import os
import threading
from typing import Any

import numpy as np

from daemon.documents.errors import ReaderMissing, ReadingFailed
from daemon.documents.messages import Word
from daemon.documents.text_engine import (
    LANGUAGE,
    MODES,
    TIMEOUT,
    Layout,
    Name,
    Plane,
    data_folder,
)
from daemon.documents.text_tsv import parse


class TesserocrEngine:
    """`text_engine.TextEngine` by tesserocr; loads Tesseract at the first picture."""

    name: Name = "tesserocr"

    def __init__(self) -> None:
        # More threads only get into each other's way (tesseract-ocr issue 3109); OpenMP reads
        # this when the library is loaded.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        self._data = data_folder(os.environ.get("TESSDATA_PREFIX"))
        self._api: Any = None
        self._turn = threading.Lock()
        _open_log()

    def version(self) -> str:
        if self._data is None:
            return ""
        try:
            import tesserocr
        except ImportError:
            return ""
        return str(tesserocr.tesseract_version().split()[1])

    def words(
        self, grey: Plane, dpi: int, layout: Layout = "block", within: float = TIMEOUT
    ) -> tuple[Word, ...]:
        height, width = grey.shape
        with self._turn:
            api = self._loaded()
            try:
                api.SetPageSegMode(MODES[layout])
                api.SetImageBytes(np.ascontiguousarray(grey).tobytes(), width, height, 1, width)
                api.SetSourceResolution(dpi)
                # What it has by then is not asked for: its words without a reading are null
                # pointers that its own output follows (seen with 5.5.4).
                if not api.Recognize(round(within * 1000)):
                    raise ReadingFailed("late")
                return parse(api.GetTSVText(0))
            except RuntimeError as error:
                raise ReadingFailed(type(error).__name__) from None
            finally:
                api.Clear()
                # What it learnt on one page must not colour the next: a page reads the same
                # whatever was read before it.
                api.ClearAdaptiveClassifier()

    def alive(self) -> bool:
        return True

    def close(self) -> None:
        with self._turn:
            if self._api is not None:
                self._api.End()
                self._api = None

    def _loaded(self) -> Any:
        if self._api is None:
            if self._data is None:
                raise ReaderMissing("install tesseract-ocr-vie")
            try:
                from tesserocr import OEM, PyTessBaseAPI
            except ImportError:
                raise ReaderMissing("install tesserocr") from None
            try:
                self._api = PyTessBaseAPI(f"{self._data}/", LANGUAGE, oem=OEM.LSTM_ONLY)
            except RuntimeError:
                raise ReaderMissing("the Vietnamese data of Tesseract does not load") from None
        return self._api


def _open_log() -> None:
    """Has Tesseract open /dev/null, where its remarks go, at once.

    It opens that at its first remark and writes to it without a look: inside the sandbox, where
    nothing may be opened for writing, that would be its end (seen with 5.5.4).  A configuration
    that does not exist is worth a remark.
    """
    try:
        import tesserocr
    except ImportError:
        return  # `words` says so
    api = tesserocr.PyTessBaseAPI(init=False)
    api.SetVariable("debug_file", os.devnull)
    api.ReadConfigFile("/nonexistent")
    api.End()
