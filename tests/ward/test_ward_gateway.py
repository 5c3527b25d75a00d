"""The gateway's client against a real server: mutual TLS, lost answers, and what ends how."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path

import msgspec
import pytest
import yaml
from msgspec.structs import replace

from daemon.store import Store
from daemon.uplink.gateway import Gateway, GatewayConfig, GatewayDown, GatewayRefused, messages
from daemon.uplink.gateway.messages import NumbersWanted, PaymentNotice
from daemon.uplink.gateway.notices import Notices
from daemon.uplink.gateway.pump import Pump
from tests.ward.certificates import Certificates
from tests.ward.server import Fault, WardServer

WANTED = NumbersWanted("demo", "SCT/BS", "2026-01-06", 2)
DESCRIPTION = Path(__file__).parents[2] / "docs" / "gateway.yaml"


async def test_numbers_go_on_where_the_counter_stopped(ward: WardServer, gateway: Gateway) -> None:
    assert ward.book.counter("SCT/BS", 2026) == 1
    given = await gateway.numbers("r.1", WANTED)
    assert [(one.number, one.label, one.volume) for one in given] == [
        (2, "0002", "01/2026-SCT/BS"),
        (3, "0003", "01/2026-SCT/BS"),
    ]
    assert ward.book.counter("SCT/BS", 2026) == 4


async def test_many_questions_at_once_share_one_session(
    ward: WardServer, gateway: Gateway, recwarn: pytest.WarningsRecorder
) -> None:
    gc.collect()  # what tests before this one left is not this one's
    recwarn.clear()
    asked = [gateway.numbers(f"r{each}.1", WANTED) for each in range(8)]
    given = await asyncio.gather(*asked)
    numbers = sorted(one.number for each in given for one in each)
    assert numbers == list(range(1, 17))
    await gateway.close()
    gc.collect()
    assert not [one for one in recwarn if issubclass(one.category, ResourceWarning)]


async def test_a_lost_answer_is_the_same_numbers_again(ward: WardServer, gateway: Gateway) -> None:
    ward.fault = "lost_answer"
    with pytest.raises(GatewayDown):
        await gateway.numbers("r.1", WANTED)
    ward.fault = ""
    given = await gateway.numbers("r.1", WANTED)
    assert [one.number for one in given] == [1, 2]
    assert len(ward.book.lines[("SCT/BS", 2026)]) == 2


@pytest.mark.parametrize("fault", ["down", "nonsense", "silent"])
async def test_what_was_not_answered_is_down(
    ward: WardServer, config: GatewayConfig, fault: Fault
) -> None:
    gateway = Gateway(replace(config, timeout=0.3))
    ward.fault = fault
    with pytest.raises(GatewayDown):
        await gateway.numbers("r.1", WANTED)
    ward.awake.set()
    await gateway.close()


async def test_refusals_have_their_code(ward: WardServer, gateway: Gateway) -> None:
    ward.book.locked.add(2025)
    with pytest.raises(GatewayRefused) as refused:
        await gateway.numbers("r.1", replace(WANTED, day="2025-12-31"))
    assert (refused.value.status, refused.value.code) == (409, "year_locked")
    with pytest.raises(GatewayRefused) as refused:
        await gateway.numbers("r.2", replace(WANTED, authority="another"))
    assert (refused.value.status, refused.value.code) == (404, "no_such_book")


async def test_a_closed_order_voids_what_it_held_and_is_spent(
    ward: WardServer, gateway: Gateway
) -> None:
    await gateway.numbers("r.1", WANTED)
    await gateway.close_order("r.1", "power")
    await gateway.close_order("r.1", "power")  # said twice is said once
    lines = ward.book.lines[("SCT/BS", 2026)]
    assert [(line.state, line.note) for line in lines] == [("voided", "power")] * 2
    with pytest.raises(GatewayRefused, match="410"):
        await gateway.numbers("r.1", WANTED)
    # closed before the question arrives: the late question gets nothing
    await gateway.close_order("r.2", "power")
    with pytest.raises(GatewayRefused, match="410"):
        await gateway.numbers("r.2", WANTED)
    assert len(lines) == 2


async def test_only_a_known_kiosk_is_answered(
    ward: WardServer, config: GatewayConfig, papers: Certificates
) -> None:
    gateway = Gateway(replace(config, certificate=papers.stranger, key=papers.stranger_key))
    with pytest.raises(GatewayDown):
        await gateway.book("demo", "SCT/BS")
    await gateway.close()
    assert ward.asked == []


async def test_only_the_wards_gateway_is_believed(
    config: GatewayConfig, papers: Certificates
) -> None:
    gateway = Gateway(replace(config, ca=papers.stranger))
    with pytest.raises(GatewayDown, match=r"Certificate|SSL"):
        await gateway.book("demo", "SCT/BS")
    await gateway.close()


# -- facts ------------------------------------------------------------------------------------


async def test_a_sealed_name_is_erased_only_after_the_wards_word(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    pump = Pump(config, gateway, store)
    fact = await store.write(lambda: store.outbox.append_sealed("sealed/name", b"CMS of a name"))
    faults: tuple[Fault, ...] = ("down", "lost_answer", "wrong_ack", "nonsense")
    for fault in faults:
        ward.fault = fault
        with pytest.raises(GatewayDown):
            await pump.once()
        assert await store.read(store.outbox.depth) == 1
    ward.fault = ""
    await pump.once()
    assert await store.read(store.outbox.depth) == 0
    assert ward.book.facts == {fact: ("sealed/name", b"CMS of a name")}
    await store.close()
    for path in store.path.parent.iterdir():
        assert b"CMS of a name" not in path.read_bytes()


async def test_what_is_not_the_gateways_stays(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    await store.write(lambda: store.outbox.append("event/session.closed", {"flow": "copy"}))
    await Pump(config, gateway, store).once()
    assert await store.read(store.outbox.depth) == 1
    assert ward.asked == []


async def test_one_refused_fact_does_not_hold_up_the_others(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    line = {"sign": "SCT/BS", "year": 2026, "number": 9, "source": "ward"}
    await store.write(
        lambda: store.outbox.append("event/register.entry", {"line": line, "event": "reserved"})
    )
    await store.write(lambda: store.outbox.append_sealed("sealed/name", b"CMS of a name"))
    pump = Pump(config, gateway, store)
    await pump.once()
    await pump.once()
    assert await store.read(store.outbox.depth) == 1
    assert ward.book.of_kind("sealed/name") == [b"CMS of a name"]
    assert len([one for one in ward.asked if one.startswith("PUT")]) == 2  # refused, not repeated


# -- money ------------------------------------------------------------------------------------


async def test_notices_come_once_in_order_and_again_after_a_crash(
    ward: WardServer, gateway: Gateway, config: GatewayConfig, store: Store
) -> None:
    seen: list[str] = []

    async def took(notice: PaymentNotice) -> None:
        if notice.reference == "T2" and "T2" not in seen:
            seen.append("T2")
            raise GatewayDown("killed between dealing with it and saying so")
        seen.append(notice.reference)

    listen = Notices(config, gateway, store, took)
    assert await listen.once() == 0
    for reference in ("T1", "T2", "T3"):
        ward.book.notice("transfer", reference, "SYABCDEFGH", 6000)
    with pytest.raises(GatewayDown):
        await listen.once()
    assert await Notices(config, gateway, store, took).once() == 2
    assert seen == ["T1", "T2", "T2", "T3"]
    assert await listen.once() == 0


async def test_a_notice_wakes_who_listens(
    ward: WardServer, config: GatewayConfig, store: Store
) -> None:
    seen = asyncio.Event()

    async def took(notice: PaymentNotice) -> None:
        seen.set()

    gateway = Gateway(replace(config, wait=30.0))
    task = asyncio.create_task(Notices(config, gateway, store, took).run())
    await asyncio.wait_for(ward.was_asked.wait(), 10)
    ward.book.notice("transfer", "T1", "SYABCDEFGH", 6000)
    await asyncio.wait_for(seen.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await gateway.close()


# -- the description --------------------------------------------------------------------------

TYPES = (
    messages.NumbersWanted,
    messages.NumberGiven,
    messages.NumbersGiven,
    messages.OrderClosed,
    messages.BookState,
    messages.Acknowledged,
    messages.Manifest,
    messages.StoreState,
    messages.LinkWanted,
    messages.PaymentNotice,
    messages.PaymentNotices,
    messages.BlockWanted,
    messages.BlockGiven,
    messages.QueueTold,
    messages.QueueFeed,
    messages.QueueWanted,
)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_the_description_says_what_the_code_does(kind: type[msgspec.Struct]) -> None:
    described = yaml.safe_load(DESCRIPTION.read_text("utf-8"))["components"]["schemas"]
    told = described[kind.__name__]
    _, found = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    made = found[kind.__name__]
    assert set(told["properties"]) == set(made["properties"])
    assert set(told.get("required", ())) == set(made.get("required", ()))
    for name, schema in made["properties"].items():
        for word in ("type", "enum", "minimum"):
            said = told["properties"][name].get(word)
            assert (set(said) if word == "enum" and said else said) == (
                set(schema[word]) if word == "enum" and word in schema else schema.get(word)
            ), f"{kind.__name__}.{name}: {word}"


def test_every_door_of_the_server_is_described(ward: WardServer) -> None:
    described = yaml.safe_load(DESCRIPTION.read_text("utf-8"))
    assert described["openapi"].startswith("3.1")
    doors = {
        (method.upper(), path)
        for path, item in described["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert doors == set(ward.doors())
