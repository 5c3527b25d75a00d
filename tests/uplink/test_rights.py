"""Rights and certificates at a real mosquitto: TLS 1.3, one certificate a kiosk, nobody's else."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from daemon.store import Store
from daemon.uplink import Uplink, acl
from daemon.uplink.down.acts import Acts
from daemon.uplink.renewal import BadCertificate, Renewal
from tests.uplink.conftest import KIOSK, Broker, config, until
from tests.uplink.papers import Authority
from tests.uplink.signing import City
from tests.uplink.test_uplink import DOOR, depth, soon

NEIGHBOUR, STRANGER = "26824-k02", "27154-k01"
LISTENER = "26824-k03"
"""A kiosk of which only the ears are used: one certificate is one client."""
WARD, OTHER_WARD, CITY = "ward-26824", "ward-27154", "city-ops"
EARS = {name: name + "-ears" for name in (WARD, OTHER_WARD, CITY)}


class Town:
    """A broker with the generated rights, and a client for each certificate."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.root = Authority(broker.folder, "root")
        server = self.root.issue("server")
        names = (KIOSK, NEIGHBOUR, LISTENER, STRANGER, *EARS, *EARS.values())
        self.papers = {name: self.root.issue(name) for name in names}
        rights = subprocess.run(
            [
                *(sys.executable, "-m", "daemon.uplink", "acl"),
                *(KIOSK, NEIGHBOUR, LISTENER, STRANGER),
                *("--ward", f"26824={WARD}", "--ward", f"26824={EARS[WARD]}"),
                *("--ward", f"27154={OTHER_WARD}", "--ward", f"27154={EARS[OTHER_WARD]}"),
                *("--city", CITY, "--city", EARS[CITY]),
            ],
            check=True,
            capture_output=True,
        ).stdout
        file = broker.folder / "rights"
        file.write_bytes(rights)
        beside = re.findall(r"^#   (.+)$", rights.decode(), re.MULTILINE)
        broker.extra = "\n".join(
            [
                f"cafile {self.root.certificate_file}",
                f"certfile {server.certificate_file}",
                f"keyfile {server.key_file}",
                f"acl_file {file}",
                "allow_anonymous false",
                *beside,
            ]
        )
        broker.start()
        self._ears: list[subprocess.Popen[bytes]] = []

    def options(self, name: str) -> list[str]:
        mine = self.papers[name]
        return [
            *("-V", "5", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1"),
            *("--cafile", str(self.root.certificate_file)),
            *("--cert", str(mine.certificate_file), "--key", str(mine.key_file)),
        ]

    def say(
        self, name: str, topic: str, body: str = "x", *more: str
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["mosquitto_pub", *self.options(name), "-t", topic, "-m", body, *more],
            capture_output=True,
            timeout=30,
        )

    def ear(self, name: str, topic: str = "#", form: str = "%t %p") -> list[str]:
        """What a certificate hears, of everything, while the test lasts."""
        heard: list[str] = []
        process = subprocess.Popen(
            ["mosquitto_sub", *self.options(name), "-t", topic, "-F", form],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._ears.append(process)

        def read() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                heard.append(line.decode(errors="replace").strip())

        threading.Thread(target=read, daemon=True).start()
        return heard

    def kiosk(self, store: Store, city: City, **more: Any) -> Uplink:
        """One with its certificate, that obeys the city."""
        mine = self.papers[KIOSK]
        uplink = Uplink(
            config(
                self.broker.port,
                tls=True,
                ca=str(self.root.certificate_file),
                certificate=str(mine.certificate_file),
                key=str(mine.key_file),
                command_root=str(city.root_file),
                **more,
            ),
            store,
            KIOSK,
            trusted=lambda: True,
        )
        uplink.obey(Acts())
        return uplink

    def stop(self) -> None:
        for process in self._ears:
            process.kill()
            process.wait()


@pytest.fixture
def town(broker: Broker) -> Iterator[Town]:
    town = Town(broker)
    yield town
    town.stop()


EVERY = [
    f"wk/v1/{ward}/{kiosk}/{rest}"
    for ward, kiosk in (("26824", KIOSK), ("26824", NEIGHBOUR), ("27154", STRANGER))
    for rest in ("up/state", "down/cmd/ping", "down/desired")
] + [
    f"wk/v1/26824/{LISTENER}/down/desired",
    "wk/v1/26824/all/down/cmd/ping",
    "wk/v1/27154/all/down/cmd/ping",
    "wk/v1/city/down/keys",
]


def those(begin: str, inside: str) -> set[str]:
    return {one for one in EVERY if one.startswith(begin) and inside in one}


MAY_SAY = {
    KIOSK: {f"wk/v1/26824/{KIOSK}/up/state"},
    NEIGHBOUR: {f"wk/v1/26824/{NEIGHBOUR}/up/state"},
    STRANGER: {f"wk/v1/27154/{STRANGER}/up/state"},
    WARD: those("wk/v1/26824/", "/down/"),
    OTHER_WARD: those("wk/v1/27154/", "/down/"),
    CITY: those("wk/", "/down/"),
}
MAY_HEAR = {
    LISTENER: {
        f"wk/v1/26824/{LISTENER}/down/desired",
        "wk/v1/26824/all/down/cmd/ping",
        "wk/v1/city/down/keys",
    },
    EARS[WARD]: those("wk/v1/26824/", "/up/"),
    EARS[OTHER_WARD]: those("wk/v1/27154/", "/up/"),
    EARS[CITY]: those("wk/", "/up/"),
}


def test_nobody_hears_or_says_what_is_another_wards(town: Town) -> None:
    ears = {name: town.ear(name) for name in MAY_HEAR}
    speaker = {topic: name for name, topics in MAY_SAY.items() for topic in topics}

    def ready(name: str) -> bool:
        for topic in MAY_HEAR[name]:
            town.say(speaker[topic], topic, "ready")
        return any(line.endswith(" ready") for line in ears[name])

    for name in ears:
        until(partial(ready, name))
    for name, allowed in MAY_SAY.items():
        for topic in EVERY:
            refused = b"authorized" in town.say(name, topic, "from-" + name).stderr.lower()
            assert refused == (topic not in allowed), f"{name} says {topic}"
    for name in ears:
        for topic in MAY_HEAR[name]:
            town.say(speaker[topic], topic, "end")
        wanted = {f"{one} end" for one in MAY_HEAR[name]}
        until(partial(wanted.issubset, ears[name]))
        assert {line.split(" ")[0] for line in ears[name]} == MAY_HEAR[name], name
    said = {tuple(line.split(" ")) for heard in ears.values() for line in heard}
    for topic, body in said:
        if body.startswith("from-"):
            assert topic in MAY_SAY[body.removeprefix("from-")]


def test_a_kiosk_cannot_take_anothers_session_nor_come_without_tls_13(town: Town) -> None:
    done = town.say(KIOSK, f"wk/v1/26824/{KIOSK}/up/state", "x", "-i", NEIGHBOUR)
    assert done.returncode == 0, "the broker names it by its certificate"
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        context = ssl.create_default_context(cafile=str(town.root.certificate_file))
        context.maximum_version = version
        with socket.create_connection(("127.0.0.1", town.broker.port)) as raw:
            if version is ssl.TLSVersion.TLSv1_3:
                context.wrap_socket(raw, server_hostname="127.0.0.1").close()
            else:
                with pytest.raises(ssl.SSLError, match="VERSION"):
                    context.wrap_socket(raw, server_hostname="127.0.0.1")
    stranger = Authority(town.broker.folder, "fake-root").issue("26824-k99")
    town.papers["fake"] = stranger
    assert town.say("fake", f"wk/v1/26824/{KIOSK}/up/state").returncode != 0


async def test_a_kiosk_lives_with_exactly_these_rights(
    town: Town, store: Store, tmp_path: Path
) -> None:
    city = City(tmp_path)
    uplink = town.kiosk(store, city, renew_days=0)
    ward = town.ear(EARS[WARD])
    await uplink.start()
    await uplink.event(DOOR)
    uplink.alarms.book.set("jam", "page_printer", True)
    await uplink.alarms.keep()
    town.say(CITY, "wk/v1/city/down/keys", city.key_set(), "-r")
    await soon(lambda: uplink.commands.keys.rev == 1)
    answer = f"wk/v1/26824/{KIOSK}/up/res/ops1"
    topic = f"wk/v1/26824/{KIOSK}/down/cmd/ping"
    town.say(WARD, topic, city.command("ping"), "-D", "publish", "response-topic", answer)
    await soon(lambda: any(line.startswith(answer) for line in ward))
    await depth(store)
    assert (await uplink.status()).refused == {}
    await uplink.stop()


def sign_request(root: Authority, request: bytes, days: float = 90) -> bytes:
    """What the city's authority makes of a request."""
    asked = x509.load_der_x509_csr(request)
    assert asked.is_signature_valid
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(root.certificate.subject)
        .public_key(asked.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .sign(root.key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


async def test_a_certificate_is_renewed_before_it_ends(
    town: Town, store: Store, tmp_path: Path
) -> None:
    """Those of the test end tomorrow: the kiosk asks by itself, and comes back with the new one."""
    city = City(tmp_path)
    uplink = town.kiosk(store, city)
    place = f"wk/v1/26824/{KIOSK}/"
    ward = town.ear(EARS[WARD])
    requests = town.ear(EARS[CITY], place + "up/csr", "%x")
    await uplink.start()
    await soon(lambda: any("certificate_ending" in line for line in ward))
    town.say(CITY, "wk/v1/city/down/keys", city.key_set(), "-r")
    await soon(lambda: uplink.commands.keys.rev == 1)

    def command(name: str, **more: str) -> None:
        token = city.command(name, "city-admin", args=more)
        respond = ("-D", "publish", "response-topic", place + "up/res/city")
        town.say(CITY, f"{place}down/cmd/{name}", token, *respond)

    await soon(lambda: requests)
    before = uplink.renewal.ends()
    command("install-cert", chain=sign_request(town.root, bytes.fromhex(requests[0])).decode())
    await soon(lambda: any('"reason":"reconnect"' in line for line in ward))
    after = uplink.renewal.ends()
    assert before is not None and after is not None and after - before > dt.timedelta(days=80)
    assert not uplink.renewal.due()
    await uplink.event(DOOR)
    await depth(store)
    assert (await uplink.status()).connected
    await uplink.stop()


def test_a_certificate_that_was_not_asked_for_is_not_taken(tmp_path: Path) -> None:
    root, other = Authority(tmp_path, "root"), Authority(tmp_path, "other")
    mine = root.issue(KIOSK)
    secure = config(1, certificate=str(mine.certificate_file), key=str(mine.key_file))
    renewal = Renewal(tmp_path / "uplink", KIOSK, secure)
    assert renewal.pair() is None and renewal.due()
    with pytest.raises(BadCertificate, match="nothing was asked"):
        renewal.install(mine.certificate_file.read_bytes())
    request = renewal.request()
    assert (
        x509.load_der_x509_csr(renewal.request()).public_key()
        == x509.load_der_x509_csr(request).public_key()
    )
    good = sign_request(root, request)
    wrong = {
        "no PEM": b"rubbish",
        "another key": mine.certificate_file.read_bytes(),
        "hold now": sign_request(root, request, days=0.01),
        "chain": good + other.certificate_file.read_bytes(),
    }
    for why, chain in wrong.items():
        with pytest.raises(BadCertificate, match=why):
            renewal.install(chain)
    elsewhere = Renewal(tmp_path / "elsewhere", NEIGHBOUR, secure)
    with pytest.raises(BadCertificate, match="another name"):
        waiting = tmp_path / "uplink" / "pending.key"
        elsewhere.request()
        (tmp_path / "elsewhere" / "pending.key").write_bytes(waiting.read_bytes())
        elsewhere.install(good)
    renewal.install(good + root.certificate_file.read_bytes())
    assert (tmp_path / "uplink" / "line.pem").stat().st_mode & 0o777 == 0o600
    turns = [renewal.pair() is None for _ in range(8)]
    assert turns == [False, False, False, True] * 2, "the configured one gets its turn"
    renewal.reached()
    assert renewal.pair() is not None


@pytest.mark.parametrize(
    "wrong", [["26824-k1"], ["--ward", "2682=x"], ["--city", "a b"], [KIOSK, KIOSK]]
)
def test_a_name_that_is_none_is_refused(wrong: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "daemon.uplink", "acl", *wrong], capture_output=True
    )
    assert done.returncode == 2 and b"acl:" in done.stderr and done.stdout == b""


def test_the_same_rights_for_rabbitmq() -> None:
    """Topic permissions are regular expressions over routing keys: held against all topics."""
    found = [acl.of_kiosk(LISTENER), acl.of_ward(WARD, "26824"), acl.of_city(CITY)]
    told = json.loads(acl.rabbitmq(found))
    assert [one["name"] for one in told["users"]] == [LISTENER, WARD, CITY]
    assert {one["password_hash"] for one in told["users"]} == {""}, "nobody comes by a password"
    keys = {topic: topic.replace("/", ".") for topic in EVERY}
    for one in told["topic_permissions"]:
        name, write, read = one["user"], one["write"], one["read"]
        said = {topic for topic, key in keys.items() if re.match(write, key)}
        assert said == MAY_SAY.get(name, set())
        heard = {topic for topic, key in keys.items() if re.match(read, key)}
        assert heard == MAY_HEAR[EARS.get(name, name)]


def test_a_bridge_hands_up_and_brings_down_for_its_ward_alone() -> None:
    rights = json.loads(acl.rabbitmq([acl.of_bridge("bridge-26824", "26824")]))
    one = rights["topic_permissions"][0]
    assert re.match(one["write"], "wk.v1.26824.26824-k01.up.event.door/opened")
    assert not re.match(one["write"], "wk.v1.27154.27154-k01.up.state")
    assert not re.match(one["write"], "wk.v1.26824.26824-k01.down.cmd.ping")
    assert re.match(one["read"], "wk.v1.26824.all.down.cmd.ping")
    assert re.match(one["read"], "wk.v1.city.down.keys")
    assert not re.match(one["read"], "wk.v1.27154.27154-k01.down.cmd.ping")
    assert not re.match(one["read"], "wk.v1.26824.26824-k01.up.state")
