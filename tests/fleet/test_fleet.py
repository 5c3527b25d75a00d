"""A fleet at one broker: back after its restart, one that floods, wrong clocks, odd deliveries."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.fleet.conftest import FLEET_WAIT, City, Fleet, Listener
from tests.fleet.kiosks import name
from tests.uplink.conftest import until
from tests.uplink.seen import Seen

Make = Callable[..., Fleet]


@pytest.mark.parametrize(
    ("count", "papers"),
    [
        pytest.param(20, 0, id="20"),
        pytest.param(20, 20, id="20 tls"),
        pytest.param(1000, 0, id="1000", marks=pytest.mark.long),
        # All processes of the fleet and the broker share this machine's cores for the handshakes.
        pytest.param(300, 300, id="300 tls", marks=pytest.mark.long),
    ],
    indirect=["papers"],
)
def test_all_come_back_after_a_restart_and_nothing_is_lost(
    city: City, listener: Listener, fleet: Make, count: int
) -> None:
    kiosks = fleet(count)
    kept = kiosks.order("facts 2")["kept"]
    before = city.per_second()
    city.end()
    kept += kiosks.order("facts 3")["kept"]
    city.start()
    until(kiosks.all_up, FLEET_WAIT)
    until(kiosks.drained, FLEET_WAIT)
    until(lambda: listener.facts() == kept, FLEET_WAIT)
    after = city.per_second() - before
    assert city.came_back() >= {name(number) for number in range(count)}
    if city.papers is None:
        assert after.total() == count, "each was taken once, none flapped"
    print(
        f"{count} kiosks{' with TLS' if city.papers else ''}: {max(after.values())}/s at most,"
        f" within {max(after) - min(after) + 1} s"
    )
    if count >= 300:
        # How far they are spread by design is held by test_backoff.py: a machine that is too busy
        # to take a line when it is dialled takes several of them later at once.
        assert max(after.values()) < count
    for number in range(count):
        seen = listener.seen(name(number))
        assert len(seen.facts) == 5
        assert seen.disorder == []
        assert seen.online


def test_one_that_floods_keeps_no_other_from_being_heard(listener: Listener, fleet: Make) -> None:
    others = fleet(10)
    flooding = fleet(1, first=99)
    flood = flooding.order("facts 5000")["kept"]
    others.order("facts 3")
    until(lambda: listener.facts() == flood + 30, FLEET_WAIT)
    above = f"/{name(99)}/up/event/"
    events = [one.topic for one in listener.heard if "/up/event/" in one.topic]
    last = max(at for at, topic in enumerate(events) if above not in topic)
    assert any(above in topic for topic in events[last:]), "they were heard amid the flood"
    assert listener.seen(name(99)).disorder == []


def test_a_wrong_clock_changes_neither_order_nor_what_stands(
    listener: Listener, fleet: Make
) -> None:
    for skew in (7200.0, -86400.0):
        kiosks = fleet(3, skew=skew)
        kiosks.order("facts 4")
        until(kiosks.drained)
        kiosks.leave()
    until(lambda: listener.facts() == 24)
    for number in range(3):
        seen = listener.seen(name(number))
        facts = list(seen.facts.values())
        assert seen.disorder == []
        assert [fact["boot"] for fact in facts] == [1] * 4 + [2] * 4
        assert facts[0]["at"] > facts[-1]["at"], "by its time the second start came first"
        assert not seen.online


def test_deliveries_repeated_and_out_of_order_tell_the_same(
    listener: Listener, fleet: Make
) -> None:
    kiosks = fleet(3)
    kiosks.order("facts 20")
    until(lambda: listener.facts() == 60)
    kiosks.leave()
    for number in range(3):
        right = listener.seen(name(number))
        odd = listener.of(name(number)) * 2
        random.Random(number).shuffle(odd)
        wrong = Seen().fold(odd)
        assert wrong.facts.keys() == right.facts.keys()
        assert wrong.stands == right.stands
        order = sorted(wrong.facts.values(), key=lambda fact: (fact["boot"], fact["seq"]))
        assert [fact["id"] for fact in order] == list(right.facts)
