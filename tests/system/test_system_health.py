"""`kiosk-health`: when a slot is good, and when the machine goes back to the one before."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "systemd" / "kiosk-health"
DIGEST, OTHER = "ab" * 32, "cd" * 32


class Machine:
    """Programs that answer what the test lays out and note what they were told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known = folder / "known" / "good"
        (folder / "cmdline").write_text(f"ro ward.slot=B ward.digest={DIGEST} quiet\n")
        self.told = folder / "told"
        self.told.touch()
        self.program("rauc", f'echo "rauc $*" >>{self.told}')
        self.is_active(True)
        self.mode("in_service")

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def is_active(self, active: bool) -> None:
        self.program(
            "systemctl",
            f"case $* in *is-active*) exit {int(not active)};; show*) echo NRestarts=0;;"
            f' *) echo "systemctl $*" >>{self.told};; esac',
        )

    def mode(self, mode: str, lost: str = "camera") -> None:
        parts = [{"name": lost, "state": "lost"}, {"name": "register", "state": "ok"}]
        text = json.dumps({"mode": mode, "services": parts})
        self.program("kioskctl", f"echo '{text}'")

    def was_good(self, *digests: str) -> None:
        self.known.parent.mkdir()
        self.known.write_text("".join(f"{digest}\n" for digest in digests))

    def run(self, hold: int = 0, within: int = 3) -> int:
        return subprocess.run(
            [str(SCRIPT)],
            env={
                "PATH": f"{self.folder}:/usr/bin:/bin",
                "WARD_HEALTH_WITHIN": str(within),
                "WARD_HEALTH_HOLD": str(hold),
                "WARD_HEALTH_KNOWN": str(self.known),
                "WARD_COMMAND_LINE": str(self.folder / "cmdline"),
            },
            capture_output=True,
            timeout=60,
        ).returncode


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("mode", ["in_service", "maintenance"])
def test_a_kiosk_that_serves_is_good(machine: Machine, mode: str) -> None:
    machine.mode(mode)
    assert machine.run() == 0
    assert machine.told.read_text() == "rauc status mark-good\n"
    assert machine.known.read_text() == f"{DIGEST}\n"
    assert machine.run() == 0
    assert machine.known.read_text() == f"{DIGEST}\n", "told once"


def test_a_new_one_that_does_not_serve_goes_back(machine: Machine) -> None:
    machine.was_good(OTHER)
    machine.mode("out_of_service")
    assert machine.run() == 1
    assert machine.told.read_text() == "systemctl --no-block reboot\n"


@pytest.mark.parametrize("part", ["screen", "store", "documents"])
def test_a_new_one_without_a_screen_is_not_good(machine: Machine, part: str) -> None:
    machine.was_good(OTHER)
    machine.mode("in_service", part)
    assert machine.run(within=1) == 1
    assert "reboot" in machine.told.read_text()


def test_a_new_one_that_does_not_run_goes_back(machine: Machine) -> None:
    machine.was_good(OTHER)
    machine.is_active(False)
    assert machine.run() == 1
    assert "reboot" in machine.told.read_text()


def test_one_that_was_good_once_stays(machine: Machine) -> None:
    machine.was_good(OTHER, DIGEST)
    machine.is_active(False)
    assert machine.run() == 1
    assert machine.told.read_text() == ""


def test_the_first_of_all_has_nowhere_to_go(machine: Machine) -> None:
    machine.is_active(False)
    assert machine.run() == 1
    assert machine.told.read_text() == ""


def test_one_that_starts_over_and_over_never_holds(machine: Machine) -> None:
    machine.was_good(OTHER)
    machine.program(
        "systemctl",
        "case $* in *is-active*) exit 0;; show*) cat /proc/sys/kernel/random/uuid;;"
        f' *) echo "systemctl $*" >>{machine.told};; esac',
    )
    assert machine.run(hold=2, within=6) == 1
    assert "reboot" in machine.told.read_text()
