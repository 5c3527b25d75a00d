"""Metrics of all kiosks for Prometheus, out of what docs/mqtt.md describes and nothing else.

`python -m docs.monitoring.exporter --broker HOST --ca FILE --certificate FILE --key FILE`
serves http://127.0.0.1:9841/metrics.  It keeps nothing: retained topics tell it all after a start.
It starts without the broker too, and dials until there is one.
"""

from __future__ import annotations

import argparse
import ssl
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from docs.monitoring.fold import Fold, Kiosk
from docs.monitoring.messages import Alarm, Consumables, Counters, Health, State

TOPICS = "wk/v1/{ward}/+/up/#"
RETRY = (1, 60)
"""Seconds between two attempts to dial: at first, at most."""
WHO = ("ward", "kiosk")


class Kiosks(Collector):
    """What stands; `collect`, `take` and `line` may be called by any thread."""

    def __init__(self, fold: Fold | None = None) -> None:
        self._lock = threading.Lock()
        self._fold = Fold() if fold is None else fold
        self._line = False

    def take(self, topic: str, body: bytes) -> None:
        """One message, as it came."""
        with self._lock:
            self._fold.take(topic, body)

    def line(self, up: bool) -> None:
        """The broker answers, or does not."""
        self._line = up

    def collect(self) -> Iterable[Metric]:
        families = Families()
        with self._lock:
            for kiosk in self._fold.kiosks.values():
                families.add(kiosk)
            for reason in ("topic", "malformed", "many"):
                families.refused.add_metric([reason], self._fold.refused[reason])
        families.line.add_metric([], self._line)
        return families.all()


class Families:
    """All metrics, in one place: rules and panels may ask for these only."""

    def __init__(self) -> None:
        def gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
            return GaugeMetricFamily(name, text, labels=[*WHO, *labels])

        def counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
            return CounterMetricFamily(name, text, labels=[*WHO, *labels])

        self.line = GaugeMetricFamily("wk_broker_up", "1: the exporter has a line", labels=[])
        self.refused = CounterMetricFamily(
            "wk_refused_messages", "Messages that were not believed", labels=["reason"]
        )
        self.online = gauge("wk_online", "1: the kiosk has a line")
        self.heard = gauge("wk_heard_timestamp_seconds", "When its last message came")
        self.sync = gauge("wk_clock_synchronised", "1: its clock is believed")
        self.service = gauge("wk_in_service", "1: it serves citizens")
        self.busy = gauge("wk_busy", "1: somebody is served")
        self.can = gauge("wk_can", "1: this works", "service")
        self.device = gauge("wk_device_ok", "1: ok or warn, 0: lost or unknown", "device")
        self.host = gauge("wk_host", "The machine", "figure")
        self.left = gauge("wk_consumable_percent", "What is left of it", "item")
        self.total = counter("wk_counter", "Life totals", "name")
        self.alarm = gauge("wk_alarm", "1: raised, 0: cleared", "code", "instance", "severity")
        self.facts = counter("wk_facts", "Facts heard since the exporter's start", "type")

    def all(self) -> list[Metric]:
        return list(vars(self).values())

    def add(self, kiosk: Kiosk) -> None:
        """One kiosk."""
        who = [kiosk.ward, kiosk.name]
        self.online.add_metric(who, kiosk.online)
        self.heard.add_metric(who, kiosk.heard)
        self.sync.add_metric(who, kiosk.sync)
        for kind, count in kiosk.facts.items():
            self.facts.add_metric([*who, kind], count)
        for told in kiosk.stands.values():
            match told:
                case State():
                    self.service.add_metric(who, told.mode == "in_service")
                    self.busy.add_metric(who, told.busy)
                    for name, works in told.can.items():
                        self.can.add_metric([*who, name], works)
                case Health():
                    for device in {one.id: one for one in told.devices}.values():
                        self.device.add_metric([*who, device.id], device.state in ("ok", "warn"))
                    for figure in ("cpu_c", "disk_pct", "mem_pct", "uptime_s"):
                        value = getattr(told.host, figure)
                        if value is not None:
                            self.host.add_metric([*who, figure], value)
                case Consumables():
                    for item in {one.id: one for one in told.items}.values():
                        if item.pct is not None:
                            self.left.add_metric([*who, item.id], item.pct)
                case Counters():
                    for name, count in told.totals.items():
                        self.total.add_metric([*who, name], count)
                case Alarm():
                    labels = [*who, told.code, told.inst, told.sev]
                    self.alarm.add_metric(labels, told.state != "cleared")


def listen(kiosks: Kiosks, client: Client, ward: str) -> None:
    """Subscribes at each connection, and hands on what comes."""

    def welcomed(
        client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Properties | None
    ) -> None:
        if not reason.is_failure:
            client.subscribe(TOPICS.format(ward=ward), qos=1)
        kiosks.line(not reason.is_failure)

    def left(
        client: Client, data: Any, flags: Any, reason: ReasonCode, properties: Properties | None
    ) -> None:
        kiosks.line(False)

    def came(client: Client, data: Any, message: MQTTMessage) -> None:
        kiosks.take(message.topic, bytes(message.payload))

    client.on_connect = welcomed
    client.on_disconnect = left
    client.on_message = came


def secured(ca: str, certificate: str | None, key: str | None) -> ssl.SSLContext:
    """TLS 1.3, the broker's name checked.  Raises OSError where a file is not to be read."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments."""
    parser = argparse.ArgumentParser(description="Metrics of all kiosks for Prometheus.")
    parser.add_argument("--broker", required=True)
    parser.add_argument("--port", type=int, default=8883)
    parser.add_argument("--ca", help="PEM; without it there is no TLS: a loopback only")
    parser.add_argument("--certificate", help="PEM")
    parser.add_argument("--key", help="PEM")
    parser.add_argument("--ward", default="+", help="five digits; all wards without it")
    parser.add_argument("--listen", type=int, default=9841, help="port on 127.0.0.1")
    told = parser.parse_args(words)
    if told.ca is None and told.broker not in ("localhost", "127.0.0.1", "::1"):
        parser.error("without --ca only a broker on the loopback is dialled")
    return told


def main() -> None:
    """Reads the arguments and serves until it is ended."""
    told = parsed()
    kiosks = Kiosks()
    client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    if told.ca:
        client.tls_set_context(secured(told.ca, told.certificate, told.key))
    client.reconnect_delay_set(*RETRY)
    listen(kiosks, client, told.ward)
    registry = CollectorRegistry()
    registry.register(kiosks)
    start_http_server(told.listen, addr="127.0.0.1", registry=registry)
    client.connect_async(told.broker, told.port, keepalive=30)
    client.loop_forever(retry_first_connection=True)


if __name__ == "__main__":
    main()
