"""Commands through a real broker: who may, once only, refused with a name, answered."""

from __future__ import annotations

import asyncio
import subprocess
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from daemon.store import Store
from daemon.uplink import Uplink
from daemon.uplink.down import ledger
from daemon.uplink.down.acts import Acts, By, Done, Failed
from daemon.uplink.down.commands import answer
from daemon.uplink.down.specs import AckArgs, MaintenanceArgs
from tests.uplink.conftest import KIOSK, Broker, Ear, config
from tests.uplink.signing import ALL, City, publish, send
from tests.uplink.test_uplink import soon

KEYS = "wk/v1/city/down/keys"


class House:
    """A kiosk that writes down what it was told to do."""

    def __init__(self, broker: Broker, store: Store, city: City, **more: Any) -> None:
        self.did: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.trusted = True
        self.fails = ""
        self.uplink = Uplink(
            config(broker.port, command_root=str(city.root_file), **more),
            store,
            KIOSK,
            trusted=lambda: self.trusted,
        )
        self.store = store
        self.uplink.obey(
            Acts(
                acts={"maintenance": self.maintenance, "reboot": self.reboot},
                writes={"ack-alarm": self.ack},
            )
        )

    async def maintenance(self, args: MaintenanceArgs, by: By) -> Done:
        if self.fails:
            raise Failed(self.fails)
        self.did.append(f"maintenance {args.on} by {by.who}")
        await self.gate.wait()
        return Done(code="when_free", result={"for_s": args.for_s})

    async def reboot(self, args: Any, by: By) -> Done:
        self.did.append("reboot")
        return Done()

    def ack(self, args: AckArgs, by: By) -> Done:
        self.store.outbox.count("acked")
        if self.fails:
            raise Failed(self.fails)
        return Done()


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)


@pytest.fixture
async def house(broker: Broker, store: Store, city: City) -> AsyncIterator[House]:
    broker.start()
    publish(broker, KEYS, city.key_set(), "-r")
    house = House(broker, store, city)
    await house.uplink.start()
    commands = house.uplink.commands
    await soon(lambda: commands is not None and commands.keys.rev == 1)
    yield house
    await house.uplink.stop()


async def answers(ear: Ear, count: int, requester: str = "ops1") -> list[dict[str, Any]]:
    await soon(lambda: len(ear.on("res/" + requester)) >= count)
    return [one.json["data"] for one in ear.on("res/" + requester)]


async def refused(house: House, ear: Ear, count: int) -> dict[str, int]:
    """Reason → count, as it was told upward; waits for so many."""
    commands = house.uplink.commands
    assert commands is not None

    def told() -> dict[str, int]:
        found: dict[str, int] = {}
        for one in ear.on("event/command.refused"):
            data = one.json["data"]
            found[data["code"]] = found.get(data["code"], 0) + data["count"]
        return found

    commands._report_at = 0.0
    await commands.report()
    await soon(lambda: sum(told().values()) >= count)
    return told()


async def test_a_signed_command_is_done_once_and_answered(
    broker: Broker, house: House, city: City
) -> None:
    ear = broker.listen()
    token = city.command("maintenance", args={"on": True, "for_s": 600})
    send(broker, "maintenance", token)
    (told,) = await answers(ear, 1)
    assert (told["status"], told["code"], told["result"]) == ("done", "when_free", {"for_s": 600})
    assert told["text_vi"].startswith("Sẽ thực hiện")
    for _ in range(3):
        send(broker, "maintenance", token, "again")
    assert (await answers(ear, 3, "again")) == [told] * 3, "a repeat gets the same answer"
    assert house.did == ["maintenance True by operator-7"]
    await soon(lambda: ear.on("event/command.done"))
    assert ear.on("event/command.done")[0].json["data"] == {
        "command": "maintenance",
        "status": "done",
        "code": "when_free",
        "issuer": "ward-ops",
    }


async def test_a_replay_after_a_restart_changes_nothing(
    broker: Broker, house: House, city: City, store: Store
) -> None:
    ear = broker.listen()
    token = city.command("maintenance", args={"on": True})
    send(broker, "maintenance", token)
    await answers(ear, 1)
    await house.uplink.stop()
    again = House(broker, store, city)
    await again.uplink.start()
    await soon(lambda: len(ear.on("presence")) >= 2)
    send(broker, "maintenance", token, "later")
    await answers(ear, 1, "later")
    await again.uplink.stop()
    assert again.did == []


async def test_effect_and_id_are_one_transaction(
    broker: Broker, house: House, city: City, store: Store
) -> None:
    ear = broker.listen()
    house.fails = "absent"
    args = {"code": "jam", "inst": "page_printer"}
    token = city.command("ack-alarm", args=args)
    send(broker, "ack-alarm", token)
    assert (await answers(ear, 1))[0]["code"] == "absent"
    assert "acked" not in await store.read(store.outbox.counters), "rolled back"
    house.fails = ""
    send(broker, "ack-alarm", token)
    assert (await answers(ear, 2))[1]["status"] == "done"
    send(broker, "ack-alarm", token)
    await answers(ear, 3)
    assert (await store.read(store.outbox.counters))["acked"] == 1


