"""Numbers in blocks: each is leased by one kiosk of the ward, and never given out again.

The question is kept before it is asked, its answer before a number of it is given: after a crash
the same question is asked again under its key, which the ward answers with the same block.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from daemon.store import Store, StoreError
from daemon.store.models.queue import QueueBlock, QueueRow

log = logging.getLogger(__name__)

TOP_UP = 2.0
"""Seconds between two looks whether a block runs low."""


class LeaseError(Exception):
    """No block now: the allocator is out of reach, or says no.  Asked again later."""


class Allocator(Protocol):
    """Who leases blocks: one for the whole ward."""

    async def take(self, key: str, day: str, letter: str, count: int) -> tuple[int, int]:
        """(first number, how many) of a block that nobody else has had or will have.

        The same key is answered with the same block, or with another one that is nobody else's,
        and the first is never given.  Raises LeaseError.
        """


class Leases:
    """The blocks of this kiosk."""

    def __init__(
        self,
        store: Store,
        allocator: Allocator,
        block: int,
        day: Callable[[], str],
        letters: Iterable[str],
    ) -> None:
        self._store = store
        self._allocator = allocator
        self._block = block
        self._day = day
        self._letters = tuple(letters)
        self._asking = asyncio.Lock()
        self.cut = False
        """The last question had no answer."""

    def next(self, day: str, letter: str) -> int | None:
        """The next number that may be given; None where a block is needed.  Inside the store."""
        for first, count in _blocks(day, letter):
            last = _last(day, letter, first, count)
            if last < first + count - 1:
                return last + 1
        return None

    def left(self, day: str, letter: str) -> int:
        """Numbers that can be given without asking anybody.  Inside the store."""
        return sum(
            first + count - 1 - _last(day, letter, first, count)
            for first, count in _blocks(day, letter)
        )

    async def ask(self, day: str, letter: str, least: int = 1) -> None:
        """Has a block of this letter leased where fewer than `least` numbers are left.

        Raises LeaseError, StoreError.
        """
        async with self._asking:
            key = await self._store.write(lambda: self._wanted(day, letter, least))
            if not key:
                return
            try:
                first, count = await self._allocator.take(key, day, letter, self._block)
            except LeaseError:
                self.cut = True
                raise
            self.cut = False
            await self._store.write(lambda: self._given(key, first, count))

    async def run(self) -> None:
        """Sees to it that half a block is always left; never ends."""
        while True:
            try:
                for letter in self._letters:
                    await self.ask(self._day(), letter, (self._block + 1) // 2)
            except (LeaseError, StoreError) as error:
                log.debug("queue: no block: %s", error)
            await asyncio.sleep(TOP_UP)

    # -- inside ----------------------------------------------------------------------------

    def _wanted(self, day: str, letter: str, least: int) -> str:
        """The key of the question to ask; empty where none is needed."""
        if self.left(day, letter) >= least:
            return ""
        open_ = QueueBlock.get_or_none(
            (QueueBlock.day == day) & (QueueBlock.letter == letter) & QueueBlock.first.is_null()
        )
        if open_ is not None:
            return str(open_.key)
        QueueBlock.delete().where(QueueBlock.day < day).execute()
        key = uuid.uuid4().hex
        QueueBlock.insert(key=key, day=day, letter=letter, count=self._block).execute()
        return key

    @staticmethod
    def _given(key: str, first: int, count: int) -> None:
        QueueBlock.update(first=first, count=count).where(QueueBlock.key == key).execute()


def _blocks(day: str, letter: str) -> list[tuple[int, int]]:
    """(first, count) of the blocks that were leased, lowest first."""
    rows: Any = (
        QueueBlock.select(QueueBlock.first, QueueBlock.count)
        .where(
            (QueueBlock.day == day)
            & (QueueBlock.letter == letter)
            & QueueBlock.first.is_null(False)
        )
        .order_by(QueueBlock.first)
        .tuples()
    )
    return list(rows)


def _last(day: str, letter: str, first: int, count: int) -> int:
    """The last number of the block that was given; the one before it where none was."""
    row = (
        QueueRow.select(QueueRow.number)
        .where(
            (QueueRow.day == day)
            & (QueueRow.letter == letter)
            & (QueueRow.number >= first)
            & (QueueRow.number < first + count)
        )
        .order_by(QueueRow.number.desc())
        .first()
    )
    return first - 1 if row is None else int(row.number)
