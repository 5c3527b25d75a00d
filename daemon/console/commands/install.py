"""`install`: the guided first installation; can be left at any step and taken up again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from daemon.console import idle
from daemon.console.commands.base import Asking, Command, Result, nothing
from daemon.console.inside import Code, ConsoleError, Status
from daemon.console.paper import fact, wrapped
from daemon.console.rows import Commit, InstallRow, LayerRow, PortRow, TrialRow
from daemon.console.terminal import standard
from daemon.console.words import told

USAGE = "install [status]"
BACK_WITHIN = 120.0
"""Seconds a restart of the daemon may take."""
TITLES = {
    "identity": "Which kiosk this is",
    "devices": "Devices found and assigned",
    "certificate": "The kiosk's certificate for the broker",
    "broker": "The ward's broker",
    "tests": "Each device tried",
}


def _install(link: Asking, words: Sequence[str]) -> Result:
    if words:
        nothing(words[1:], USAGE)
        if not "status".startswith(words[0]):
            raise ConsoleError(Code.USAGE, USAGE)
    rows = _steps(link)
    if words or not sys.stdin.isatty():
        return Result(rows, _shown(rows), _code(rows))
    left: set[str] = set()
    while row := next((one for one in rows if not one.done and one.name not in left), None):
        number = [one.name for one in rows].index(row.name) + 1
        _say(
            "",
            f"[{number}/{len(rows)}] {told(TITLES[row.name])}",
            *wrapped(f"Now: {row.detail}", 6),
        )
        try:
            went_on = STEPS[row.name](link)
        except ConsoleError as error:
            _say(*wrapped(f"Error ({int(error.code)}): {error}"))
            went_on = _yes("Try this step again?")
        if not went_on:
            left.add(row.name)
        rows = _steps(link)
        done = next(one.done for one in rows if one.name == row.name)
        if went_on and not done and not _yes("This step is not complete. Again?"):
            left.add(row.name)
    text = "Everything is done." if all(row.done for row in rows) else "Left open; install goes on."
    return Result(rows, ["", *_shown(rows), text], _code(rows))


def _steps(link: Asking) -> tuple[InstallRow, ...]:
    found: tuple[InstallRow, ...] = link.ask("install", tuple[InstallRow, ...])
    return found


def _shown(rows: Sequence[InstallRow]) -> list[str]:
    return [
        f"{'STEP':12} {'STATE':5} DETAIL",
        *(
            line
            for row in rows
            for line in fact(f"{row.name:12} {'done' if row.done else 'OPEN'}", row.detail, 18)
        ),
    ]


def _code(rows: Sequence[InstallRow]) -> Code:
    return Code.OK if all(row.done for row in rows) else Code.FAILED


# -- the steps; each returns whether to look at it again -----------------------------------


def _identity(link: Asking) -> bool:
    ward = _typed("Code of the ward (5 digits; empty = later):")
    if not ward:
        return False
    number = _typed("Number of the kiosk in this ward (1 to 99):")
    if not number.isdigit():
        raise ConsoleError(Code.USAGE, f"{number!r} is no number")
    changes: dict[str, str] = link.ask(
        "install.identity", dict[str, str], ward=ward, number=int(number)
    )
    _say(f"This will be {changes.get('kiosk.id', 'as it was')} of {changes['ward']}.")
    return _yes("Is that right?") and _restarted(link)


def _devices(link: Asking) -> bool:
    ports: tuple[PortRow, ...] = link.ask("install.ports", tuple[PortRow, ...])
    changed = False
    for port in ports:
        if port.there or not port.candidates:
            _say(f"{port.key} = {port.value}: {'there' if port.there else 'NOT THERE'}")
            continue
        _say(f"{port.key} = {port.value}: NOT THERE. What could be meant:")
        _say(*(f"  {n:2} {name}" for n, name in enumerate(port.candidates, 1)))
        choice = _typed("Number (empty = none of these):")
        if choice.isdigit() and 1 <= int(choice) <= len(port.candidates):
            value = f'"{port.candidates[int(choice) - 1]}"'
            link.ask("config.set", dict[str, str], key=port.key, value=value)
            changed = True
    if changed:
        return _restarted(link)
    _say("Plug in what is missing: `devices` and `alarms` say what each one lacks.")
    return _yes("Look again?")


def _certificate(link: Asking) -> bool:
    folder = _typed("Folder for the request (empty = the certificate is here already; - = later):")
    if folder == "-":
        return False
    if folder:
        if not Path(folder).is_dir():
            raise ConsoleError(Code.USAGE, f"{folder} is no folder")
        name: str = link.talk("install.request", str, keep=Path(folder))
        _say(f"Have {name} signed by the city's authority; its key never leaves the kiosk.")
    file = _typed("File of the signed certificate (empty = later):")
    if not file:
        return False
    try:
        pem = Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConsoleError(Code.USAGE, f"{file}: {error}") from None
    link.ask("install.certificate", dict[str, str], pem=pem)
    return _restarted(link)


def _broker(link: Asking) -> bool:
    host = _typed("Name or address of the broker (empty = as it is; - = later):")
    if host == "-":
        return False
    if host:
        port = _typed("Port (empty = 8883):") or "8883"
        authority = _typed("File of the broker's authority (empty = the system's):")
        link.ask("config.set", dict[str, str], key="uplink.broker", value=f'"{host}"')
        link.ask("config.set", dict[str, str], key="uplink.port", value=port)
        link.ask("config.set", dict[str, str], key="uplink.ca", value=f'"{authority}"')
        _restarted(link)
    layers: tuple[LayerRow, ...] = link.talk("net.mqtt", tuple[LayerRow, ...])
    last = layers[-1]
    if not last.ok:
        _say(*wrapped(f"It fails at {last.layer.upper()}: {last.detail}."))
        _say(*wrapped(last.remedy, 4))
        return _yes("Again?")
    return True


def _tests(link: Asking) -> bool:
    row = next(one for one in _steps(link) if one.name == "tests")
    for name in row.detail.removeprefix("to do: ").split():
        if not _yes(f"Try {name} now?"):
            continue
        link.talk("test", tuple[TrialRow, ...], device=name, wait=True, seconds=60.0)
    return False


STEPS: dict[str, Callable[[Asking], bool]] = {
    "identity": _identity,
    "devices": _devices,
    "certificate": _certificate,
    "broker": _broker,
    "tests": _tests,
}


def _restarted(link: Asking) -> bool:
    """Commits what was set and waits until the daemon is back with it."""
    row: Commit = link.talk("config.commit", Commit, confirm=0.0, wait=True)
    _say(f"Version {row.n}: the kiosk restarts with it ...")
    began = time.monotonic()
    while True:
        took = time.monotonic() - began
        try:
            now: Status = link.ask("status", Status)
            if now.up < took:  # the one that took the command would have run for longer
                _steps(link)
                _say("It is back.")
                return True
        except ConsoleError:
            if took > BACK_WITHIN:
                raise
        if took > BACK_WITHIN:
            raise ConsoleError(Code.TIMED_OUT, "the kiosk did not restart; see logs")
        time.sleep(0.2)


def _say(*lines: str) -> None:
    standard().show(lines, paged=False)


def _typed(question: str) -> str:
    try:
        return idle.read(standard().letters(told(question)) + " ").strip()
    except (EOFError, idle.Idle):
        raise ConsoleError(Code.FAILED, "left; install goes on where it stands") from None


def _yes(question: str) -> bool:
    while True:
        word = _typed(f"{told(question)} [y/n]").casefold()
        if word in ("y", "yes", "c", "co"):
            return True
        if word in ("n", "no", "k", "khong"):
            return False


COMMANDS = (
    Command("install", USAGE, "the guided first installation; goes on", "view", _install, USAGE),
)
