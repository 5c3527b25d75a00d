"""`net`: interfaces, names, and where the way to the broker ends."""

from __future__ import annotations

from collections.abc import Sequence

from daemon.console.commands.base import Asking, Command, Result, chosen, options, whole
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import fact, wrapped
from daemon.console.rows import LayerRow, NetRow, SpeedRow

USAGE = "net show|mqtt|commit|rollback | net ping|dns|speed HOST | net set INTERFACE ..."
SET = "net set INTERFACE dhcp|ADDRESS/PREFIX [--gateway A] [--dns A,B] [--ntp A,B] [--confirm MIN]"


def _net(link: Asking, words: Sequence[str]) -> Result:
    verbs = ("show", "ping", "dns", "mqtt", "speed", "set", "commit", "rollback")
    verb, rest = chosen(words, verbs, USAGE)
    if verb == "set":
        return _set(link, rest)
    if verb == "speed" and not rest:
        rest = ["broker"]
    if len(rest) != (verb in ("ping", "dns", "speed")):
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
    if verb == "speed":
        return _speed(link.talk("net.speed", SpeedRow, host=rest[0]))
    if verb == "commit":
        name: str = link.talk("net.commit", str)
        return Result({"kept": name}, [f"{name}: kept, also over a restart."])
    if verb == "rollback":
        name = link.talk("net.rollback", str)
        return Result({"undone": name}, [f"{name}: as it was before."])
    layers: tuple[LayerRow, ...] = link.talk("net.mqtt", tuple[LayerRow, ...])
    last = layers[-1]
    if last.ok:
        return Result(layers, ["The way to the broker is open."])
    said = f"It fails at {last.layer.upper()}: {last.detail}."
    return Result(layers, [*wrapped(said), *wrapped(last.remedy, 4)], Code.FAILED)


def _set(link: Asking, words: Sequence[str]) -> Result:
    known: dict[str, str | bool] = {
        "--gateway": "",
        "--dns": "",
        "--ntp": "",
        "--confirm": "10",
        "--no-wait": False,
    }
    plain, given = options(words, SET, known, most=2)
    if len(plain) != 2:
        raise ConsoleError(Code.USAGE, SET)
    minutes = whole(given["--confirm"], "--confirm")
    if not 1 <= minutes <= 60:
        raise ConsoleError(Code.USAGE, "--confirm: 1 to 60 minutes")
    args = {name: given[f"--{name}"] for name in ("gateway", "dns", "ntp")}
    link.talk(
        "net.set",
        float,
        interface=plain[0],
        address="" if plain[1] == "dhcp" else plain[1],
        seconds=60.0 * minutes,
        wait=not given["--no-wait"],
        **args,
    )
    lines = [
        f"{plain[0]} is on trial: it is undone in {minutes} minutes, or by a restart,",
        "unless `net commit` is said. If this line drops, come back on the new address.",
    ]
    return Result({"interface": plain[0], "minutes": minutes}, lines)


def _speed(row: SpeedRow) -> Result:
    lost = row.sent - row.came
    lines = [f"{row.came} of {row.sent} echoes came from {row.host}."]
    if row.came:
        lines = [
            f"{row.host}: {row.mbit:.1f} Mbit/s there and back, {lost} of {row.sent} echoes lost",
            f"there and back in {row.median_ms:.1f} ms (median), {row.worst_ms:.1f} ms at worst",
        ]
    return Result(row, lines, Code.OK if row.came else Code.FAILED)


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
        *(fact("on trial", f"{row.trial}, {row.trial_s:.0f} s: net commit") if row.trial else []),
    ]


COMMANDS = (
    Command("net", USAGE, "the network; net mqtt names the failing layer", "view", _net, SET),
)
