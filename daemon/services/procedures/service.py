"""The look-up as the shell calls it: asynchronous, in a thread of its own."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue import procedures as catalogue
from daemon.catalogue import services
from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.services import Group
from daemon.machine.events import Browsed, Found, Shown
from daemon.machine.personal import Personal
from daemon.machine.values import Written
from daemon.services.procedures.fold import fold
from daemon.services.procedures.index import Hit, Index
from daemon.services.procedures.page import sections

LEAST_LETTERS = 2
"""Fewer letters name nothing."""

LONGEST = 400
"""Letters of a query that are read."""

CERTIFIED_COPY = "2.000815"
"""National code of *certified copy from an original*: what this kiosk itself does."""


def today() -> dt.date:
    """The day in Viet Nam."""
    return dt.datetime.now(VIETNAM).date()


class _Held(msgspec.Struct, frozen=True):
    """One file with all that is made of it: replaced as a whole."""

    file: catalogue.Procedures
    shown: dict[str, catalogue.Procedure]
    index: Index


class Procedures:
    """Search and pages of the procedures that citizens may see.

    Every public method may be called from the loop; `use` replaces the file between two questions.
    """

    def __init__(
        self,
        file: catalogue.Procedures,
        groups: Mapping[str, Group] | None = None,
        day: Callable[[], dt.date] = today,
    ) -> None:
        self._held = _hold(file)
        self.groups = services.load() if groups is None else groups
        self._day = day
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="procedures")

    @classmethod
    def open(
        cls, path: Path | None = None, groups: Mapping[str, Group] | None = None
    ) -> Procedures:
        """The procedures of a file; None = those that come with the software.

        Takes some 0.1 s: call it before the loop runs.  Raises CatalogueError.
        """
        return cls(catalogue.load(path) if path is not None else catalogue.load(), groups)

    @property
    def file(self) -> catalogue.Procedures:
        """What holds now."""
        return self._held.file

    async def use(self, file: catalogue.Procedures) -> None:
        """From now on this file, checked by its loader; questions under way keep the old one."""
        loop = asyncio.get_running_loop()
        self._held = await loop.run_in_executor(self._thread, _hold, file)

    def find(self, words: str, limit: int = 10) -> list[Hit]:
        """The best procedures that hold today, best first."""
        held, day = self._held, self._day()
        code = "".join(words[:LONGEST].split())
        led = held.file.successor(code)
        if led != code and led in held.shown:
            return [Hit(led, held.shown[led].name_vi, 1.0)]
        hits = held.index.search(words[:LONGEST], limit + _ENDED)
        return [hit for hit in hits if held.shown[hit.code].holds(day)][:limit]

    async def search(self, words: Personal[str] | str, limit: int = 10) -> Found:
        """`Found` for these words; `enough` is False where there are too few letters."""
        text = words.reveal() if isinstance(words, Personal) else words
        if sum(map(str.isalnum, fold(text))) < LEAST_LETTERS:
            return Found((), enough=False)
        loop = asyncio.get_running_loop()
        hits = await loop.run_in_executor(self._thread, self.find, text, limit)
        return Found(tuple((hit.code, hit.name) for hit in hits))

    def browse(self, by: Literal["event", "field"], of: str, language: Written) -> Browsed:
        """Life events or fields that have procedures today; or the procedures of one."""
        file, vietnamese = self._held.file, language == "vi"
        now = file.shown(self._day())
        if of:
            mine = (
                (code, item.name_vi if vietnamese else item.name_en)
                for code, item in now.items()
                if of in (item.life_events if by == "event" else (item.counter_group,))
            )
            return Browsed(by, of, tuple(mine))
        if by == "event":
            used = {event for item in now.values() for event in item.life_events}
            named = {name: (one.name_vi, one.name_en) for name, one in file.life_events.items()}
        else:
            used = {item.counter_group for item in now.values()}
            named = {name: (one.name_vi, one.name_en) for name, one in self.groups.items()}
        return Browsed(
            by,
            "",
            tuple(
                (name, vi if vietnamese else en) for name, (vi, en) in named.items() if name in used
            ),
        )

    async def show(self, code: str, language: Written) -> Shown:
        """One procedure's page; without a name where citizens may no longer see it."""
        held, day = self._held, self._day()
        item = held.shown.get(held.file.successor(code))
        if item is None or not item.holds(day):
            return Shown(code, "", ())
        group = services.group_of(self.groups, item)
        return Shown(
            code,
            item.name_vi if language == "vi" else item.name_en,
            sections(item, language, cases=held.file.case_questions, group=group, day=day),
            item.deep_link or "",
            group.id if group is not None else "",
            copies=item.code == CERTIFIED_COPY
            or any(paper.form == "copy" for paper in item.required_papers),
        )

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown(wait=True)


_ENDED = 10
"""So many more are looked at, because some of them may not hold today."""


def _hold(file: catalogue.Procedures) -> _Held:
    shown = file.shown()
    return _Held(file, shown, Index(shown.values()))
