"""Kiosks → the ward's mosquitto → three nodes of RabbitMQ; one loses its power amid the traffic."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from daemon.uplink import acl
from docs.monitoring import ward
from tests.city.cluster import Cluster, missing
from tests.fleet.conftest import FLEET_WAIT, Fleet
from tests.fleet.kiosks import name
from tests.uplink.conftest import MOSQUITTO, free_port, until
from tests.uplink.papers import Authority

pytestmark = pytest.mark.long

WARD = name(0)[:5]
KIOSKS = 10
BRIDGE, CITY = f"bridge-{WARD}", "city-system"


class Ear:
    """mosquitto_sub with a session that the broker keeps; may go on at another node."""

    def __init__(self, ca: Path, certificate: Path, key: Path, topic: str) -> None:
        self._words = [
            *("mosquitto_sub", "-V", "5", "-h", "127.0.0.1", "-c", "-x", "3600", "-q", "1"),
            *("--cafile", str(ca), "--cert", str(certificate), "--key", str(key)),
            *("-i", certificate.stem, "-t", topic, "-F", r"%t\t%p"),
        ]
        self.ids: dict[str, tuple[str, int, int]] = {}
        """Id of a fact → topic, boot, seq; in the order in which they came first."""
        self.repeats = 0
        self._process: subprocess.Popen[bytes] | None = None

    def listen(self, port: int) -> None:
        self._process = subprocess.Popen(
            [*self._words, "-p", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()

    def disorder(self) -> list[tuple[str, int, int]]:
        """Facts that came after a later one of the same topic."""
        last: dict[str, tuple[int, int]] = {}
        found = []
        for topic, *order in self.ids.values():
            place = (order[0], order[1])
            if place < last.get(topic, (0, 0)):
                found.append((topic, *place))
            last[topic] = max(place, last.get(topic, (0, 0)))
        return found

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            topic, _, body = line.partition(b"\t")
            if b"/up/event/" in topic:
                told = msgspec.json.decode(body)
                self.repeats += told["id"] in self.ids
                self.ids.setdefault(told["id"], (topic.decode(), told["boot"], told["seq"]))


def told_by_kiosks(folder: Path) -> set[str]:
    """Ids of all facts that the ward's broker took, by the kiosks' own books."""
    found: set[str] = set()
    for file in folder.glob("*/kiosk.db"):
        with contextlib.closing(sqlite3.connect(file)) as book:
            rows = book.execute("SELECT envelope FROM sent").fetchall()
        found |= {msgspec.json.decode(row[0])["id"] for row in rows}
    return found


class Town:
    """Everything that stands between a kiosk and the city."""

    def __init__(self, folder: Path) -> None:
        root = Authority(folder, "city-root")
        rights = acl.rabbitmq([acl.of_bridge(BRIDGE, WARD), acl.of_city(CITY)])
        self.cluster = Cluster(folder / "cluster", root, rights)
        self.city = root.issue(CITY)
        self._root, self._bridge = root, root.issue(BRIDGE)
        self.port = free_port()
        self.folder = folder / "ward"
        self._broker: subprocess.Popen[bytes] | None = None

    def start_ward(self) -> None:
        ward.make(self.folder, WARD, KIOSKS, "127.0.0.1", self.port, free_port())
        nodes = [f"127.0.0.1:{port}" for port in self.cluster.ports]
        mine = self._bridge
        files = (self._root.certificate_file, mine.certificate_file, mine.key_file)
        text = ward.bridge(WARD, nodes, *map(str, files))
        (self.folder / "more" / "city.conf").write_text(text)
        assert MOSQUITTO is not None
        self._broker = subprocess.Popen([MOSQUITTO, "-c", str(self.folder / "mosquitto.conf")])

    def ear_of_city(self) -> Ear:
        mine = self.city
        return Ear(
            self._root.certificate_file, mine.certificate_file, mine.key_file, "wk/v1/+/+/up/#"
        )

    def subscribed(self) -> bool:
        """Does the city's queue lie on all three nodes?"""
        told = self.cluster.ctl("list_queues", "name", "type", "members", "--silent", node=1)
        return any(
            f"mqtt-subscription-{CITY}qos1\tquorum" in line and line.count("@") == 3
            for line in told.splitlines()
        )

    def stop(self) -> None:
        if self._broker is not None:
            self._broker.kill()
            self._broker.wait()
        self.cluster.stop()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    why = missing()
    if why:
        pytest.skip(why)
    if MOSQUITTO is None:
        pytest.skip("needs the Debian packages mosquitto and mosquitto-clients")
    town = Town(tmp_path)
    try:
        town.cluster.start()
        yield town
    finally:
        town.stop()


def test_a_node_dies_amid_the_traffic_and_every_fact_arrives(town: Town, tmp_path: Path) -> None:
    city = town.ear_of_city()
    city.listen(town.cluster.ports[0])
    until(town.subscribed, 120.0)
    town.start_ward()
    fleet = Fleet(tmp_path / "kiosks", town.port, KIOSKS, papers=town.folder)
    try:
        until(fleet.all_up, FLEET_WAIT)
        kept = fleet.order("facts 1")["kept"]
        until(lambda: len(city.ids) == kept, FLEET_WAIT)
        kept += fleet.order("facts 500")["kept"]
        begun = time.monotonic()
        until(lambda: len(city.ids) > kept // 5, FLEET_WAIT)
        # The node that the bridge and the city's reader are connected to, and the queue's leader.
        town.cluster.kill(0)
        heard = len(city.ids)
        assert heard < kept, "it died in the middle"
        kept += fleet.order("facts 100")["kept"]
        city.stop()
        city.listen(town.cluster.ports[1])
        until(lambda: len(city.ids) == kept, FLEET_WAIT)
        seconds = time.monotonic() - begun
        until(fleet.drained, FLEET_WAIT)
        assert city.ids.keys() == told_by_kiosks(tmp_path / "kiosks")
        assert city.disorder() == []
        print(
            f"{kept} facts of {KIOSKS} kiosks, node killed after {heard}:"
            f" {len(city.ids)} arrived, {city.repeats} repeated, {seconds:.0f} s"
        )
    finally:
        fleet.kill()
        city.stop()
