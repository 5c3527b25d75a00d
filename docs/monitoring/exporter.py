"""Metrics of all kiosks for Prometheus, out of what docs/mqtt.md describes and nothing else.

`python -m docs.monitoring.exporter --broker HOST --ca FILE --certificate FILE --key FILE`
serves http://127.0.0.1:9841/metrics.  It keeps nothing: retained topics tell it all after a start.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterable
from typing import Any

import msgspec
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from prometheus_client import start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import REGISTRY, Collector

TOPICS = "wk/v1/+/+/up/#"
IDS_MOST = 100_000
"""Ids of facts remembered to drop repeats; the oldest are forgotten first."""


class Kiosks(Collector):
    """What stands, folded out of messages; `collect` and `take` may be called by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._online: dict[str, bool] = {}
        self._births: dict[str, tuple[int, int]] = {}
        self._orders: dict[tuple[str, str], tuple[int, int]] = {}
        self._stands: dict[tuple[str, str], dict[str, Any]] = {}
        self._facts: dict[tuple[str, str], int] = {}
        self._ids: dict[str, None] = {}
        self._unread = 0

    def take(self, topic: str, body: bytes) -> None:
        """One message, nothing of it believed: what cannot be read is counted."""
        parts = topic.split("/", 5)
        if len(parts) != 6 or parts[5].startswith(("sealed/", "csr", "res/")):
            return
        kiosk, name = parts[3], parts[5]
        with self._lock:
            if not body:
                self._stands.pop((kiosk, name), None)
                return
            try:
                message = msgspec.json.decode(body)
                order = (int(message["boot"]), int(message["seq"]))
                self._fold(kiosk, name, order, str(message["id"]), dict(message["data"]))
            except (msgspec.DecodeError, KeyError, TypeError, ValueError):
                self._unread += 1

    def _fold(
        self, kiosk: str, name: str, order: tuple[int, int], ident: str, data: dict[str, Any]
    ) -> None:
        if name.startswith("event/"):
            if ident in self._ids:
                return
            self._ids[ident] = None
            if len(self._ids) > IDS_MOST:
                del self._ids[next(iter(self._ids))]
            key = (kiosk, name.removeprefix("event/"))
            self._facts[key] = self._facts.get(key, 0) + 1
        elif name == "presence":
            conn = (order[0], int(data["conn"]))
            if data["online"] and conn >= self._births.get(kiosk, (0, 0)):
                self._births[kiosk], self._online[kiosk] = conn, True
            elif not data["online"] and conn == self._births.setdefault(kiosk, conn):
                self._online[kiosk] = False
        elif order > self._orders.get((kiosk, name), (0, 0)):
            self._orders[kiosk, name] = order
            self._stands[kiosk, name] = data

    def collect(self) -> Iterable[Metric]:
        online = GaugeMetricFamily("wk_online", "1: the kiosk has a line", labels=["kiosk"])
        service = GaugeMetricFamily("wk_in_service", "1: it serves citizens", labels=["kiosk"])
        alarm = GaugeMetricFamily(
            "wk_alarm", "1: raised, 0: cleared", labels=["kiosk", "code", "instance", "severity"]
        )
        left = GaugeMetricFamily(
            "wk_consumable_percent", "What is left of it", labels=["kiosk", "item"]
        )
        facts = CounterMetricFamily("wk_facts", "Facts heard", labels=["kiosk", "type"])
        unread = CounterMetricFamily("wk_unread", "Messages that could not be read")
        with self._lock:
            for kiosk, up in self._online.items():
                online.add_metric([kiosk], up)
            for key, count in self._facts.items():
                facts.add_metric(key, count)
            unread.add_metric([], self._unread)
            for (kiosk, name), data in self._stands.items():
                if name == "state":
                    service.add_metric([kiosk], data.get("mode") == "in_service")
                elif name == "consumables":
                    for item in data.get("items", []):
                        if item.get("pct") is not None:
                            left.add_metric([kiosk, str(item["id"])], float(item["pct"]))
                elif name.startswith("alarm/"):
                    words = [str(data.get(word, "")) for word in ("code", "inst", "sev")]
                    alarm.add_metric([kiosk, *words], data.get("state") != "cleared")
        return [online, service, alarm, left, facts, unread]


def listen(kiosks: Kiosks, client: Client) -> None:
    """Subscribes at each connection, and hands on what comes."""

    def welcomed(client: Client, data: Any, flags: Any, reason: Any, properties: Any) -> None:
        client.subscribe(TOPICS, qos=1)

    def came(client: Client, data: Any, message: MQTTMessage) -> None:
        kiosks.take(message.topic, bytes(message.payload))

    client.on_connect = welcomed
    client.on_message = came


def main() -> None:
    """Reads the arguments and serves until it is ended."""
    parser = argparse.ArgumentParser(description="Metrics of all kiosks for Prometheus.")
    parser.add_argument("--broker", required=True)
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--ca", help="PEM; without it there is no TLS: a loopback only")
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--listen", type=int, default=9841, help="port on 127.0.0.1")
    told = parser.parse_args()
    kiosks = Kiosks()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    if told.ca:
        client.tls_set(told.ca, told.certificate, told.key)
    listen(kiosks, client)
    REGISTRY.register(kiosks)
    start_http_server(told.listen, addr="127.0.0.1")
    client.connect(told.broker, told.port)
    client.loop_forever(retry_first_connection=True)


if __name__ == "__main__":
    main()
