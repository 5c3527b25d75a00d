"""A receiver who found a gap asks, and hears the same messages again, to the last byte."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from daemon.store import Store
from daemon.store.models.uplink import SentRow
from daemon.uplink import Uplink, republish
from daemon.uplink.down.acts import Acts
from tests.uplink.conftest import KIOSK, Broker, Ear, Heard, config
from tests.uplink.signing import City, publish, send
from tests.uplink.test_uplink import DOOR, depth, soon


class Scene:
    def __init__(self, broker: Broker, store: Store, city: City) -> None:
        self.broker, self.store, self.city = broker, store, city
        self.ear: Ear = broker.listen()
        self.uplink = Uplink(
            config(broker.port, command_root=str(city.root_file)),
            store,
            KIOSK,
            seal=lambda plain: b"sealed" + plain,
            trusted=lambda: True,
        )
        self.uplink.obey(Acts())

    async def start(self) -> None:
        await self.uplink.start()
        commands = self.uplink.commands
        await soon(lambda: commands is not None and commands.keys.rev > 0)

    async def facts(self, count: int) -> None:
        def write() -> None:
            for _ in range(count):
                self.uplink.append(DOOR)

        await self.store.write(write)
        await depth(self.store)

    async def ask(self, **args: int) -> dict[str, Any]:
        before = len(self.ear.on("res/ops1"))
        send(self.broker, "republish", self.city.command("republish", args=args))
        await soon(lambda: len(self.ear.on("res/ops1")) > before)
        told: dict[str, Any] = self.ear.on("res/ops1")[-1].json["data"]
        return told

    def doors(self) -> list[Heard]:
        return self.ear.on("event/door.opened")


@pytest.fixture
async def scene(broker: Broker, store: Store, tmp_path: Path) -> AsyncIterator[Scene]:
    broker.start()
    city = City(tmp_path)
    publish(broker, "wk/v1/city/down/keys", city.key_set(), "-r")
    scene = Scene(broker, store, city)
    await scene.start()
    yield scene
    await scene.uplink.stop()


async def test_the_same_bytes_come_again_from_there_on(scene: Scene) -> None:
    await scene.facts(230)
    await soon(lambda: len(scene.doors()) == 230)
    first = [one.body for one in scene.doors()]
    boot, seq = scene.doors()[20].json["boot"], scene.doors()[20].json["seq"]
    again: list[bytes] = []
    told = {"more": True, "boot": boot, "seq": seq}
    while told["more"]:
        told = (await scene.ask(boot=told["boot"], seq=told["seq"]))["result"]
        again += first[20 + len(again) :][: told["sent"]]
        count = 230 + len(again)
        await soon(lambda count=count: len(scene.doors()) == count)
        assert told["sent"] <= republish.AT_ONCE
    assert [one.body for one in scene.doors()[230:]] == first[20:]


async def test_across_a_start_of_the_kiosk(scene: Scene) -> None:
    await scene.facts(3)
    await soon(lambda: len(scene.doors()) == 3)
    await scene.uplink.stop()
    again = Scene(scene.broker, scene.store, scene.city)
    await again.start()
    await again.facts(2)
    assert (await again.ask(boot=0))["result"] == {"sent": 5, "more": False}
    await soon(lambda: len(again.doors()) == 7)
    bodies = [one.body for one in scene.doors()]
    assert bodies[:5] == bodies[5:]
    await again.uplink.stop()


async def test_neither_what_is_sealed_nor_an_alarm_is_kept(scene: Scene, store: Store) -> None:
    await store.write(lambda: store.outbox.append_sealed("sealed/request", bytes(1000)))
    scene.uplink.alarms.book.set("jam", "page_printer", True)
    await scene.uplink.alarms.keep()
    await scene.facts(1)
    kinds = await store.read(lambda: [row.kind for row in SentRow.select()])
    assert kinds == ["event/door.opened"]
    told = await scene.ask(boot=0)
    assert told["result"] == {"sent": 1, "more": False}


async def test_only_the_newest_are_kept(
    scene: Scene, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(republish, "KEEPS", 50)
    await scene.facts(300)
    seqs = await store.read(lambda: sorted(row.seq for row in SentRow.select()))
    assert len(seqs) == 50
    assert seqs == list(range(seqs[0], seqs[0] + 50))


async def test_what_is_asked_wrongly_is_refused(scene: Scene) -> None:
    assert (await scene.ask(boot=-1))["code"] == "arguments"
    assert (await scene.ask(seq=1))["code"] == "arguments"
    assert (await scene.ask(boot=99))["result"] == {"sent": 0, "more": False}