async def test_long_work_says_running_then_its_end(
    broker: Broker, house: House, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.uplink.down.commands.ANSWER_AT_ONCE", 0.05)
    ear = broker.listen()
    house.gate.clear()
    token = city.command("maintenance", args={"on": False})
    send(broker, "maintenance", token)
    assert [one["status"] for one in await answers(ear, 1)] == ["running"]
    send(broker, "maintenance", token, "again")
    assert (await answers(ear, 1, "again"))[0]["code"] == "interrupted"
    house.gate.set()
    assert [one["status"] for one in await answers(ear, 2)] == ["running", "done"]
    assert len(house.did) == 1


NOW = int(time.time())
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("reboot", {}, "role"),
    ("maintenance", {"aud": "26824-k02"}, "audience"),
    ("maintenance", {"aud": "27154-all"}, "audience"),
    ("maintenance", {"iat": NOW - 600, "exp": NOW - 500}, "expired"),
    ("maintenance", {"iat": NOW + 3600, "exp": NOW + 3660}, "too_early"),
    ("maintenance", {"exp": NOW + 86400}, "too_long"),
    ("maintenance", {"args": {"on": "yes"}}, "arguments"),
    ("maintenance", {"args": {"on": True, "sudo": 1}}, "arguments"),
    ("maintenance", {"cmd": "ping"}, "topic"),
    ("shell", {}, "unknown"),
    ("maintenance", {"jti": "079099001234"}, "malformed"),
    ("maintenance", {"signer": "ward-view"}, "signature"),
    ("maintenance", {"role": "view"}, "role"),
    ("maintenance", {"nonce": "guessed"}, "nonce"),
]


@pytest.mark.parametrize(("name", "claims", "code"), WRONG)
async def test_what_is_wrong_is_refused_by_name(
    broker: Broker, house: House, city: City, name: str, claims: dict[str, Any], code: str
) -> None:
    ear = broker.listen()
    args: dict[str, Any] = {"args": {"on": True}}
    if name == "reboot":
        args = {"args": {"reason": "because"}}
    send(broker, name, city.command(name, **(args | claims)))
    (told,) = await answers(ear, 1)
    assert told["code"] == code
    assert told["status"] == ("expired" if code == "expired" else "rejected")
    assert (told["re"] is None) == (code in ("signature", "malformed"))
    assert house.did == []
    assert await refused(house, ear, 1) == {code: 1}


@pytest.mark.parametrize(
    ("kid", "code"), [("other-ward", "ward"), ("nobody", "key_unknown"), ("ward-view", "role")]
)
async def test_a_key_may_no_more_than_the_set_says(
    broker: Broker, house: House, city: City, kid: str, code: str
) -> None:
    ear = broker.listen()
    signer = kid if kid in city.keys else "ward-ops"
    token = city.command("maintenance", kid, args={"on": True}, signer=signer)
    send(broker, "maintenance", token)
    assert (await answers(ear, 1))[0]["code"] == code
    assert house.did == []


async def test_a_retained_command_is_never_obeyed(
    broker: Broker, house: House, city: City, store: Store
) -> None:
    ear = broker.listen()
    token = city.command("maintenance", args={"on": True})
    publish(broker, f"wk/v1/26824/{KIOSK}/down/cmd/maintenance", token, "-r")
    assert await refused(house, ear, 1) == {"retained": 1}
    await house.uplink.stop()
    again = House(broker, store, city)
    await again.uplink.start()
    await soon(lambda: len(ear.on("presence")) >= 2)
    send(broker, "ping", city.command("ping"))
    await answers(ear, 1)
    await again.uplink.stop()
    assert house.did == again.did == []


async def test_the_whole_ward_is_told_at_once(broker: Broker, house: House, city: City) -> None:
    ear = broker.listen()
    send(
        broker, "maintenance", city.command("maintenance", aud=ALL, args={"on": True}), where="all"
    )
    await answers(ear, 1)
    assert len(house.did) == 1


async def test_an_answer_goes_nowhere_but_below_the_kiosks_own_topic(
    broker: Broker, house: House, city: City
) -> None:
    ear = broker.listen()
    places = (
        "wk/v1/26824/26824-k02/up/state",
        f"wk/v1/26824/{KIOSK}/up/state",
        f"wk/v1/26824/{KIOSK}/up/res/../state",
        f"wk/v1/26824/{KIOSK}/up/res/",
        "wk/v1/city/down/keys",
    )
    for place in places:
        topic = f"wk/v1/26824/{KIOSK}/down/cmd/ping"
        publish(broker, topic, city.command("ping"), "-D", "publish", "response-topic", place)
    send(broker, "ping", city.command("ping"), "good")
    await answers(ear, 1, "good")
    assert await refused(house, ear, len(places)) == {"response_topic": len(places)}
    assert [one for one in ear.heard if one.topic in places and b'"re"' in one.body] == []


