"""The signed list of cancelled copies goes upward by itself."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daemon.register import cancelled, officer
from daemon.register.register import Register
from daemon.register.weekly import LIST
from daemon.store import Store
from daemon.store.models.outbox import Fact
from daemon.store.models.register import EntryRow
from daemon.uplink.gateway import pump
from tests.register.fast import FastPki
from tests.register.made import DEGREE, Clock, Request

START = dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC)


@pytest.fixture
async def kiosk(quick: FastPki, tmp_path: Path) -> AsyncIterator[tuple[Register, Store, Clock]]:
    store, clock = Store.open(tmp_path / "ward.db"), Clock(START)
    register = Register(quick.settings(), store, clock=clock, keys=quick.keys)
    yield register, store, clock
    await register.close()
    await store.close()


async def lists(store: Store) -> list[dict[str, Any]]:
    def read() -> list[dict[str, Any]]:
        found = [fact for fact in Fact.select().order_by(Fact.id) if fact.kind == LIST]
        return [msgspec.json.decode(bytes(fact.payload)) for fact in found]

    return await store.read(read)


async def test_a_list_every_week_and_after_each_cancellation(
    kiosk: tuple[Register, Store, Clock], quick: FastPki
) -> None:
    register, store, clock = kiosk
    assert await register.publish_list(), "an empty list is a list too"
    assert not await register.publish_list()
    sealed = await Request(DEGREE).sealed(register)
    clock.on(days=1)
    assert not await register.publish_list()

    def by_decision() -> None:
        entry = EntryRow.get()
        officer.cancel(store.outbox, entry, "1/QĐ", clock().date(), clock().timestamp())

    await store.write(by_decision)
    assert await register.publish_list()
    clock.on(days=6, hours=23)
    assert not await register.publish_list()
    clock.on(hours=1)
    assert await register.publish_list()

    empty, named, again = await lists(store)
    copy = sealed.copies[0]
    authority = await quick.keys.certificate("authority")
    for fact, volumes in (
        (empty, {}),
        *((one, {copy.volume: (copy.number,)}) for one in (named, again)),
    ):
        content, message = cancelled.read(base64.b64decode(fact["file"]))
        assert content.volumes == volumes and fact["numbers"] == len(volumes)
        assert message.holds(authority.public_key())
        assert content.key.hex() == fact["key"]
        assert (content.made, content.next) == (fact["made"], fact["made"] + 14 * 86400)


async def test_a_clock_set_back_is_no_reason_to_wait(
    kiosk: tuple[Register, Store, Clock],
) -> None:
    """A list that was made in the future proves nothing today."""
    register, store, clock = kiosk
    clock.on(days=300)
    assert await register.publish_list()
    clock.on(days=-300)
    assert await register.publish_list()
    assert len(await lists(store)) == 2


def test_the_gateway_carries_it() -> None:
    assert LIST in pump.KINDS
