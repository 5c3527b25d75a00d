"""What an interface may be given, checked, and as a file of systemd.network(5)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import NamedTuple

_INTERFACE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,14}")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9][A-Za-z0-9-]{0,62})*"
)
SERVERS = 3


class BadRequest(Exception):
    """What was asked for is not right; the text says which part."""


class Setting(NamedTuple):
    """One wired interface: by DHCP, or an address that stays."""

    interface: str
    address: str
    """With its prefix, as 10.20.30.40/24; empty = DHCP."""
    gateway: str
    dns: tuple[str, ...]
    ntp: tuple[str, ...]

    def text(self) -> str:
        """The file."""
        lines = ["[Match]", f"Name={self.interface}", "", "[Network]"]
        if self.address:
            lines += ["DHCP=no", f"Address={self.address}"]
            lines += [f"Gateway={self.gateway}"] if self.gateway else []
        else:
            lines.append("DHCP=yes")
        lines += [f"DNS={one}" for one in self.dns] + [f"NTP={one}" for one in self.ntp]
        return "\n".join(lines) + "\n"


def setting(given: Mapping[str, object]) -> Setting:
    """From `interface`, `address`, `gateway`, and `dns`, `ntp` parted by commas.

    Raises BadRequest.  Nothing else than names and addresses comes into the file, one a line.
    """
    interface = _text(given, "interface")
    if not _INTERFACE.fullmatch(interface) or interface == "lo":
        raise BadRequest(f"interface: read {interface!r}")
    address, gateway = _text(given, "address"), _text(given, "gateway")
    if address:
        address, gateway = _static(address, gateway)
    elif gateway:
        raise BadRequest("gateway: DHCP brings it")
    dns = tuple(str(_address("dns", one)) for one in _list(given, "dns"))
    ntp = tuple(_list(given, "ntp"))
    for one in ntp:
        if not _is_address(one) and not _HOST.fullmatch(one):
            raise BadRequest(f"ntp: read {one!r}")
    return Setting(interface, address, gateway, dns, ntp)


def _static(address: str, gateway: str) -> tuple[str, str]:
    try:
        if "/" not in address or "%" in address or address.endswith("/0"):
            raise ValueError
        own = ipaddress.ip_interface(address)
    except ValueError:
        raise BadRequest(f"address: read {address!r}; 10.20.30.40/24 is right") from None
    net = own.network
    ends = [] if net.num_addresses <= 2 else [net.network_address]
    if own.version == 4 and ends:
        ends.append(net.broadcast_address)
    if own.ip in ends or own.is_loopback or own.is_multicast or own.is_unspecified:
        raise BadRequest(f"address: {own.ip} can be no machine's in {net}")
    if gateway:
        way = _address("gateway", gateway)
        if way not in net or way == own.ip or way in ends:
            raise BadRequest(f"gateway: {way} is no other machine of {net}")
        gateway = str(way)
    return str(own), gateway


def _address(name: str, text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        raise BadRequest(f"{name}: read {text!r}; an address is right") from None
    if "%" in text or found.is_multicast or found.is_unspecified:
        raise BadRequest(f"{name}: read {text!r}; a machine's address is right")
    return found


def _is_address(text: str) -> bool:
    try:
        return "%" not in str(ipaddress.ip_address(text))
    except ValueError:
        return False


def _text(given: Mapping[str, object], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str) or len(value) > 800:
        raise BadRequest(f"{name}: a text is right")
    return value


def _list(given: Mapping[str, object], name: str) -> list[str]:
    found = [one for one in _text(given, name).split(",") if one]
    if len(found) > SERVERS:
        raise BadRequest(f"{name}: {SERVERS} at most")
    return found
