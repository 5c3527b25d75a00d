"""`update` with the real RAUC: its service on a bus of its own, two slots that are files."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.kiosk_running import Running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import typing

pytestmark = pytest.mark.skipif(
    shutil.which("rauc") is None or shutil.which("dbus-daemon") is None,
    reason="needs the Debian packages rauc, rauc-service and dbus",
)

CONFIG = """
[system]
compatible=ward-kiosk-test
bootloader=custom
data-directory={0}
[keyring]
path={0}/cert.pem
[handlers]
bootloader-custom-backend={0}/boot
[slot.rootfs.0]
device={0}/a.img
type=raw
bootname=A
[slot.rootfs.1]
device={0}/b.img
type=raw
bootname=B
"""
BOOT = """#!/bin/sh
case "$1" in
get-primary) cat {0}/primary ;;
set-primary) echo "$2" >{0}/primary ;;
get-state) echo good ;;
set-state) ;;
esac
"""


@pytest.fixture
def rauc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The service, started from slot A; the daemon finds it on the bus."""
    for name in ("a.img", "b.img"):
        (tmp_path / name).write_bytes(bytes(4096))
    (tmp_path / "cert.pem").write_text("")
    (tmp_path / "primary").write_text("A\n")
    (tmp_path / "system.conf").write_text(CONFIG.format(tmp_path))
    (tmp_path / "boot").write_text(BOOT.format(tmp_path))
    (tmp_path / "boot").chmod(0o755)
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout is not None
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
    monkeypatch.setenv("DBUS_STARTER_BUS_TYPE", "session")
    service = subprocess.Popen(
        ["rauc", "-c", str(tmp_path / "system.conf"), "--override-boot-slot=A", "service"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        ends = time.monotonic() + 20
        while subprocess.run(["rauc", "status"], capture_output=True, check=False).returncode:
            if service.poll() is not None or time.monotonic() > ends:
                pytest.skip("this RAUC has no service (Debian package rauc-service)")
            time.sleep(0.1)
        yield tmp_path
    finally:
        for process in (service, bus):
            process.kill()
            process.wait()
        bus.stdout.close()


def test_slots_are_shown_kept_and_changed(kiosk: Running, rauc: Path) -> None:
    shown = kioskctl(kiosk.socket, "update", "status")
    assert shown.returncode == 0, shown.stderr
    assert "ward-kiosk-test, started from A" in shown.stdout
    row = next(line for line in shown.stdout.splitlines() if line.startswith("rootfs.0"))
    assert row.split()[1:4] == ["booted", "good", "next"]
    assert kioskctl(kiosk.socket, "update", "confirm").returncode == 0
    child = typing(kiosk.socket, "update", "rollback", encoding="utf-8")
    child.expect("Start it at the next boot")
    child.sendline("y")
    child.expect(r"rootfs\.1 +inactive +good +next")
    child.expect("reboot changes over")
    assert (rauc / "primary").read_text() == "B\n"
