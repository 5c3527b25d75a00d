"""What the answers look like on a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from daemon.catalogue.calendar import VIETNAM
from daemon.console.inside import Fault, PartRow, Setting, Status
from daemon.console.paper import WIDTH, columns, fact, table, wrapped
from daemon.console.remedies import remedy
from daemon.console.rows import AlarmRow
from daemon.console.words import told

RULE = "-" * WIDTH
SCREEN = 21
"""Lines of the status: 24 of a terminal, less the menu's two and the prompt's."""
_ALARMS = 5
_WORST = {"lost": 0, "warn": 1, "unknown": 2, "ok": 3}
_STANDING = frozenset({"model", "firmware", "serial"})
_UNITS = {"pct": " %", "mb": " MB", "c": " C", "s": " s", "ms": " ms"}
_MARKS = {"lost": "!", "warn": "-"}
_MODES = {
    "in_service": "IN SERVICE",
    "maintenance": "MAINTENANCE",
    "out_of_service": "OUT OF SERVICE",
}


def status(now: Status, room: int = SCREEN) -> list[str]:
    """One screen: state, what is wrong (worst first), devices, services, today.

    Has at most `room` lines: devices that work share a line where there is no room for all.
    """
    state = "SERVING" if now.busy else _MODES[now.mode]
    if now.busy and now.doing:
        state += f" {now.doing}"
    top = [
        columns(f"WARD KIOSK {now.kiosk}  {now.ward}", f"v{now.version}  {_moment(now.at)}"),
        columns(
            f"State  {state}", f"Up {span(now.up)}" + (f"  Clock {now.clock}" if now.clock else "")
        ),
        RULE,
    ]
    wrong = alarms(now)
    if wrong:
        more = len(wrong) - _ALARMS
        shown = wrong if more <= 0 else [*wrong[:_ALARMS], f"- {more} more: see alarms"]
        top += [*shown, RULE]
    host = ", ".join(_figure(name, value) for name, value in now.host.items())
    today = ", ".join(f"{name} {count}" for name, count in now.today.items() if count)
    broken = [f"{part.name} {part.state}" for part in now.services if part.state != "ok"]
    well = [part.name for part in now.services if part.state == "ok"]
    services = ", ".join(broken) + "; " * bool(broken) + "ok: " + ", ".join(well)
    bottom = [
        RULE,
        *fact("Services", services, 8),
        columns(f"Uplink   {now.uplink}, {now.outbox} facts wait", host),
        *fact("Today", today or told("nobody served yet"), 8),
    ]
    return [*top, *_some_devices(now, room - len(top) - len(bottom)), *bottom]


def _some_devices(now: Status, room: int) -> list[str]:
    rows = sorted(now.devices, key=lambda part: _WORST[part.state])
    at = len(rows)
    if at + 1 > room:
        at = max(sum(part.state != "ok" for part in rows), room - 3)
    kept, rest = rows[:at], [part.name for part in rows[at:]]
    lines = table(
        ("DEVICE", "STATE", "LAST OK", "DETAIL"),
        [(part.name, part.state, clock(part.last_ok, now.at), _detail(part)) for part in kept],
        (16, 8, 9),
    )
    return [*lines, *wrapped("also ok: " + ", ".join(rest))] if rest else lines


def alarms(now: Status) -> list[str]:
    """Devices and services that do not work or need care, and what is not offered therefore."""
    parts = sorted((*now.devices, *now.services), key=lambda part: (_WORST[part.state], part.name))
    lines: list[str] = []
    for part in parts:
        if part.state in _MARKS:
            lines.append(f"{_MARKS[part.state]} {part.state.upper():5} {part.name}: {part.reason}")
    return lines + not_offered(now)


def not_offered(now: Status) -> list[str]:
    """What the home screen has to leave out, and why."""
    return [f"- not offered: {name} ({reason})" for name, reason in sorted(now.why.items())]


def alarm_rows(rows: Sequence[AlarmRow], at: float) -> list[str]:
    """Each alarm with what to do about it, and who has seen it."""
    lines: list[str] = []
    for row in rows:
        seen = "" if row.ack_at is None else f"seen {clock(row.ack_at, at)} {row.ack_who}"
        lines.append(columns(f"{_MARKS[row.state]} {row.state.upper():5} {row.code}", seen))
        if advice := remedy(row.name, row.reason, row.remedy):
            lines += wrapped(advice, 8)
    return lines


def devices(rows: Sequence[PartRow], at: float) -> list[str]:
    """All devices, a line each."""
    return table(
        ("DEVICE", "STATE", "LAST OK", "FAULTS", "DRIVER", "DETAIL"),
        [
            (
                part.name,
                part.state,
                clock(part.last_ok, at),
                str(part.faults),
                part.driver,
                _detail(part),
            )
            for part in rows
        ],
        (16, 8, 9, 6, 10),
    )


def device(part: PartRow, at: float) -> list[str]:
    """One device, a fact a line."""
    facts = [
        ("state", part.state),
        ("reason", part.reason),
        ("what to do", remedy(part.name, part.reason, part.remedy)),
        ("driver", part.driver),
        ("port", part.port),
        ("last ok", clock(part.last_ok, at)),
        ("faults", str(part.faults)),
        *((name, str(value)) for name, value in sorted(part.figures.items())),
    ]
    return [
        part.name,
        *(f"  {line}" for name, value in facts if value for line in fact(name, value, 18)),
    ]


def faults(rows: Sequence[Fault], at: float) -> list[str]:
    """What broke, the latest first."""
    if not rows:
        return ["No fault since the start."]
    return table(
        ("LAST", "COUNT", "WHERE", "WHAT"),
        [(clock(row.last, at), str(row.count), row.where, row.what) for row in rows],
        (9, 5, 34),
    )


def settings(rows: Sequence[Setting]) -> list[str]:
    """Keys of the configuration; `*` marks what differs from the default."""
    return [
        columns(f"{' ' if row.default else '*'} {row.key} = {row.value}", "") for row in rows
    ] or ["No such key."]


def span(seconds: float) -> str:
    """12 d 04:10"""
    minutes = int(seconds // 60)
    days, rest = divmod(minutes, 24 * 60)
    text = f"{rest // 60:02}:{rest % 60:02}"
    return f"{days} d {text}" if days else text


def clock(moment: float | None, at: float) -> str:
    """The time of day in Vietnam; the date where it was another day; `-` for never."""
    if moment is None:
        return "-"
    then, now = (dt.datetime.fromtimestamp(one, VIETNAM) for one in (moment, at))
    return f"{then:%H:%M:%S}" if then.date() == now.date() else f"{then:%d/%m}"


def _detail(part: PartRow) -> str:
    # what the thing is stands under `devices show`: here counts how it does
    figures = ", ".join(
        _figure(name, value) for name, value in part.figures.items() if name not in _STANDING
    )
    return "; ".join(text for text in (part.reason, figures) if text)


def _figure(name: str, value: float | str) -> str:
    shown = f"{value:.3g}" if isinstance(value, float) else str(value)
    plain, _, unit = name.rpartition("_")
    if unit in _UNITS:
        return f"{plain.replace('_', ' ')} {shown}{_UNITS[unit]}"
    return f"{name.replace('_', ' ')} {shown}"


def _moment(at: float) -> str:
    return f"{dt.datetime.fromtimestamp(at, VIETNAM):%d/%m/%Y %H:%M:%S}"
