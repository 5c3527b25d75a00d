"""From the start of the daemon to its first screen, and what each process holds."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import RUNS, Figure, figure, resident

REST = 5.0
"""Seconds of nothing before memory at rest is read."""


def start() -> list[Figure]:
    """As systemd would: READY=1 comes when the first View stands on the glass."""
    taken = []
    with TemporaryDirectory(prefix="bench-") as folder:
        for _ in range(RUNS + 1):
            began = time.perf_counter()
            with _daemon(Path(folder)):
                taken.append(time.perf_counter() - began)
    # The first one also makes the demo's keys and fills the page cache.
    return [figure("daemon start to home screen", taken[1:], "s", "≤ 4", f"first {taken[0]:.1f}")]


@contextlib.contextmanager
def _daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that has said READY; ended afterwards."""
    config, address = folder / "kiosk.toml", folder / "notify"
    config.write_text(f'[paths]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n')
    address.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(address))
        sock.settimeout(60)
        process = subprocess.Popen(
            [sys.executable, "-m", "daemon", "--config", str(config)],
            env={**os.environ, "NOTIFY_SOCKET": str(address)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while b"READY=1" not in sock.recv(4096):
                pass
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def at_rest() -> tuple[list[Figure], float]:
    """PSS of the daemon and its children on the first screen, and the sum."""
    with TemporaryDirectory(prefix="bench-") as folder, _daemon(Path(folder)) as process:
        time.sleep(REST)  # a measurement of rest, not a wait for something
        sizes = {"daemon": resident(process.pid)}
        for child in _children(process.pid):
            command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            name = command[command.index(b"-m") + 1].decode() if b"-m" in command else "other"
            sizes[name] = sizes.get(name, 0.0) + resident(child)
    rows = [figure(f"memory at rest: {name}", [size], "MiB") for name, size in sizes.items()]
    return rows, sum(sizes.values())


def _children(pid: int) -> list[int]:
    """All processes below this one."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += [int(child), *_children(int(child))]
    return found
