"""`factory-reset`: two admins, nothing that the ward still has to hear, the kiosk's name typed."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from daemon.console.inside import Code, ConsoleError
from daemon.console.talk import Caller, NoArgs, Talk, Verb
from daemon.inside.alone import Alone
from daemon.inside.there import database
from daemon.register import saga
from daemon.reset import Order, order
from daemon.store.models.outbox import Fact
from daemon.store.models.register import RequestRow

if TYPE_CHECKING:
    from daemon.wiring import App

SECOND_WITHIN = 600.0
"""Seconds the first admin's word holds."""
OWN = "event/command.given"
"""Facts that the console itself writes: these may wait."""


class Factory:
    """The first admin's word is kept in memory: a restart of the daemon takes it back."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone
        self._first: Caller | None = None
        self._until = 0.0

    def verbs(self) -> dict[str, Verb]:
        return {"factory.reset": Verb(role="admin", run=self.run, talks=True, within=1200.0)}

    async def run(self, args: NoArgs, talk: Talk) -> str:
        """Returns `first` (another admin is waited for) or `begun`."""
        await self._settled()
        kiosk = self._app.config.kiosk.id
        await talk.line("This gives the kiosk back. It erases: settings made at the console, keys")
        await talk.line("and certificates of this kiosk, refills, tests, totals by day, journals.")
        await talk.line("It keeps, as the law wants: register, payments, the log of commands.")
        if await talk.typed(f"Type {kiosk} to confirm:") != kiosk:
            raise ConsoleError(Code.FAILED, "not confirmed; nothing was done")
        first = self._first if time.monotonic() < self._until else None
        if first is None or first.uid == talk.caller.uid:
            self._first, self._until = talk.caller, time.monotonic() + SECOND_WITHIN
            return "first"
        async with self._alone(talk, wait=True):
            await self._settled()  # a visit may have ended meanwhile
            wanted = Order(at=time.time(), who=(first.name, talk.caller.name))
            await asyncio.to_thread(order, self._app.state_folder, wanted)
            self._first = None
            self._app.leave_soon("restart", "factory-reset")
        return "begun"

    async def _settled(self) -> None:
        """Raises ConsoleError while something is owed to the ward or to a citizen."""
        store = database(self._app)

        def count() -> tuple[int, int]:
            facts = Fact.select().where(Fact.kind != OWN).count()
            return facts, RequestRow.select().where(RequestRow.step.in_(saga.OPEN)).count()

        facts, open_requests = await store.read(count)
        if facts:
            raise ConsoleError(
                Code.FAILED, f"{facts} facts wait for the ward: outbox show, then outbox flush"
            )
        if open_requests:
            raise ConsoleError(
                Code.FAILED, f"{open_requests} requests are not finished: register verify"
            )
