"""The whole daemon killed in the middle of a visit: the next start ends what was open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daemon.store import Store
from daemon.store.models.register import RequestRow
from tests.visits.visit import kioskctl, register

ROOT = Path(__file__).parents[2]
WITHIN = 120.0

TOML = """
[paths]
state = "{folder}/state"
runtime = "{folder}/run"
[queue]
always_open = true
[page_printer]
seconds_a_sheet = 0.05
[certifier]
after = -1.0
[camera]
still_width = 2028
still_height = 1520
[limits]
still = 0.2
"""


class Daemon:
    """Processes of one kiosk, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "kiosk.toml"
        self.config.write_text(TOML.format(folder=folder))
        self.log = folder / "log"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, *module: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", *module],
                cwd=self.folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        return self._running

    def play(self, story: str) -> tuple[int, list[int]]:
        """Plays a story until it dies; returns the exit status and the children's ids."""
        process = self.start("tests.visits.play", str(self.config), story)
        out, _ = process.communicate(timeout=400)
        self._running = None
        return process.returncode, [int(pid) for pid in out.split()]

    def status(self) -> dict[str, Any]:
        """What kioskctl says; empty while nobody answers."""
        answer = kioskctl(self.folder / "run", "status", "--json")
        if answer.status:
            return {}
        return msgspec.json.decode(answer.text, type=dict[str, Any])

    def end(self) -> None:
        """In order."""
        assert self._running is not None
        self._running.send_signal(signal.SIGTERM)
        assert self._running.wait(30) == 0
        self._running = None

    def close(self) -> None:
        if self._running is not None:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")


def until(true: Callable[[], object], seconds: float = WITHIN) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "the condition did not come"
        time.sleep(0.05)


def runs(pid: int) -> bool:
    """Is it there, and no zombie?"""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1] != "Z"
    except OSError:
        return False


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    daemon.close()


@pytest.mark.parametrize(
    ("step", "ends"),
    [
        pytest.param("accepted", {"dropped"}, marks=pytest.mark.long),
        ("paid", {"passed"}),
        ("numbered", {"voided"}),
        pytest.param("printing", {"passed"}, marks=pytest.mark.long),
    ],
)
def test_killed_at(daemon: Daemon, step: str, ends: set[str]) -> None:
    status, children = daemon.play(step)
    assert status == -signal.SIGKILL, daemon.said
    until(lambda: not any(runs(pid) for pid in children))
    slips = list((daemon.folder / "state").rglob("tickets/*.png"))

    daemon.start("daemon", "--config", str(daemon.config))
    seen: list[str] = []

    def back() -> bool:
        seen.append(daemon.status().get("doing", ""))
        return "power_back" in seen

    until(back)
    state = daemon.folder / "state"
    if step != "accepted":
        # Who had paid gets a slip with the code that also stands on the screen.
        until(lambda: len(list(state.rglob("tickets/*.png"))) > len(slips))
    assert not [path for path in (daemon.folder / "run" / "vault").rglob("*") if path.is_file()]
    until(lambda: daemon.status().get("doing") == "attract")
    daemon.end()

    store = Store.open(state / "kiosk.db")
    steps = store.read_now(lambda: {row.step for row in RequestRow.select()})
    store.close_now()
    assert steps == ends
    audit = register("audit", "--database", str(state / "kiosk.db"))
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert "Traceback" not in daemon.said
