"""Life counters of what is used up: sheets and slips, and what is left of them."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from daemon.console.rows import SUPPLIES, Counter, Supply, SupplyLevel
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.there import database
from daemon.store import Store, StoreError
from daemon.store.models.console import SupplyRow, TripRow
from daemon.store.models.visits import Daily

if TYPE_CHECKING:
    from daemon.wiring import App

LOOK_EVERY = 5.0
"""Seconds between two looks at the printers' own counts: what a crash can lose of ours."""

COUNTS = {"sheets": ("page_printer", "sheets_printed"), "slips": ("ticket_printer", "tickets")}
"""Life counter → device and its count since the start."""

TOLD = {
    "paper": ("page_printer", "sheets_left"),
    "roll": ("ticket_printer", "paper"),
    "toner": ("page_printer", "toner_pct"),
}
"""Consumable → device and the figure in which it tells its level."""


class RefillArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`refill`."""

    name: Supply
    count: Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class ResetArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reset`: only trips can be."""

    what: Literal["trip"]


class Usage:
    """Counts, and answers about counts."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._seen: dict[str, int] = {}

    def verbs(self) -> dict[str, Verb]:
        return {
            "counters": Verb(role="view", run=self.counters),
            "reset": Verb(role="tech", args=ResetArgs, run=self.reset),
            "consumables": Verb(role="view", run=self.consumables),
            "refill": Verb(role="tech", args=RefillArgs, run=self.refill),
        }

    async def look_after(self) -> None:
        """Never ends; a database that fails keeps what was not counted for the next look."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            await self.count()

    async def count(self) -> None:
        """Adds what the devices did since the last look."""
        store = self._app.store
        if store is None:
            return
        health = self._app.devices.health()
        for name, (device, figure) in COUNTS.items():
            now = int(health[device].figures.get(figure, 0))
            before = self._seen.get(name, 0)
            new = now - before if now >= before else now
            if new > 0:
                try:
                    await store.write(partial(store.outbox.count, name, new))
                except StoreError:
                    continue
            self._seen[name] = now

    # -- the commands ----------------------------------------------------------------------

    async def counters(self, args: NoArgs, talk: Talk) -> tuple[Counter, ...]:
        """All life counters, and what came since the trip began."""
        store = await self._counted()

        def read() -> tuple[Counter, ...]:
            base = {row.name: row.base for row in TripRow.select()}
            life = store.outbox.counters()
            return tuple(Counter(name, n, n - base.get(name, 0)) for name, n in life.items())

        return await store.read(read)

    async def reset(self, args: ResetArgs, talk: Talk) -> int:
        """Begins a trip; returns how many counters begin anew."""
        store, who = await self._counted(), talk.caller.name

        def write() -> int:
            life = store.outbox.counters()
            TripRow.delete().execute()
            for name, count in life.items():
                TripRow.insert(name=name, base=count, at=time.time(), who=who).execute()
            return len(life)

        return await store.write(write)

    async def consumables(self, args: NoArgs, talk: Talk) -> tuple[SupplyLevel, ...]:
        """Every consumable: by our count, and as the printer tells."""
        return await self.levels()

    async def levels(self) -> tuple[SupplyLevel, ...]:
        """The same for whoever asks from inside.  Raises ConsoleError."""
        store = await self._counted()
        health = self._app.devices.health()

        def level(name: Supply) -> SupplyLevel:
            unit, counter, _ = SUPPLIES[name]
            device, figure = TOLD[name]
            told = health[device].figures.get(figure)
            days = [row.value for row in Daily.select().where(Daily.name == counter)]
            a_day = sum(days) / len(days) if days else 0.0
            shown = "" if told is None else f"{told} %" if name == "toner" else str(told)
            row = SupplyRow.get_or_none(SupplyRow.name == name)
            if row is None:
                return SupplyLevel(name=name, unit=unit, told=shown, a_day=a_day)
            used = store.outbox.counters().get(counter, 0) - row.counted
            left = max(0, row.filled - used)
            return SupplyLevel(
                name=name,
                unit=unit,
                filled=row.filled,
                left=left,
                told=shown,
                a_day=a_day,
                days=left / a_day if a_day else None,
                at=row.at,
                who=row.who,
            )

        return await store.read(lambda: tuple(level(name) for name in SUPPLIES))

    async def refill(self, args: RefillArgs, talk: Talk) -> SupplyLevel:
        """From now on there are so many."""
        store, who = await self._counted(), talk.caller.name

        def write() -> None:
            counted = store.outbox.counters().get(SUPPLIES[args.name][1], 0)
            SupplyRow.delete().where(SupplyRow.name == args.name).execute()
            SupplyRow.insert(
                name=args.name, filled=args.count, counted=counted, at=time.time(), who=who
            ).execute()

        await store.write(write)
        return next(one for one in await self.levels() if one.name == args.name)

    async def _counted(self) -> Store:
        """The store, with all that was used until now.  Raises ConsoleError."""
        store = database(self._app)
        await self.count()
        return store
