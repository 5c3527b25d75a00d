"""Sums of a day, and what is only counted while too many facts wait."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from daemon.store import Store
from daemon.store.models.visits import Daily
from daemon.store.outbox import today
from daemon.uplink import OfficerCalled, TicketIssued, Uplink, UplinkConfig, reports
from daemon.uplink.payloads import DayTotals, ReportsMerged
from tests.uplink.conftest import KIOSK
from tests.uplink.test_uplink import STAMP, visit

GROUPS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 30), max_size=8)


@given(GROUPS)
def test_no_small_group_can_be_told_apart(values: dict[str, int]) -> None:
    merged = reports.few_together(values)
    assert all(count >= 5 for count in merged.values())
    if merged:
        assert sum(merged.values()) == sum(values.values())
        if "few" in merged:
            gone = [count for name, count in values.items() if name not in merged]
            assert merged["few"] == sum(gone)
        else:
            assert merged == values
    else:
        assert sum(values.values()) < 5


def test_the_totals_of_a_day() -> None:
    told = reports.totals(
        "2026-11-24",
        {"sessions": 20, "tickets": 3, "outcome.done": 17, "outcome.power": 3, "looks": 99}
        | {"rating.5": 2, "language.vi": 15, "language.en": 5},
    )
    assert (told.sessions, told.tickets) == (20, 3)
    assert told.families == {"outcome": {"few": 20}, "language": {"vi": 15, "en": 5}}


async def test_a_past_day_is_told_once(store: Store) -> None:
    def yesterday() -> None:
        for name, value in (("sessions", 9), ("outcome.done", 9)):
            Daily.insert(day=today(-1), name=name, value=value).execute()

    await store.write(yesterday)
    for _ in range(3):
        await store.write(lambda: reports.tell_totals(store))
    kept = await store.read(lambda: store.outbox.waiting(9e9))
    assert [one.kind for one in kept] == ["event/day.totals"]
    told = msgspec.json.decode(bytes(kept[0].payload), type=DayTotals)
    assert (told.day, told.families) == (today(-1), {"outcome": {"done": 9}})


async def test_what_was_only_counted_is_said_once_there_is_room(store: Store) -> None:
    uplink = Uplink(UplinkConfig(keep_reports=100), store, KIOSK)
    for _ in range(103):
        await uplink.event(visit())
    for _ in range(4):
        await uplink.event(TicketIssued(service="x", priority=False, hour="2026-11-25T08+07:00"))
    for active in (True, False, True):
        await uplink.event(OfficerCalled(reason="help", active=active, when=STAMP))
    calls = [
        one
        for one in await store.read(lambda: store.outbox.waiting(9e9, 1000))
        if one.kind == "event/officer.called"
    ]
    assert len(calls) == 1 and b'"active":true' in bytes(calls[0].payload)
    await store.write(lambda: reports.tell_merged(store, 100))
    assert await store.read(store.outbox.depth) == 101, "there is no room yet"
    await store.write(lambda: store.outbox.recall_all("event/session.closed"))
    for _ in range(2):
        await store.write(lambda: reports.tell_merged(store, 100))
    told = {
        one.kind: one
        for one in [
            msgspec.json.decode(bytes(fact.payload), type=ReportsMerged)
            for fact in await store.read(lambda: store.outbox.waiting(9e9))
            if fact.kind == "event/reports.merged"
        ]
    }
    assert {kind: one.count for kind, one in told.items()} == {
        "session.closed": 3,
        "ticket.issued": 4,
        "officer.called": 2,
    }
