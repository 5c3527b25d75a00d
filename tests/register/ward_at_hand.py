"""The ward's book without a network, with its faults: for what is not about the line."""

from __future__ import annotations

from daemon.register.errors import NumbersUnavailable, YearLocked
from daemon.register.source import Numbered, NumberOrder
from daemon.uplink.gateway import GatewayDown, GatewayRefused
from daemon.uplink.gateway.messages import NumbersWanted
from tests.ward.book import Book, Refused


class WardAtHand:
    """The ward's book without a network, with its faults: gateway and number source in one."""

    def __init__(self) -> None:
        self.book = Book(digits=2)
        self.down = False
        self.loses_answers = False

    async def take(self, order: NumberOrder) -> tuple[Numbered, ...]:
        if self.down:
            raise NumbersUnavailable("offline")
        try:
            given = self.book.take(
                order.key, NumbersWanted(order.authority, order.sign, order.day, order.count)
            )
        except Refused as error:
            raise YearLocked(error.code) from error
        if self.loses_answers:
            raise NumbersUnavailable("the answer was lost")
        return tuple(Numbered(one.number, one.label, one.volume) for one in given)

    async def ready(self, authority: str, signs: tuple[str, ...]) -> None:
        if self.down:
            raise NumbersUnavailable("offline")

    async def tell(self, fact: str, kind: str, payload: bytes, *, sealed: bool) -> None:
        self._reached()
        try:
            self.book.told(fact, kind, payload)
        except Refused as error:
            raise GatewayRefused(error.status, error.code) from error

    async def close_order(self, key: str, reason: str) -> None:
        self._reached()
        self.book.close(key, reason)

    def _reached(self) -> None:
        if self.down:
            raise GatewayDown("offline")
