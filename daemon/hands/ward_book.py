"""The ward's book as the register asks it: the gateway's answers in the register's words."""

from __future__ import annotations

from collections.abc import Callable

from daemon.register.errors import BadNumbers, NumbersUnavailable, YearLocked
from daemon.register.source import Numbered, NumberOrder
from daemon.uplink.gateway import Gateway, GatewayDown, GatewayRefused
from daemon.uplink.gateway.messages import NumbersWanted


class WardBook:
    """A `NumberSource` over the gateway."""

    def __init__(self, gateway: Gateway, lost: Callable[[str], None] = lambda code: None) -> None:
        """`lost(code)` is told at once when no numbers can be had: the home menu says so."""
        self._gateway = gateway
        self._lost = lost

    async def take(self, order: NumberOrder) -> tuple[Numbered, ...]:
        wanted = NumbersWanted(order.authority, order.sign, order.day, order.count)
        try:
            given = await self._gateway.numbers(order.key, wanted)
        except GatewayDown as error:
            self._lost(NumbersUnavailable.code)
            raise NumbersUnavailable(f"{error}; no number, no certification") from error
        except GatewayRefused as error:
            if error.code == YearLocked.code:
                raise YearLocked(
                    f"gateway: the ward's {order.sign} of this year is locked"
                ) from error
            raise BadNumbers(f"{error}; ask the ward why its book gives none") from error
        return tuple(Numbered(one.number, one.label, one.volume) for one in given)

    async def ready(self, authority: str, signs: tuple[str, ...]) -> None:
        for sign in signs:
            try:
                open_ = await self._gateway.book(authority, sign)
            except GatewayDown as error:
                raise NumbersUnavailable(str(error)) from error
            except GatewayRefused as error:
                raise NumbersUnavailable(f"{error}; compare register.authority_id") from error
            if not open_:
                raise NumbersUnavailable(f"gateway: the ward's book {sign} is not open")
