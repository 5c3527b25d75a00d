"""The look-up as the shell calls it: asynchronous, in a thread of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from daemon.catalogue import procedures as catalogue
from daemon.machine.events import Found, Shown
from daemon.machine.personal import Personal
from daemon.machine.values import Language
from daemon.services.procedures.fold import fold
from daemon.services.procedures.index import Hit, Index
from daemon.services.procedures.page import sections

LEAST_LETTERS = 2
"""Fewer letters name nothing."""


class Procedures:
    """Search and pages of the procedures that citizens may see."""

    def __init__(self, file: catalogue.Procedures) -> None:
        self._file = file
        self._shown = file.shown()
        self._index = Index(self._shown.values())
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="procedures")

    @classmethod
    def open(cls, path: Path | None = None) -> Procedures:
        """The procedures of a file; None = those that come with the software.

        Takes some 50 ms: call it before the loop runs.  Raises CatalogueError.
        """
        return cls(catalogue.load(path) if path is not None else catalogue.load())

    def find(self, words: str, limit: int = 10) -> list[Hit]:
        """The best procedures, best first."""
        return self._index.search(words, limit)

    async def search(self, words: Personal[str] | str, limit: int = 10) -> Found:
        """`Found` for these words; `enough` is False where there are too few letters."""
        text = words.reveal() if isinstance(words, Personal) else words
        if sum(map(str.isalnum, fold(text))) < LEAST_LETTERS:
            return Found((), enough=False)
        loop = asyncio.get_running_loop()
        hits = await loop.run_in_executor(self._thread, self.find, text, limit)
        return Found(tuple((hit.code, hit.name) for hit in hits))

    async def show(self, code: str, language: Language) -> Shown:
        """One procedure's page.  Raises KeyError for a code that citizens may not see."""
        item = self._shown[code]
        name = item.name_vi if language == "vi" else item.name_en
        return Shown(code, name, sections(item, language), item.deep_link or "")

    @property
    def file(self) -> catalogue.Procedures:
        """The procedures that hold now."""
        return self._file

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown(wait=True)
        self._index.close()
