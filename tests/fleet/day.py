"""What a kiosk's day weighs on its line: `python -m tests.fleet.day [VISITS]`.

Each kind of message goes through the product's own line to a real mosquitto with TLS 1.3 and
certificates on both sides; what passes is counted in both directions, acknowledgements and records
of TLS with it.  How often each is told in a day follows from docs/mqtt.md and VISITS, of which some
print copies (`Model`).  IP and TCP headers are added by their size.
"""

from __future__ import annotations

import socket
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from daemon.uplink import UplinkConfig
from daemon.uplink.envelope import Numbers, checked, wrap
from daemon.uplink.examples import EXAMPLES
from daemon.uplink.line import Line, Message
from daemon.uplink.payloads import DeviceHealth, Health, Host, Payload
from docs.monitoring.papers import Authority
from tests.fleet.conftest import City
from tests.fleet.kiosks import name

SAMPLES = 20
HEADERS = 40
"""Bytes of IPv4 and TCP without options, each segment."""
SEGMENT = 1400
PING = 2 * (2 + 22)
"""PINGREQ and PINGRESP (MQTT 5 §3.12), each in a record of TLS 1.3."""
CERTIFICATES = ("certificate.certifier", "certificate.authority", "certificate.proof")
DEVICES = (
    *("camera", "page_printer", "ticket_printer", "scanner", "touch", "speaker", "lights"),
    *("keys", "door", *CERTIFICATES),
)


class Model(msgspec.Struct, frozen=True):
    """Assumptions about a day; a share is of the visits."""

    visits: int = 80
    certified: float = 0.5
    """Visits that end with certified copies."""
    tickets: float = 1.0
    open_hours: int = 10

    def counts(self) -> dict[str, float]:
        """Kind → messages in a day."""
        certified = self.visits * self.certified
        return {
            "presence": 4,
            "descriptor": 2,
            "health": 24 * 60,
            "consumables": certified + 2,
            "counters": self.open_hours * 4,
            "audit/console": 5,
            "audit/register": certified,
            "reported": 2,
            "state": self.visits * 2 + 4,
            "alarm/{code}/{instance}": 8,
            "event/session.closed": self.visits,
            "event/ticket.issued": self.visits * self.tickets,
            "event/officer.called": self.visits * 0.1,
            "event/door.opened": 2,
            "event/day.totals": 1,
            "sealed/{what}": certified * 2,
        }


class Counter:
    """A TCP proxy that counts bytes."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        self.up = self.down = self.segments = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def total(self) -> int:
        """Bytes in both directions, with the headers of their segments."""
        return self.up + self.down + self.segments * HEADERS

    def _accept(self) -> None:
        while True:
            near, _ = self._server.accept()
            far = socket.create_connection(("127.0.0.1", self._target))
            threading.Thread(target=self._carry, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._carry, args=(far, near, False), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket, upward: bool) -> None:
        while data := near.recv(65536):
            if upward:
                self.up += len(data)
            else:
                self.down += len(data)
            # each segment that carries something is acknowledged by an empty one
            self.segments += 2 * -(-len(data) // SEGMENT)
            far.sendall(data)


class Row(msgspec.Struct, frozen=True):
    kind: str
    body: float
    """Bytes of the payload."""
    wire: float
    """Bytes on the wire for one, both directions."""
    count: float
    """In a day."""


def payloads() -> dict[str, tuple[Payload | bytes, int]]:
    """Kind → what is sent, and its QoS."""
    devices = tuple(
        DeviceHealth(id=one, state="ok", last_ok="2026-11-25T08:14:03.217+07:00", fig={"days": 300})
        for one in DEVICES
    )
    whole = Health(devices=devices, host=Host(cpu_c=52, disk_pct=41, mem_pct=38, uptime_s=1051443))
    found: dict[str, tuple[Payload | bytes, int]] = {
        kind: (EXAMPLES[kind], 1) for kind in Model().counts() if kind in EXAMPLES
    }
    found["health"] = (whole, 0)
    found["sealed/{what}"] = (bytes(2000), 1)
    return found


def settled(counter: Counter) -> int:
    """Its total, when nothing has passed for a while."""
    last = -1
    while last != counter.total:
        last = counter.total
        time.sleep(0.1)
    return last


def measured(folder: Path, model: Model) -> tuple[list[Row], int]:
    """A row a kind, and the bytes of one connection."""
    authority = Authority(folder, "ward")
    authority.issue("broker", "127.0.0.1")
    authority.issue(name(0))
    (folder / "broker").mkdir()
    city = City(folder / "broker", folder)
    city.start()
    counter = Counter(city.port)
    config = UplinkConfig(
        broker="127.0.0.1",
        port=counter.port,
        ca=str(folder / "ca.pem"),
        certificate=str(folder / f"{name(0)}.pem"),
        key=str(folder / f"{name(0)}.key"),
    )
    numbers = Numbers(57, lambda: True)
    above = f"wk/v1/{name(0)[:5]}/{name(0)}/up/"
    will = wrap(numbers.next("presence"), checked(EXAMPLES["presence"]))
    try:
        line = Line(config, name(0), Message(topic=above + "presence", body=will, retain=True))
        connection = settled(counter)
        rows = []
        for kind, (told, qos) in payloads().items():
            before, size = settled(counter), 0
            for _ in range(SAMPLES):
                sealed = isinstance(told, bytes)
                body = told if isinstance(told, bytes) else wrap(numbers.next(kind), checked(told))
                size += len(body)
                line.send(Message(topic=above + kind, body=body, qos=qos, sealed=sealed))
                while qos and not line.turn(1.0):
                    pass
                line.turn(0.0)
            rows.append(
                Row(
                    kind,
                    size / SAMPLES,
                    (settled(counter) - before) / SAMPLES,
                    model.counts()[kind],
                )
            )
        line.drop()
    finally:
        city.stop()
    return rows, connection


def main() -> None:
    """Prints the table."""
    model = Model(visits=int(sys.argv[1])) if sys.argv[1:] else Model()
    with tempfile.TemporaryDirectory() as place:
        rows, connection = measured(Path(place), model)
    print(f"{'kind':<26}{'payload B':>10}{'wire B':>9}{'a day':>8}{'kB a day':>10}")
    for row in sorted(rows, key=lambda row: -row.wire * row.count):
        kilo = row.wire * row.count / 1000
        print(f"{row.kind:<26}{row.body:>10.0f}{row.wire:>9.0f}{row.count:>8.0f}{kilo:>10.1f}")
    pings = 24 * 60
    kilo = pings * (PING + 4 * HEADERS) / 1000
    print(f"{'PINGREQ, PINGRESP':<26}{'':>10}{PING + 4 * HEADERS:>9}{pings:>8}{kilo:>10.1f}")
    print(
        f"{'connections (4 a day)':<26}{'':>10}{connection:>9}{4:>8}{4 * connection / 1000:>10.1f}"
    )
    messages = sum(row.count for row in rows)
    total = sum(row.wire * row.count for row in rows) + kilo * 1000 + 4 * connection
    print(f"{model.visits} visits: {messages:.0f} messages, {total / 1e6:.2f} MB a day")


if __name__ == "__main__":
    main()
