"""`update` against a program that speaks as RAUC does, and without any."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pexpect
import pytest

from daemon.console.inside import Code
from tests.console.kiosk_running import Running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import typing

RAUC = """#!/bin/sh
# Two slots; keeps what it was told in $folder.
folder=$(dirname "$0")
echo "$@" >>"$folder/said"
case "$1 $2" in
"status --detailed") cat "$folder/status.json" ;;
"info --output-format=json")
  grep -q good "$3" || { echo 'signature verification failed: unknown signer' >&2; exit 1; }
  cat "$folder/info.json" ;;
"status mark-active") sed -i '/boot_primary/s/rootfs.0/rootfs.1/' "$folder/status.json" ;;
"status mark-good") : ;;
install*)
  if test -e "$folder/full"; then
    echo '100% Installing failed.'; echo 'LastError: no space left'; echo idle
    echo 'Installing failed' >&2; exit 1
  fi
  echo 'installing'; echo '  0% Installing'
  echo ' 60% Copying image'; echo '100% Installing done.' ;;
*) exit 2 ;;
esac
"""

STATUS = {
    "compatible": "ward-kiosk-cm5",
    "booted": "A",
    "boot_primary": "rootfs.0",
    "slots": [
        {
            "rootfs.0": {
                "class": "rootfs",
                "bootname": "A",
                "state": "booted",
                "boot_status": "good",
                "slot_status": {"bundle": {"version": "0.2.0"}},
            }
        },
        {
            "rootfs.1": {
                "class": "rootfs",
                "bootname": "B",
                "state": "inactive",
                "boot_status": "good",
                "slot_status": {
                    "bundle": {"version": "0.1.0"},
                    "installed": {"timestamp": "2026-11-01T03:00:00Z"},
                },
            }
        },
    ],
}


@pytest.fixture
def rauc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the program in it, first on the daemon's path."""
    program = tmp_path / "rauc"
    program.write_text(RAUC)
    program.chmod(0o755)
    (tmp_path / "status.json").write_text(json.dumps(STATUS, indent=1))
    info = {"compatible": "ward-kiosk-cm5", "version": "0.3.0", "build": "7"}
    (tmp_path / "info.json").write_text(json.dumps(info))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def test_without_an_update_system_it_is_said(
    kiosk: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = kioskctl(kiosk.socket, "update", "status")
    assert done.returncode == Code.ABSENT
    assert "this machine has no rauc" in done.stderr


def test_the_slots_are_a_table(kiosk: Running, rauc: Path) -> None:
    done = kioskctl(kiosk.socket, "update", "status")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "ward-kiosk-cm5, started from A" in lines[0]
    assert lines[2].split() == ["rootfs.0", "booted", "good", "next", "0.2.0", "-"]


def test_a_bundle_is_checked_installed_and_shown(kiosk: Running, rauc: Path, updates: Path) -> None:
    bundle = updates / "good.raucb"
    bundle.write_bytes(b"good" * 100)
    done = kioskctl(kiosk.socket, "update", "check", str(bundle))
    assert "version 0.3.0" in done.stdout and done.returncode == 0
    child = typing(kiosk.socket, "update", "install", str(bundle), encoding="utf-8")
    child.expect("60 %  Copying image")
    child.expect("reboot changes over")
    child.expect(pexpect.EOF)
    assert f"install {bundle}" in (rauc / "said").read_text()
    assert kioskctl(kiosk.socket, "update", "confirm").returncode == 0
    (rauc / "full").touch()
    done = kioskctl(kiosk.socket, "update", "install", str(bundle))
    assert done.returncode == Code.FAILED and "not installed: no space left" in done.stderr


def test_what_is_no_bundle_never_reaches_the_root_service(
    kiosk: Running, rauc: Path, updates: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "good.raucb"
    elsewhere.write_bytes(b"good")
    link = updates / "link.raucb"
    link.symlink_to(elsewhere)
    target = updates / "target.raucb"
    target.write_bytes(b"good")
    inner = updates / "inner.raucb"
    inner.symlink_to(target)
    pipe = updates / "pipe.raucb"
    os.mkfifo(pipe)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    (updates / "empty.raucb").touch()
    (updates / "bad.raucb").write_bytes(b"unsigned")
    (updates / "good.zip").write_bytes(b"good")
    for path, code, said in (
        (elsewhere, Code.NOT_ALLOWED, "taken from"),
        (link, Code.NOT_ALLOWED, "taken from"),
        (updates / "absent.raucb", Code.FAILED, "No such file"),
        (pipe, Code.USAGE, "no plain file"),
        (inner, Code.USAGE, "no plain file"),
        (updates / "empty.raucb", Code.USAGE, "0 bytes"),
        (updates / "good.zip", Code.USAGE, ".raucb"),
        (updates / "bad.raucb", Code.FAILED, "unknown signer"),
    ):
        done = kioskctl(kiosk.socket, "update", "install", str(path))
        heard = " ".join(done.stderr.split())  # it is wrapped for a terminal
        assert (done.returncode, said in heard) == (code, True), (path.name, done.stderr)
    told = rauc / "said"
    assert not told.exists() or "install" not in told.read_text()


def test_a_bundle_for_another_machine_is_refused(kiosk: Running, rauc: Path, updates: Path) -> None:
    (rauc / "info.json").write_text('{"compatible": "toaster", "version": "9"}')
    bundle = updates / "other.raucb"
    bundle.write_bytes(b"good")
    done = kioskctl(kiosk.socket, "update", "install", str(bundle))
    assert done.returncode == Code.FAILED and "is for 'toaster'" in done.stderr


def test_rollback_asks_and_names_what_comes_next(kiosk: Running, rauc: Path) -> None:
    assert kioskctl(kiosk.socket, "update", "rollback").returncode == Code.FAILED, "nobody there"
    child = typing(kiosk.socket, "update", "rollback", encoding="utf-8")
    child.expect("rootfs.1 has version 0.1.0")
    child.expect("next boot")
    child.sendline("y")
    child.expect(r"rootfs\.1 +inactive +good +next")
    child.expect("reboot changes over")
    bad = json.loads((rauc / "status.json").read_text())
    bad["slots"][1]["rootfs.1"]["boot_status"] = "bad"
    (rauc / "status.json").write_text(json.dumps(bad))
    refused = kioskctl(kiosk.socket, "update", "rollback")
    assert refused.returncode == Code.FAILED and "would not start" in refused.stderr


def test_one_part_starts_anew(kiosk: Running) -> None:
    child = next(one for one in kiosk.app.children if one.name == "camera")
    kiosk.wait(child.ready.wait())
    before = child.starts
    done = kioskctl(kiosk.socket, "app", "restart", "camera")
    assert done.returncode == 0, done.stderr
    assert f"camera runs again (start {before + 1})" in done.stdout
    assert kioskctl(kiosk.socket, "app", "restart", "toaster").returncode == Code.USAGE
