"""Where the way to the broker ends, layer by layer, against a real broker."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from daemon.uplink.network import Network
from daemon.uplink.probe import LAYERS, Finding, Probe
from tests.uplink.conftest import KIOSK, Broker, config, free_port
from tests.uplink.papers import Authority
from tests.uplink.test_tls import authority, secure

__all__ = ["authority"]

ROUTE = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
    "eth0\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\n"
)
ARP = (
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "10.0.2.1         0x1         0x{flags}         52:55:0a:00:02:02     *        eth0\n"
)
TRIE = "     |-- 10.0.2.15\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n"


def walked(probe: Probe) -> list[Finding]:
    found = list(probe.walk())
    assert [one.layer for one in found] == list(LAYERS[: len(found)])
    assert all(one.ok for one in found[:-1])
    return found


def machine(root: Path, **files: str) -> Path:
    """A machine with a cable, an address and a gateway, but for what is named otherwise."""
    everything = {
        "sys/class/net/eth0/carrier": "1",
        "sys/class/net/eth0/operstate": "up",
        "sys/class/net/eth0/speed": "1000",
        "sys/class/net/lo/operstate": "unknown",
        "proc/net/fib_trie": TRIE,
        "proc/net/route": ROUTE,
        "proc/net/arp": ARP.format(flags="2"),
        "etc/resolv.conf": "# by DHCP\nnameserver 10.0.2.3\n",
    } | {name.replace("__", "/"): text for name, text in files.items()}
    for name, text in everything.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_an_open_way(broker: Broker) -> None:
    broker.start()
    found = walked(Probe(config(broker.port), KIOSK))
    assert found[-1].ok and found[-1].layer == "mqtt" and "Success" in found[-1].detail


def test_nobody_listens() -> None:
    last = walked(Probe(config(free_port()), KIOSK))[-1]
    assert (last.layer, last.ok) == ("tcp", False) and "refused" in last.detail and last.remedy


def test_something_else_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        last = walked(Probe(config(other.getsockname()[1], connect=0.3), KIOSK))[-1]
    assert (last.layer, last.ok) == ("mqtt", False) and "CONNACK" in last.detail


def test_a_broker_that_does_not_know_us(broker: Broker) -> None:
    broker.extra = "allow_anonymous false"
    broker.start()
    last = walked(Probe(config(broker.port), KIOSK))[-1]
    assert (last.layer, last.ok) == ("mqtt", False) and "Not authorized" in last.detail


def test_mutual_tls(broker: Broker, authority: Authority) -> None:
    broker.start()
    found = walked(Probe(secure(broker, authority), KIOSK))
    assert found[-1].ok and "TLSv1.3" in found[-2].detail


def test_a_broker_of_another_authority(broker: Broker, authority: Authority) -> None:
    broker.start()
    other = Authority(broker.folder, "other")
    last = walked(Probe(secure(broker, authority, ca=str(other.certificate_file)), KIOSK))[-1]
    assert (last.layer, last.ok) == ("tls", False) and "certificate" in last.detail


def test_without_our_certificate(broker: Broker, authority: Authority) -> None:
    broker.start()
    last = walked(Probe(secure(broker, authority, certificate="", key=""), KIOSK))[-1]
    assert (last.layer, last.ok) == ("tls", False) and "CERTIFICATE_REQUIRED" in last.detail.upper()


def test_files_that_are_not_there(broker: Broker, authority: Authority) -> None:
    broker.start()
    last = walked(Probe(secure(broker, authority, ca="/nowhere.pem"), KIOSK))[-1]
    assert (last.layer, last.ok) == ("tls", False)


@pytest.mark.parametrize(
    ("files", "layer", "says"),
    [
        ({"sys__class__net__eth0__carrier": "0"}, "link", "carrier"),
        ({"proc__net__fib_trie": "     |-- 127.0.0.1\n        /32 host LOCAL\n"}, "address", "no"),
        ({"proc__net__route": "Iface\n"}, "gateway", "no default route"),
        ({"proc__net__arp": ARP.format(flags="0")}, "gateway", "10.0.2.1 on eth0 does not answer"),
        ({}, "dns", "broker.invalid"),
    ],
)
def test_the_machines_own_layers(
    tmp_path: Path, files: dict[str, str], layer: str, says: str
) -> None:
    probe = Probe(config(1883, broker="broker.invalid"), KIOSK, machine(tmp_path, **files))
    last = walked(probe)[-1]
    assert (last.layer, last.ok) == (layer, False)
    assert says in last.detail and last.remedy


def test_the_network_as_the_kernel_shows_it(tmp_path: Path) -> None:
    network = Network(machine(tmp_path, proc__net__if_inet6=V6))
    assert [(one.name, one.carrier, one.mbit) for one in network.interfaces()] == [
        ("eth0", True, 1000)
    ]
    assert network.addresses() == ("10.0.2.15", "2001:db8::1")
    gateway = network.gateway()
    assert gateway is not None and (gateway.address, gateway.silent) == ("10.0.2.1", False)
    assert network.resolvers() == ("10.0.2.3",)
    assert Network(tmp_path / "nothing").gateway() is None


V6 = (
    "20010db8000000000000000000000001 02 40 00 80     eth0\n"
    "fe800000000000000000000000000001 02 40 20 80     eth0\n"
    "00000000000000000000000000000001 01 80 10 80       lo\n"
)
