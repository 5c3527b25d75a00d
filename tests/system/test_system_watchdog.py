"""Both watchdogs, in a virtual machine whose first process is systemd.

A daemon that hangs is ended and started again by systemd (WatchdogSec), and a machine that stands
still is reset by its hardware (RuntimeWatchdogSec of the image, here an Intel 6300ESB).
"""

from __future__ import annotations

import ast
import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.machine import ROOT, RUN_SECONDS, built, command

pytestmark = pytest.mark.vm

IMAGE = ROOT / "systemd" / "system.conf.d" / "ward-kiosk.conf"
SECONDS = 15
"""Of the hardware's watchdog, by that file."""

NEXT = """
mkdir -p /new/run/systemd
cp -r /share/systemd/. /new/run/systemd/
exec switch_root /new /lib/systemd/systemd --unit=life.service
"""
UNIT = f"""[Unit]
DefaultDependencies=no
StartLimitIntervalSec=0

[Service]
Type=notify
WatchdogSec=3s
Restart=on-failure
RestartSec=100ms
TimeoutStartSec=300s
TimeoutAbortSec=3s
Environment=PYTHONPATH={ROOT} PYTHONDONTWRITEBYTECODE=1
ExecStart={sys.executable} {ROOT}/tests/system/watchdog_life.py /share
"""


@pytest.fixture
def share(tmp_path: Path) -> Path:
    conf = tmp_path / "systemd" / "system.conf.d"
    units = tmp_path / "systemd" / "system"
    conf.mkdir(parents=True)
    units.mkdir()
    (units / "life.service").write_text(UNIT)
    shutil.copy(IMAGE, conf)
    (tmp_path / "next").write_text(NEXT)
    return tmp_path


@pytest.fixture
def monitor() -> Iterator[Path]:
    """A short path: that of a socket may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="wk-"))
    yield folder / "qmp"
    shutil.rmtree(folder)


def test_a_hung_daemon_is_restarted_and_a_frozen_machine_is_reset(
    share: Path, monitor: Path
) -> None:
    if not Path("/lib/systemd/systemd").exists():
        pytest.skip("systemd is not installed here")
    console = share / "console"
    with console.open("wb") as out, socket.socket(socket.AF_UNIX) as server:
        server.bind(str(monitor))
        server.listen(1)
        # `panic=0`: a kernel that fell over stands still for ever, as one that hangs.
        machine = subprocess.Popen(
            command(built(), share, "-qmp", f"unix:{monitor}", kernel="panic=0"),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            events = list(_events(server))
            machine.wait(30)
        finally:
            machine.kill()
            machine.wait()
    told = console.read_text(errors="replace")[-3000:]
    assert (share / "lives").exists(), told
    assert (share / "lives").read_text().split() == ["1", "2"], "hung once, started again once"
    state = ast.literal_eval((share / "watchdog").read_text())
    assert state == {"identity": "i6300ESB timer", "state": "active", "timeout": str(SECONDS)}
    assert ("WATCHDOG", {"action": "reset"}) in events, told


def _events(server: socket.socket) -> Iterator[tuple[str, object]]:
    """What QEMU tells of the machine until it ends (QEMU Machine Protocol)."""
    server.settimeout(60)
    line, _ = server.accept()
    with line, line.makefile("rwb") as talk:
        line.settimeout(RUN_SECONDS)
        talk.write(b'{"execute": "qmp_capabilities"}\n')
        talk.flush()
        for data in talk:
            message = json.loads(data)
            if "event" in message:
                yield message["event"], message.get("data")
