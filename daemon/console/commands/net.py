"""`net`: interfaces, names, and where the way to the broker ends."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.console.commands.base import Asking, Command, Result, chosen
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import fact, wrapped
from daemon.console.rows import LayerRow, NetRow

USAGE = "net show | net ping HOST | net dns NAME | net mqtt"


def _net(link: Asking, words: Sequence[str]) -> Result:
    verb, rest = chosen(words, ("show", "ping", "dns", "mqtt"), USAGE)
    if len(rest) != (verb in ("ping", "dns")):
        raise ConsoleError(Code.USAGE, USAGE)
    if verb == "show":
        row: NetRow = link.ask("net", NetRow)
        return Result(row, _shown(row))
    if verb == "dns":
        found: tuple[str, ...] = link.ask("net.dns", tuple[str, ...], host=rest[0])
        return Result(found, [f"{rest[0]}: {', '.join(found)}"])
    if verb == "ping":
        times = link.talk("net.ping", tuple[float | None, ...], host=rest[0])
        came = sum(one is not None for one in times)
        code = Code.OK if came else Code.FAILED
        return Result(times, [f"{came} of {len(times)} echoes came."], code)
    layers: tuple[LayerRow, ...] = link.talk("net.mqtt", tuple[LayerRow, ...])
    last = layers[-1]
    if last.ok:
        return Result(layers, ["The way to the broker is open."])
    said = f"It fails at {last.layer.upper()}: {last.detail}."
    return Result(layers, [*wrapped(said), *wrapped(last.remedy, 4)], Code.FAILED)


def _shown(row: NetRow) -> list[str]:
    lines = []
    for one in row.interfaces:
        speed = f" {one['mbit']} Mbit/s" if one["mbit"] else ""
        carrier = "carrier" if one["carrier"] else "NO CARRIER"
        lines.append(f"{one['name']:12} {one['state']:8} {carrier}{speed}")
    return [
        *(lines or ["no interface"]),
        *fact("addresses", ", ".join(row.addresses) or "none"),
        *fact("gateway", row.gateway or "NONE: no way out of this network"),
        *fact("DNS servers", ", ".join(row.resolvers) or "none"),
        *fact("broker", row.broker or "none configured"),
    ]


COMMANDS = (Command("net", USAGE, "the network; net mqtt names the failing layer", "view", _net),)
