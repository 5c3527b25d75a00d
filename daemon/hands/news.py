"""The ward's announcements on the screens: each from its first moment until its last."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable

from daemon.catalogue.announcements import Announcement
from daemon.catalogue.calendar import VIETNAM
from daemon.machine.events import News, NewsItem

LOOK_EVERY = 20.0
"""Seconds between two looks at the clock."""


class Newsboard:
    """Says what holds now whenever that changes."""

    def __init__(
        self,
        announcements: Callable[[], tuple[Announcement, ...]],
        post: Callable[[News], None],
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(VIETNAM),
    ) -> None:
        self._announcements = announcements
        self._post = post
        self._now = now
        self._said: tuple[NewsItem, ...] = ()

    def look(self) -> None:
        """One look."""
        at = self._now()
        items = tuple(NewsItem(a.vi, a.en) for a in self._announcements() if a.holds(at))
        if items != self._said:
            self._said = items
            self._post(News(items))

    async def look_after(self) -> None:
        """Never ends."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_EVERY)
