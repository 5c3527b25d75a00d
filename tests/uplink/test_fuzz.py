"""Nothing that is malformed, forged, stale, foreign or too large changes anything."""

from __future__ import annotations

import base64
import json
import random
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OctKey, OKPKey

from daemon.store import Store
from daemon.uplink import topics
from daemon.uplink.down.acts import Acts, By, Done
from daemon.uplink.down.commands import Commands
from daemon.uplink.down.payloads import Answer
from daemon.uplink.down.specs import SPECS
from daemon.uplink.line import Incoming
from tests.uplink.conftest import KIOSK
from tests.uplink.signing import City
from tests.uplink.test_no_person import MARKS

PLACE = f"wk/v1/26824/{KIOSK}/"
GOOD: dict[str, dict[str, Any]] = {
    "maintenance": {"on": True},
    "ack-alarm": {"code": "jam", "inst": "x"},
    "reboot": {"reason": "because"},
    "restart-app": {"reason": "because"},
    "hours": {"hours": {"mon": ["07:30-11:30"]}},
    "install-cert": {"chain": "x"},
    "snapshot": {},
}


class Target:
    """A kiosk's ear for commands with no line before it, so that all reaches the judge."""

    def __init__(self, store: Store, city: City) -> None:
        self.did: list[str] = []
        self.said: list[bytes] = []
        self.store = store

        async def act(args: Any, by: By) -> Done:
            self.did.append(type(args).__name__)
            return Done()

        def write(args: Any, by: By) -> Done:
            self.did.append(type(args).__name__)
            return Done()

        async def apply(desired: Any, by: By) -> int:
            self.did.append("apply")
            return 1

        def send(topic: str, told: Answer, correlation: bytes | None) -> None:
            self.said.append(repr((topic, told)).encode())

        acts: dict[str, Any] = {name: act for name in SPECS if name != "ack-alarm"}
        self.commands = Commands(
            KIOSK,
            city.root,
            store,
            Acts(acts=acts, writes={"ack-alarm": write}, apply=apply),
            trusted=lambda: True,
            send=send,
            tell=lambda reported: None,
            fact=lambda fact: None,
        )

    async def take(self, topic: str, body: bytes, retained: bool = False) -> None:
        await self.commands._take(
            Incoming(topic=topic, body=body, retained=retained, response=PLACE + "up/res/fuzz")
        )

    def refused(self) -> int:
        return sum(count for count, _ in self.commands.refusals._counts.values())

    def state(self) -> tuple[Any, ...]:
        """All that a command could change."""

        def rows() -> list[Any]:
            tables = ("command", "document", "alarm", "outbox", "kept")
            found = []
            for table in tables:
                found += self.store._database.execute_sql(f"SELECT * FROM {table}").fetchall()
            return found

        return (self.store.read_now(rows), self.commands.keys.rev, self.commands.wanted.rev)


class Forger:
    """Makes what must be refused.  `seen` = tokens that were obeyed already."""

    def __init__(self, city: City, seed: int) -> None:
        self.city = city
        self.chance = random.Random(seed)
        self.own = OKPKey.generate_key("Ed25519")
        self.ways: list[Callable[[str], bytes | str]] = [
            self.noise,
            self.flipped,
            self.cut,
            self.grown,
            self.unsigned,
            self.confused,
            self.foreign_key,
            self.other_header,
            self.stale,
            self.elsewhere,
            self.twisted,
            self.nested,
            self.large,
            self.low,
        ]

    def made(self) -> tuple[str, bytes]:
        name = self.chance.choice(list(GOOD))
        body = self.chance.choice(self.ways)(name)
        return name, body if isinstance(body, bytes) else body.encode()

    def good(self, name: str, **more: Any) -> str:
        return self.city.command(name, "city-admin", **({"args": GOOD[name]} | more))

    def one_of(self, claims: list[dict[str, Any]]) -> dict[str, Any]:
        return self.chance.choice(claims)

    def noise(self, name: str) -> bytes:
        return self.chance.randbytes(self.chance.randrange(400))

    def flipped(self, name: str) -> bytes:
        token = bytearray(self.good(name).encode())
        # The last letter holds bits that no byte of the signature takes: another one is the same.
        at = self.chance.randrange(len(token) - 1)
        token[at] ^= 1 << self.chance.randrange(8)
        return bytes(token)

    def cut(self, name: str) -> str:
        token = self.good(name)
        return token[: self.chance.randrange(len(token) - 1)]

    def grown(self, name: str) -> str:
        token = self.good(name)
        return self.chance.choice([token + ".", token + "=A", "." + token, token + "." + token])

    def unsigned(self, name: str) -> str:
        _, claims, _ = self.good(name).split(".")
        head = {"alg": self.chance.choice(["none", "None", "NONE", ""]), "kid": "city-admin"}
        return f"{b64(head)}.{claims}."

    def confused(self, name: str) -> str:
        """The public key as a shared secret."""
        public = self.city.keys["city-admin"].as_dict(private=False)["x"]
        key = OctKey.import_key(str(public))
        head = {"alg": "HS256", "kid": "city-admin"}
        body = base64.urlsafe_b64decode(self.good(name).split(".")[1] + "===")
        return jws.serialize_compact(head, body, key, algorithms=["HS256"])

    def foreign_key(self, name: str) -> str:
        self.city.keys["forger"] = self.own
        kid = self.chance.choice(["city-admin", "ward-ops", "forger", "root", "", MARKS[3]])
        return self.city.command(name, kid, args=GOOD[name], signer="forger")

    def other_header(self, name: str) -> str:
        jwk = {name: str(value) for name, value in self.own.as_dict(private=False).items()}
        more = self.one_of([{"jwk": jwk}, {"crit": ["x"], "x": 1}, {"b64": False}, {"x5u": "x"}])
        head = {"alg": "EdDSA", "kid": "city-admin"} | more
        _, claims, signature = self.good(name).split(".")
        return f"{b64(head)}.{claims}.{signature}"

    def stale(self, name: str) -> str:
        now = int(time.time())
        return self.good(
            name,
            **self.one_of(
                [
                    {"iat": now - 600, "exp": now - 500},
                    {"iat": now + 600, "exp": now + 660},
                    {"exp": now + 100_000},
                    {"exp": -1},
                    {"iat": -(2**60)},
                    {"nonce": "x"},
                ]
            ),
        )

    def elsewhere(self, name: str) -> str:
        if self.chance.random() < 0.5:
            return self.city.command(name, "other-ward", args=GOOD[name])
        return self.good(name, aud=self.chance.choice(["27154-k01", "27154-all", "", "all", "*"]))

    def twisted(self, name: str) -> str:
        """Signed rightly, but no such command."""
        return self.good(
            name,
            **self.one_of(
                [
                    {"args": {**GOOD[name], "more": 1}},
                    {"args": []},
                    {"args": None},
                    {"cmd": "shell"},
                    {"cmd": self.chance.choice([one for one in SPECS if one != name])},
                    {"jti": MARKS[1]},
                    {"jti": ["x"]},
                    {"role": "root"},
                    {"exp": "tomorrow"},
                    {"iat": 1e400},
                ]
            ),
        )

    def nested(self, name: str) -> str:
        deep: Any = 1
        for _ in range(300):
            deep = [deep]
        return self.good(name, args={"deep": deep})

    def large(self, name: str) -> bytes:
        return self.good(name, args={"text": "x" * 200_000}).encode()

    def low(self, name: str) -> str:
        if name == "snapshot":  # that one it may
            return self.good(name, role="guest")
        return self.city.command(name, "ward-view", args=GOOD[name], sub=MARKS[0])


