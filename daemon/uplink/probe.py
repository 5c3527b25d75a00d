"""Where does the way to the broker end?  Each layer by itself, from the cable to CONNACK.

Blocking calls, each bounded by the connect time of the configuration: for a thread.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes

from daemon.uplink.config import UplinkConfig
from daemon.uplink.errors import LineError
from daemon.uplink.line import FAILURE, empty_properties, password, tls_context
from daemon.uplink.network import Network

Layer = Literal["link", "address", "gateway", "dns", "tcp", "tls", "mqtt"]
LAYERS: tuple[Layer, ...] = ("link", "address", "gateway", "dns", "tcp", "tls", "mqtt")

ALERT = 0.5
"""Seconds in which a server says that it does not want our certificate (TLS 1.3 says it late)."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One layer."""

    layer: Layer
    ok: bool
    detail: str
    remedy: str = ""


class Broken(Exception):
    """A layer does not work: what was seen, and what to do."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


class Probe:
    """One walk along the layers."""

    def __init__(self, config: UplinkConfig, kiosk: str, root: Path = Path("/")) -> None:
        self._config = config
        self._kiosk = kiosk
        self._network = Network(root)
        self._address = ""

    def walk(self) -> Iterator[Finding]:
        """Ends at the first layer that does not work."""
        steps: dict[Layer, Callable[[], str]] = {
            "link": self._link,
            "address": self._has_address,
            "gateway": self._gateway,
            "dns": self._dns,
            "tcp": self._tcp,
            "tls": self._tls,
            "mqtt": self._mqtt,
        }
        for layer in LAYERS:
            try:
                yield Finding(layer=layer, ok=True, detail=steps[layer]())
            except Broken as error:
                yield Finding(layer=layer, ok=False, detail=str(error), remedy=error.remedy)
                return

    # -- the layers ------------------------------------------------------------------------

    def _link(self) -> str:
        if self._here():
            return "the broker is on this machine"
        up = [one.name for one in self._network.interfaces() if one.carrier]
        if not up:
            raise Broken("no interface has a carrier", "Plug the network cable in; is a lamp lit?")
        return "carrier on " + ", ".join(up)

    def _has_address(self) -> str:
        if self._here():
            return "not needed"
        addresses = self._network.addresses()
        if not addresses:
            raise Broken("no address", "DHCP does not answer, or the address is not configured.")
        return ", ".join(addresses)

    def _gateway(self) -> str:
        if self._here():
            return "not needed"
        gateway = self._network.gateway()
        if gateway is None:
            raise Broken("no default route", "Configure a gateway, or look at the DHCP server.")
        if gateway.silent:
            raise Broken(
                f"{gateway.address} on {gateway.interface} does not answer (ARP)",
                "Wrong VLAN or port, or the router is off: ask the network's people.",
            )
        return f"{gateway.address} on {gateway.interface}"

    def _dns(self) -> str:
        broker = self._config.broker
        with contextlib.suppress(ValueError):
            self._address = str(ipaddress.ip_address(broker))
            return "not needed: broker is an address"
        began = time.monotonic()
        try:
            found = socket.getaddrinfo(broker, self._config.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno == socket.EAI_NONAME:
                raise Broken(f"no such name {broker}", "Check uplink.broker.") from None
            raise Broken(
                f"no answer about {broker}", "The DNS server does not answer: net show names it."
            ) from None
        self._address = str(found[0][4][0])
        return f"{broker} is {self._address}, {1000 * (time.monotonic() - began):.0f} ms"

    def _tcp(self) -> str:
        began = time.monotonic()
        with self._connected():
            return f"port {self._config.port}, {1000 * (time.monotonic() - began):.0f} ms"

    def _tls(self) -> str:
        config = self._config
        if not config.tls:
            return "not configured"
        try:
            context = tls_context(config)
        except LineError as error:
            raise Broken(str(error), "Check uplink.ca, uplink.certificate, uplink.key.") from None
        with self._connected() as raw:
            try:
                with context.wrap_socket(raw, server_hostname=config.broker) as line:
                    version, ends = line.version(), _ends(line)
                    line.settimeout(ALERT)
                    with contextlib.suppress(TimeoutError):
                        line.recv(1)
            except ssl.SSLCertVerificationError as error:
                raise Broken(
                    f"the broker's certificate: {error.verify_message}",
                    "uplink.ca must be the authority that signed it; is the clock right?",
                ) from None
            except ssl.SSLError as error:
                raise Broken(
                    f"handshake: {error.reason or type(error).__name__}",
                    "The broker wants another certificate, or does not speak TLS 1.3.",
                ) from None
            except OSError as error:
                raise Broken(f"handshake: {type(error).__name__}", "Is that a TLS port?") from None
        return f"{version}, the broker's certificate ends {ends}"

    def _mqtt(self) -> str:
        """Says CONNECT under the kiosk's own name, and leaves its session as it is."""
        config = self._config
        answers: list[Any] = []
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._kiosk,
            protocol=MQTTProtocolVersion.MQTTv5,
            reconnect_on_failure=False,
        )
        client.connect_timeout = config.connect
        client.on_connect = lambda *told: answers.append(told[3])
        if config.tls:
            client.tls_set_context(tls_context(config))
        if config.user:
            try:
                client.username_pw_set(config.user, password(config.password_file))
            except LineError as error:
                raise Broken(str(error), "Check uplink.password_file.") from None
        properties = empty_properties(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = config.session_expiry
        try:
            client.connect(
                config.broker,
                config.port,
                config.keepalive,
                clean_start=False,
                properties=properties,
            )
            ends = time.monotonic() + config.connect
            while not answers and time.monotonic() < ends:
                if client.loop(0.1) != 0:
                    break
        except (OSError, ValueError) as error:
            raise Broken(f"CONNECT: {type(error).__name__}", "Look at the broker's log.") from None
        finally:
            client.disconnect()
            place = client.socket()
            if place is not None:
                place.close()
        if not answers:
            raise Broken("no CONNACK", "Something listens there that is no MQTT 5 broker.")
        if answers[0].value >= FAILURE:
            raise Broken(
                f"CONNACK: {answers[0]}",
                "The broker knows the kiosk's name, password or certificate otherwise.",
            )
        return f"CONNACK: {answers[0]}"

    # -- inside ----------------------------------------------------------------------------

    def _here(self) -> bool:
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self._config.broker).is_loopback
        return self._config.broker == "localhost"

    def _connected(self) -> socket.socket:
        port = self._config.port
        try:
            return socket.create_connection((self._address, port), self._config.connect)
        except ConnectionRefusedError:
            raise Broken(
                f"{self._address} port {port}: refused", "No broker listens there: uplink.port?"
            ) from None
        except TimeoutError:
            raise Broken(
                f"{self._address} port {port}: no answer",
                "A firewall drops it, or the machine is off.",
            ) from None
        except PermissionError:
            raise Broken(
                f"{self._address}: not allowed here",
                "Name it in the unit's drop-in: IPAddressAllow= (docs/install.md).",
            ) from None
        except OSError as error:
            raise Broken(
                f"{self._address} port {port}: {error.strerror or type(error).__name__}",
                "No way leads there: look at the gateway's routes.",
            ) from None


def _ends(line: ssl.SSLSocket) -> str:
    certificate = line.getpeercert() or {}
    return str(certificate.get("notAfter", "unknown"))
