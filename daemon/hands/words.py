"""Looking procedures up."""

from __future__ import annotations

from daemon.kiosk import Hands, Reply
from daemon.machine import effects as fx
from daemon.machine.values import written
from daemon.services.procedures.service import Procedures


class Words:
    """Hands for the look-up."""

    def __init__(self, procedures: Procedures) -> None:
        self._procedures = procedures

    def register(self, hands: Hands) -> None:
        hands.on(fx.Search, self.search)
        hands.on(fx.Lookup, self.lookup)
        hands.on(fx.Browse, self.browse)

    async def search(self, effect: fx.Search, reply: Reply) -> None:
        reply(await self._procedures.search(effect.words))

    async def lookup(self, effect: fx.Lookup, reply: Reply) -> None:
        reply(await self._procedures.show(effect.code, written(effect.language)))

    def browse(self, effect: fx.Browse, reply: Reply) -> None:
        reply(self._procedures.browse(effect.by, effect.of, written(effect.language)))
