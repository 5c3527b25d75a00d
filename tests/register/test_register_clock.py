"""Register numbers when the machine's clock jumps: none twice, none left out, the chain whole."""

from __future__ import annotations

import datetime as dt

import pytest

from daemon.register import audit
from daemon.register.errors import ClockUntrusted
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from daemon.store.models.register import EntryRow
from tests.register.made import DEGREE, Clock, Request

NEW_YEAR = dt.datetime(2027, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=7)))


async def numbers(store: Store) -> list[tuple[int, int]]:
    return await store.read(
        lambda: [(one.year, one.number) for one in EntryRow.select().order_by(EntryRow.id)]
    )


@pytest.mark.parametrize("away", [1, 365], ids=["a day ahead", "a year ahead"])
async def test_register_numbers_never_repeat(
    settings: RegisterSettings, store: Store, away: int
) -> None:
    """After a clock that was ahead, nothing is certified until its time has come again."""
    clock = Clock(NEW_YEAR - dt.timedelta(minutes=5))
    register = Register(settings, store, clock=clock)
    await Request(DEGREE).sealed(register)
    clock.on(days=away)
    await Request(DEGREE).sealed(register)
    clock.on(days=-away)
    with pytest.raises(ClockUntrusted):
        await Request(DEGREE).accepted(register)
    clock.on(days=away, minutes=1)
    await Request(DEGREE).sealed(register)
    await register.close()
    assert await numbers(store) == [(2026, 1), (2027, 1), (2027, 2)]
    assert (await store.read(audit.audit)).findings == ()


async def test_a_day_back_takes_no_number(settings: RegisterSettings, store: Store) -> None:
    clock = Clock(NEW_YEAR + dt.timedelta(minutes=5))
    register = Register(settings, store, clock=clock)
    await Request(DEGREE).sealed(register)
    clock.on(days=-1)
    with pytest.raises(ClockUntrusted):
        await Request(DEGREE).accepted(register)
    clock.on(days=1, minutes=1)
    await Request(DEGREE).sealed(register)
    await register.close()
    assert await numbers(store) == [(2027, 1), (2027, 2)]
