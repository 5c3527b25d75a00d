"""`net`: the machine's network, and where the way to the broker ends."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import LayerRow, NetRow, SpeedRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.machine import Machine
from daemon.inside.speed import measured
from daemon.uplink.network import Network
from daemon.uplink.probe import Finding, Probe

if TYPE_CHECKING:
    from daemon.wiring import App

PINGS = 4
PING_WITHIN = 2.0
_ECHO = 8

Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]


class HostArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A host: name or address."""

    host: Name


class SpeedArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A host; `broker` and `gateway` are those of the kiosk."""

    host: Name = "broker"


class NetworkChecks:
    """All of this looks from inside the daemon: through its own filters, as the uplink does."""

    def __init__(self, app: App, machine: Machine) -> None:
        self._app = app
        self._machine = machine

    def verbs(self) -> dict[str, Verb]:
        return {
            "net": Verb(role="view", run=self.show),
            "net.mqtt": Verb(role="view", run=self.walk, talks=True, within=120.0),
            "net.ping": Verb(role="view", args=HostArgs, run=self.ping, talks=True, within=60.0),
            "net.speed": Verb(role="tech", args=SpeedArgs, run=self.speed, talks=True, within=60.0),
            "net.dns": Verb(role="view", args=HostArgs, run=self.dns, within=30.0),
        }

    async def show(self, args: NoArgs, talk: Talk) -> NetRow:
        network, config = Network(), self._app.config.uplink
        gateway = network.gateway()
        row = NetRow(
            interfaces=tuple(msgspec.structs.asdict(one) for one in network.interfaces()),
            addresses=network.addresses(),
            gateway=f"{gateway.address} on {gateway.interface}" if gateway else "",
            resolvers=network.resolvers(),
            broker=f"{config.broker}:{config.port}" if config.broker else "",
        )
        return self._machine.laid_over(row)

    async def walk(self, args: NoArgs, talk: Talk) -> tuple[LayerRow, ...]:
        """Layer by layer; where there is a line already, CONNECT is not said again."""
        config, uplink = self._app.config.uplink, self._app.uplink
        if not config.broker:
            raise ConsoleError(Code.FAILED, "no broker is configured: uplink.broker is empty")
        connected = uplink is not None and (await uplink.status()).connected
        steps = Probe(config, self._app.config.kiosk.id).walk()
        rows: list[LayerRow] = []
        while (found := await asyncio.to_thread(_next, steps)) is not None:
            row = LayerRow(**msgspec.structs.asdict(found))
            rows.append(row)
            mark = "ok  " if row.ok else "FAIL"
            await talk.line(f"{row.layer:8} {mark} {row.detail}", ok=str(row.ok).lower())
            if connected and row.layer == "tls":
                rows.append(LayerRow(layer="mqtt", ok=True, detail="the uplink has a line"))
                await talk.line("mqtt     ok   the uplink has a line", ok="true")
                break
        return tuple(rows)

    async def dns(self, args: HostArgs, talk: Talk) -> tuple[str, ...]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(args.host, None, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            why = "no such name" if error.errno == socket.EAI_NONAME else "no DNS server answers"
            raise ConsoleError(Code.FAILED, f"{args.host}: {why}") from None
        return tuple(dict.fromkeys(str(one[4][0]) for one in found))

    async def ping(self, args: HostArgs, talk: Talk) -> tuple[float | None, ...]:
        """Milliseconds of each echo; None = none came."""
        address = (await self.dns(args, talk))[0]
        times: list[float | None] = []
        for number in range(PINGS):
            took = await asyncio.to_thread(echo, address, number)
            times.append(took)
            said = "no answer" if took is None else f"{took:.1f} ms"
            await talk.line(f"{address}: {said}")
            await asyncio.sleep(0.2)
        return tuple(times)

    async def speed(self, args: SpeedArgs, talk: Talk) -> SpeedRow:
        """To the broker unless said, and back."""
        host = args.host
        if host == "broker":
            host = self._app.config.uplink.broker
            if not host:
                raise ConsoleError(Code.FAILED, "no broker is configured: uplink.broker is empty")
        elif host == "gateway":
            gateway = Network().gateway()
            if gateway is None:
                raise ConsoleError(Code.FAILED, "no default route: net show")
            host = gateway.address
        address = (await self.dns(HostArgs(host), talk))[0]
        await talk.live(f"measuring to {host} ...")
        return await asyncio.to_thread(measured, host, address, opened)


def _next(steps: Iterator[Finding]) -> Finding | None:
    return next(steps, None)


def opened(six: bool) -> socket.socket:
    """The kernel's ping socket.  Raises ConsoleError where that is barred."""
    family = socket.AF_INET6 if six else socket.AF_INET
    protocol = socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP
    try:
        return socket.socket(family, socket.SOCK_DGRAM, protocol)
    except PermissionError:
        raise ConsoleError(
            Code.ABSENT, "ping is barred: net.ipv4.ping_group_range leaves this account out"
        ) from None


def echo(address: str, number: int) -> float | None:
    """One ICMP echo, in milliseconds; None = none came.  Raises ConsoleError."""
    six = ":" in address
    with opened(six) as sock:
        sock.settimeout(PING_WITHIN)
        body = os.urandom(16)
        head = struct.pack("!BBHHH", 128 if six else _ECHO, 0, 0, 0, number)
        began = time.monotonic()
        try:
            sock.sendto(head[:2] + _sum(head + body) + head[4:] + body, (address, 0))
            while time.monotonic() - began < PING_WITHIN:
                if body in sock.recv(2048):
                    return 1000 * (time.monotonic() - began)
        except OSError:
            return None
    return None


def _sum(packet: bytes) -> bytes:
    total = sum(struct.unpack(f"!{len(packet) // 2}H", packet))
    total = (total >> 16) + (total & 0xFFFF)
    return struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF)
