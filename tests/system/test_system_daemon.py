"""kioskd as systemd starts it: READY, signs of life, an end in order; mistakes in its file."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Listener:
    """Stands in for systemd's end of sd_notify(3)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[str] = []
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sock.bind(str(path))

    def until(
        self, word: str, seconds: float, process: subprocess.Popen[str] | None = None
    ) -> bool:
        """Waits until `word` was said, or `process` has ended."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self._sock], [], [], min(left, 0.2))[0]:
                if process is not None and process.poll() is not None:
                    return False
                continue
            self.said.extend(self._sock.recv(4096).decode().splitlines())
            if word in self.said:
                return True
        return False

    def close(self) -> None:
        self._sock.close()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path / "notify")
    yield made
    made.close()


def start(config: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "daemon", "--config", str(config)],
        cwd=config.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_ready_alive_and_an_end_in_order(tmp_path: Path, listener: Listener) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path}/state"\nruntime = "{tmp_path}/run"\n')
    process = start(config, NOTIFY_SOCKET=str(listener.path), WATCHDOG_USEC="3000000")
    try:
        ready = listener.until("READY=1", 60, process)
        if process.poll() is not None:
            pytest.fail(f"kioskd ended by itself: {process.communicate()[1][-2000:]}")
        assert ready, listener.said
        listener.said.clear()
        assert listener.until("WATCHDOG=1", 3), "no sign of life in the time of the watchdog"
        assert (tmp_path / "run" / "control.sock").is_socket()
        process.send_signal(signal.SIGTERM)
        assert listener.until("STOPPING=1", 5)
        assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        _, errors = process.communicate()
    assert "Traceback" not in errors


def test_a_mistake_is_named_and_nothing_starts(tmp_path: Path, listener: Listener) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path}/state"\n[screen]\nwidth = "wide"\n')
    process = start(config, NOTIFY_SOCKET=str(listener.path))
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "screen.width" in errors and "whole number" in errors and "Traceback" not in errors
    assert not listener.until("READY=1", 0.1)
    assert not (tmp_path / "state").exists()
