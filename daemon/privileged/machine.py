"""The machine's network and clock, set as root on the word of the daemon.

`kiosk-machine.path` starts it when the daemon has left a request in its runtime folder.  A network
is only ever tried: in a file below /run, which a restart of the machine forgets, until somebody
keeps it.  Whatever ends this program ends the trial (the unit runs `undo` after it).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from daemon.privileged.netfile import BadRequest, Setting, setting

REQUEST = "run/ward-kiosk/machine"
ANSWER = "run/ward-kiosk-machine/answer"
TRIAL = "run/systemd/network/05-ward-kiosk-trial.network"
KEPT = "var/lib/ward-network/07-ward-kiosk-{}.network"
"""Copied to where networkd reads when it is kept, and before networkd starts (its drop-in)."""
READ = "run/systemd/network"
SYNCHRONISED = "run/systemd/timesync/synchronized"
TIME_SERVICE = "systemd-timesyncd.service"
SAVED_CLOCK = "var/lib/systemd/timesync/clock"
"""systemd-timesyncd never lets the clock be older than this file."""

LARGEST = 8192
RUN_WITHIN = 30.0
SYNC_WITHIN = 40.0
LOOK_EVERY = 0.25
LEAST, MOST = 60.0, 3600.0
"""Seconds of a trial."""
OLDEST, NEWEST = 1_735_689_600.0, 4_102_444_800.0
"""What a clock may be set to: the years 2025 to 2099."""


class Machine:
    """Requests, one at a time; `root` is another root folder in tests, `pause` waits so long."""

    def __init__(self, root: Path = Path("/"), pause: Callable[[float], None] = time.sleep) -> None:
        self._root = root
        self._pause = pause
        self._trial: Setting | None = None
        self._until = 0.0

    def serve(self) -> None:
        """Until nothing is asked for and no trial runs."""
        try:
            while True:
                asked = self._take()
                if asked is not None:
                    self._obey(asked)
                elif self._trial is None:
                    return
                elif time.monotonic() >= self._until:
                    self._end()
                    self._answer("", "")
                else:
                    self._pause(LOOK_EVERY)
        finally:
            self.undo()

    def undo(self) -> None:
        """What is not kept goes, also what a program before this one left.  Raises OSError."""
        if self._path(TRIAL).exists():
            self._end()
            self._answer("", "")

    # -- inside ----------------------------------------------------------------------------

    def _path(self, name: str) -> Path:
        return self._root / name

    def _take(self) -> bytes | None:
        """The request, which is then gone.  It comes from an account that is not trusted."""
        path = self._path(REQUEST)
        try:
            place = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        except OSError:  # a link, a socket: nobody's request
            path.unlink()
            return b""
        try:
            with contextlib.suppress(OSError):
                return os.read(place, LARGEST)
            return b""
        finally:
            os.close(place)
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()

    def _obey(self, asked: bytes) -> None:
        number = ""
        try:
            try:
                given = json.loads(asked)
            except ValueError:
                raise BadRequest("no JSON") from None
            if not isinstance(given, dict):
                raise BadRequest("no object")
            number = str(given.get("id", ""))[:40]
            acts: dict[object, Callable[[Mapping[str, object]], None]] = {
                "network.try": self._try,
                "network.keep": self._keep,
                "network.undo": self._back,
                "clock.sync": self._sync,
                "clock.set": self._set,
            }
            act = acts.get(str(given.get("do")))
            if act is None:
                raise BadRequest("no such request")
            act(given)
        except (BadRequest, OSError) as error:
            self._answer(number, str(error)[:300] or type(error).__name__)
        else:
            self._answer(number, "")

    def _try(self, given: Mapping[str, object]) -> None:
        wanted = setting(given)
        seconds = _number(given, "seconds", LEAST, MOST)
        _write(self._path(TRIAL), wanted.text())
        self._trial, self._until = wanted, time.monotonic() + seconds
        try:
            self._reload()
        except OSError:
            self._end()
            raise

    def _keep(self, given: Mapping[str, object]) -> None:
        if self._trial is None:
            raise BadRequest("no network is on trial")
        kept = self._path(KEPT.format(self._trial.interface))
        for path in (kept, self._path(READ) / kept.name):
            _write(path, self._trial.text())
        self._path(TRIAL).unlink(missing_ok=True)
        self._trial = None
        self._reload()

    def _back(self, given: Mapping[str, object]) -> None:
        if self._trial is None:
            raise BadRequest("no network is on trial")
        self._end()

    def _end(self) -> None:
        self._trial = None
        self._path(TRIAL).unlink(missing_ok=True)
        self._reload()

    def _reload(self) -> None:
        _run("systemctl", "reload-or-restart", "systemd-networkd.service")

    def _sync(self, given: Mapping[str, object]) -> None:
        """Waits for a server: the service makes the file anew when one has answered."""
        _run("systemctl", "restart", TIME_SERVICE)
        ends = time.monotonic() + SYNC_WITHIN
        while not self._path(SYNCHRONISED).exists():
            if time.monotonic() >= ends:
                raise OSError(f"no time server answered within {SYNC_WITHIN:.0f} s: net show")
            self._pause(LOOK_EVERY)

    def _set(self, given: Mapping[str, object]) -> None:
        """The bus refuses it while that service runs, whose stop is waited for here."""
        at = _number(given, "at", OLDEST, NEWEST)
        _run("systemctl", "stop", TIME_SERVICE)
        try:
            with contextlib.suppress(FileNotFoundError):
                os.utime(self._path(SAVED_CLOCK), (at, at), follow_symlinks=False)
            _run("timedatectl", "--no-ask-password", "set-time", f"@{at:.0f}")
        finally:
            _run("systemctl", "start", TIME_SERVICE)

    def _answer(self, number: str, error: str) -> None:
        """Tells the daemon; `until` is of the monotonic clock, which both share."""
        trial = self._trial
        told = {
            "id": number,
            "error": error,
            "trial": trial.interface if trial else "",
            "until": self._until if trial else 0.0,
        }
        _write(self._path(ANSWER), json.dumps(told))


def _number(given: Mapping[str, object], name: str, least: float, most: float) -> float:
    value = given.get(name)
    if not isinstance(value, int | float) or not least <= value <= most:
        raise BadRequest(f"{name}: {least:.0f} to {most:.0f} is right")
    return float(value)


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and readable for all."""
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.chmod(0o644)
    part.replace(path)


def _run(*words: str) -> None:
    """Raises OSError with the program's last line."""
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=RUN_WITHIN, check=False
        )
    except subprocess.TimeoutExpired:
        raise OSError(f"{words[0]} took longer than {RUN_WITHIN:.0f} s") from None
    except FileNotFoundError:
        raise OSError(f"this machine has no {words[0]}") from None
    if done.returncode:
        said = done.stderr.decode("ascii", "replace").strip().splitlines()
        raise OSError(f"{words[0]}: {said[-1] if said else done.returncode}"[:200])


if __name__ == "__main__":
    if sys.argv[1:] == ["undo"]:
        Machine().undo()
    else:
        Machine().serve()