def b64(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.fixture
def city(tmp_path: Path) -> City:
    return City(tmp_path)


@pytest.mark.parametrize("count", [3000, pytest.param(100_000, marks=pytest.mark.long)])
async def test_whatever_is_forged_changes_nothing(
    store: Store, city: City, count: int, caplog: pytest.LogCaptureFixture
) -> None:
    target = Target(store, city)
    await target.commands.start()
    await target.take(topics.KEYS, city.key_set(2).encode())
    before = target.state()
    forger = Forger(city, 20261201)
    for _ in range(count):
        name, body = forger.made()
        where = forger.chance.random()
        if where < 0.8:
            await target.take(f"{PLACE}down/cmd/{name}", body)
        elif where < 0.9:
            await target.take(f"{PLACE}down/desired", body)
        else:
            await target.take(topics.KEYS, body)
    assert target.did == []
    assert target.state() == before
    assert target.refused() == count, "each is counted"
    for mark in MARKS:
        assert mark.encode() not in b"".join(target.said)
        assert mark not in caplog.text


async def test_the_forger_would_be_obeyed_if_he_had_the_key(store: Store, city: City) -> None:
    target = Target(store, city)
    await target.commands.start()
    await target.take(topics.KEYS, city.key_set(2).encode())
    forger = Forger(city, 1)
    for name in GOOD:
        await target.take(f"{PLACE}down/cmd/{name}", forger.good(name).encode())
    while target.commands._tasks:
        await next(iter(target.commands._tasks))
    assert len(target.did) == len(GOOD)
    assert target.refused() == 0


async def test_replays_and_what_stands_on_the_broker_change_nothing(
    store: Store, city: City
) -> None:
    target = Target(store, city)
    await target.commands.start()
    await target.take(topics.KEYS, city.key_set(5).encode())
    token = city.command("maintenance", args={"on": True}, jti=str(uuid.uuid4())).encode()
    desired = city.desired(3, {"queue.pause": 10.0}).encode()
    await target.take(PLACE + "down/cmd/maintenance", token)
    await target.take(PLACE + "down/desired", desired, retained=True)
    while target.commands._tasks or target.commands.wanted._waiting:
        for task in [*target.commands._tasks, target.commands.wanted._waiting]:
            if task is not None:
                await task
    did, before = list(target.did), target.state()
    assert sorted(did) == ["MaintenanceArgs", "apply"]
    for _ in range(50):
        await target.take(PLACE + "down/cmd/maintenance", token)
        await target.take(PLACE + "down/desired", desired, retained=True)
        await target.take(PLACE + "down/desired", city.desired(2, {"queue.pause": 1.0}).encode())
        await target.take(topics.KEYS, city.key_set(4).encode(), retained=True)
        fresh = city.command("maintenance", args={"on": True}).encode()
        await target.take(PLACE + "down/cmd/maintenance", fresh, retained=True)
    assert target.did == did and target.state() == before
