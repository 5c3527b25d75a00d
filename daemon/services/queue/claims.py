"""Blocks of numbers among the kiosks of a ward that has no queue service of its own.

There is no kiosk in charge that could be two.  Each kiosk owns one register at the ward's broker,
in which it writes the highest number that it has ever *claimed* of each day and letter.  To lease:

1. read all registers, and claim the numbers after the highest one: first in one's own database,
   then in one's own register, until the broker has acknowledged it;
2. read all registers again.  Where another kiosk has claimed up to there meanwhile, neither the
   claim nor its numbers are used, ever; after a random pause it is tried anew.

Of two claims that overlap one was written after the other; whoever wrote it reads the other one in
step 2 and gives up.  So no number is given twice, whatever is cut, killed or slow, and whoever
stops in the middle is in nobody's way.  A register that is missing at the broker is no register of
zero: nobody can know what its kiosk has claimed, and no block is leased until it is back.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec

from daemon.services.queue.leases import LeaseError
from daemon.store import Store
from daemon.store.models.uplink import DocumentRow

_NAME = "queue.claims"
DAYS = 3
"""Days that stand in a register: kiosks need not agree on the minute of midnight."""
TRIES = 5
PAUSE = 0.3
"""Seconds: bound of the first random pause; it doubles."""


class Claimed(msgspec.Struct):
    """A kiosk's register: day → letter → highest number it has claimed."""

    days: dict[str, dict[str, int]] = {}

    def top(self, day: str, letter: str) -> int:
        """0 = none."""
        return self.days.get(day, {}).get(letter, 0)


class Registers(Protocol):
    """The broker's; raises whatever `lost` of `Claims` names."""

    @property
    def connection(self) -> int: ...

    async def put(self, body: bytes, connection: int) -> None: ...

    async def read(self, connection: int) -> Mapping[str, bytes]: ...


class Shelf(Protocol):
    """Where a kiosk keeps its own register for good."""

    async def load(self) -> bytes | None: ...

    async def save(self, body: bytes) -> None: ...


class StoreShelf:
    """In the kiosk's database.  Raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> bytes | None:
        row = await self._store.read(lambda: DocumentRow.get_or_none(DocumentRow.name == _NAME))
        return None if row is None else bytes(row.body)

    async def save(self, body: bytes) -> None:
        def keep() -> None:
            DocumentRow.insert(name=_NAME, rev=1, body=body).on_conflict_replace().execute()

        await self._store.write(keep)


class Claims:
    """An `Allocator` over registers."""

    def __init__(
        self,
        shelf: Shelf,
        registers: Registers,
        lost: type[Exception],
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`lost`: what the registers raise where they cannot be read or written."""
        self._shelf = shelf
        self._registers = registers
        self._lost = lost
        self._pause = pause
        self._one = asyncio.Lock()

    async def publish(self) -> None:
        """Puts one's own register to where it belongs: the broker may have forgotten it.

        Raises LeaseError, StoreError.
        """
        async with self._one:
            await self._put(await self._own(), self._registers.connection)

    async def take(self, key: str, day: str, letter: str, count: int) -> tuple[int, int]:
        """As `Allocator.take`; a key that was lost on the way is answered with another block."""
        async with self._one:
            for attempt in range(TRIES):
                first = await self._claimed(day, letter, count)
                if first:
                    return first, count
                await self._pause(random.uniform(0.0, PAUSE * 2.0**attempt))
        raise LeaseError("others claim at the same time")

    # -- inside ----------------------------------------------------------------------------

    async def _claimed(self, day: str, letter: str, count: int) -> int:
        """One attempt: the first number, or 0 where another kiosk claims the same."""
        connection = self._registers.connection
        own = await self._own()
        if own.days and day < min(own.days) and len(own.days) >= DAYS:
            raise LeaseError("the clock is days behind")
        others = await self._read(connection)
        tops = [one.top(day, letter) for one in (own, *others)]
        first = max(tops) + 1
        own.days.setdefault(day, {})[letter] = first + count - 1
        for old in sorted(own.days)[:-DAYS]:
            del own.days[old]
        await self._shelf.save(msgspec.json.encode(own))
        await self._put(own, connection)
        after = await self._read(connection)
        return 0 if any(one.top(day, letter) >= first for one in after) else first

    async def _own(self) -> Claimed:
        body = await self._shelf.load()
        return Claimed() if body is None else msgspec.json.decode(body, type=Claimed)

    async def _put(self, own: Claimed, connection: int) -> None:
        try:
            await self._registers.put(msgspec.json.encode(own), connection)
        except self._lost as error:
            raise LeaseError(str(error)) from error

    async def _read(self, connection: int) -> list[Claimed]:
        try:
            found = await self._registers.read(connection)
        except self._lost as error:
            raise LeaseError(str(error)) from error
        try:
            return [msgspec.json.decode(body, type=Claimed) for body in found.values()]
        except msgspec.MsgspecError as error:
            raise LeaseError("a register that cannot be read") from error
