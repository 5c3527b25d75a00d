"""The machine's network as the kernel shows it: interfaces, addresses, the way out."""

from __future__ import annotations

import ipaddress
import struct
from pathlib import Path

import msgspec

_COMPLETE = 0x2
"""Flag of /proc/net/arp: the neighbour has answered."""


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """One network interface; the loopback is none."""

    name: str
    carrier: bool
    """Does something answer at the other end of the cable?"""
    state: str
    """As the kernel calls it: up, down, dormant, …"""
    mbit: int | None
    """Speed in Mbit/s where it is known."""


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """The way out."""

    address: str
    interface: str
    silent: bool
    """It was asked for its hardware address and did not answer."""


class Network:
    """Reads /sys and /proc below `root`.  What cannot be read is not there."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def interfaces(self) -> tuple[Interface, ...]:
        """By name."""
        folder = self._root / "sys/class/net"
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        return tuple(self._interface(folder / name) for name in names if name != "lo")

    def addresses(self) -> tuple[str, ...]:
        """Those that reach further than the cable."""
        found: list[str] = []
        last = ""
        for line in self._lines("proc/net/fib_trie"):
            word = line.split()
            if "|--" in line:
                last = word[-1]
            elif "/32 host LOCAL" in line and last not in found:
                found.append(last)
        for line in self._lines("proc/net/if_inet6"):
            found.append(str(ipaddress.IPv6Address(bytes.fromhex(line.split()[0]))))
        return tuple(one for one in found if _far(one))

    def gateway(self) -> Gateway | None:
        """Of the default route; None without one."""
        for line in self._lines("proc/net/route")[1:]:
            name, destination, gateway, *_ = line.split()
            if int(destination, 16) == 0 and int(gateway, 16):
                address = str(ipaddress.IPv4Address(struct.pack("<I", int(gateway, 16))))
                return Gateway(address=address, interface=name, silent=self._silent(address))
        for line in self._lines("proc/net/ipv6_route"):
            word = line.split()
            if word[0] == "0" * 32 and word[1] == "00" and word[4] != "0" * 32:
                address = str(ipaddress.IPv6Address(bytes.fromhex(word[4])))
                return Gateway(address=address, interface=word[9], silent=False)
        return None

    def resolvers(self) -> tuple[str, ...]:
        """Who answers for names."""
        lines = [line.split() for line in self._lines("etc/resolv.conf")]
        return tuple(line[1] for line in lines if len(line) > 1 and line[0] == "nameserver")

    # -- inside ----------------------------------------------------------------------------

    def _interface(self, folder: Path) -> Interface:
        def read(name: str) -> str:
            try:
                return (folder / name).read_text().strip()
            except OSError:  # an interface that is down has no carrier file to read
                return ""

        speed = read("speed")
        return Interface(
            name=folder.name,
            carrier=read("carrier") == "1",
            state=read("operstate") or "unknown",
            mbit=int(speed) if speed.isdigit() else None,
        )

    def _silent(self, address: str) -> bool:
        for line in self._lines("proc/net/arp")[1:]:
            word = line.split()
            if word[0] == address:
                return not int(word[2], 16) & _COMPLETE
        return False  # nobody has asked it yet

    def _lines(self, name: str) -> list[str]:
        try:
            return (self._root / name).read_text(encoding="ascii", errors="replace").splitlines()
        except OSError:
            return []


def _far(address: str) -> bool:
    one = ipaddress.ip_address(address)
    return not (one.is_loopback or one.is_link_local or one.is_unspecified)