async def test_without_a_believed_clock_only_a_nonce_opens(
    broker: Broker, house: House, city: City
) -> None:
    ear = broker.listen()
    house.trusted = False
    old = {"iat": 1_000_000, "exp": 1_000_060, "args": {"on": True}}
    send(broker, "maintenance", city.command("maintenance", **old))
    assert (await answers(ear, 1))[0]["code"] == "clock"
    send(broker, "challenge", city.command("challenge", iat=5, exp=6), "ask")
    nonce = (await answers(ear, 1, "ask"))[0]["result"]["nonce"]
    for _ in range(2):
        token = city.command("maintenance", nonce=nonce, **(old | {"jti": str(uuid.uuid4())}))
        send(broker, "maintenance", token, "nonce")
    codes = {one["code"] for one in await answers(ear, 2, "nonce")}
    assert codes == {"when_free", "nonce"}, "good once"
    assert len(house.did) == 1


async def test_a_flood_is_cut_short_and_its_report_is_short(
    broker: Broker, house: House, city: City
) -> None:
    ear = broker.listen()
    lines = "\n".join(city.command("ping") for _ in range(150)).encode()
    await asyncio.to_thread(
        subprocess.run,
        [
            *("mosquitto_pub", "-V", "5", "-p", str(broker.port), "-q", "1", "-l"),
            *("-t", f"wk/v1/26824/{KIOSK}/down/cmd/ping"),
            *("-D", "publish", "response-topic", f"wk/v1/26824/{KIOSK}/up/res/flood"),
        ],
        input=lines,
        check=True,
    )
    await soon(lambda: len(ear.on("res/flood")) + dropped(house, ear) >= 150)
    done = [one for one in ear.on("res/flood") if one.json["data"]["status"] == "done"]
    assert 20 <= len(done) < 60
    assert len(ear.on("event/command.refused")) <= 2


def dropped(house: House, ear: Ear) -> int:
    """Those that nobody looked at: counted, waiting to be told or told already."""
    waiting = house.uplink.commands.refusals._counts.get("rate", (0, ""))[0]
    told = sum(
        one.json["data"]["count"]
        for one in ear.on("event/command.refused")
        if one.json["data"]["code"] == "rate"
    )
    answered = sum(one.json["data"]["code"] == "rate" for one in ear.on("res/flood"))
    return int(waiting + told - answered)


async def test_only_a_newer_set_signed_by_the_root_is_taken(
    broker: Broker, house: House, city: City
) -> None:
    ear = broker.listen()
    commands = house.uplink.commands
    assert commands is not None
    publish(broker, KEYS, city.key_set(9, signer=city.keys["city-admin"]), "-r")
    await soon(lambda: commands.refusals._counts.get("signature") or ear.on("event/"))
    assert commands.keys.rev == 1
    city.set = [one for one in city.set if one["kid"] != "ward-ops"]
    publish(broker, KEYS, city.key_set(3), "-r")
    await soon(lambda: commands.keys.rev == 3)
    publish(broker, KEYS, city.key_set(2), "-r")
    send(broker, "ping", city.command("ping"))
    assert (await answers(ear, 1))[0]["code"] == "key_unknown", "withdrawn"
    assert commands.keys.rev == 3
    await soon(
        lambda: ear.on("reported")[-1:] and ear.on("reported")[-1].json["data"]["keys_rev"] == 3
    )


async def test_keys_survive_a_start_without_the_broker(
    house: House, store: Store, city: City, broker: Broker
) -> None:
    await house.uplink.stop()
    again = House(broker, store, city)
    commands = again.uplink.commands
    assert commands is not None
    await commands.keys.load(store)
    assert commands.keys.rev == 1 and commands.keys.key("ward-ops") is not None


def test_ids_are_forgotten_five_minutes_after_they_expired(store: Store) -> None:
    jti, other = str(uuid.uuid4()), str(uuid.uuid4())
    told = answer(jti, "done", "ok")
    store.write_now(lambda: ledger.begin(jti, "ping", told, 1000.0, 1060.0))
    store.write_now(lambda: ledger.begin(other, "ping", told, 1350.0, 1360.0))
    assert store.read_now(lambda: ledger.known(jti)) == told
    store.write_now(lambda: ledger.begin(str(uuid.uuid4()), "ping", told, 1361.0, 1400.0))
    assert store.read_now(lambda: ledger.known(jti)) is None
