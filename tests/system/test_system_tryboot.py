"""RAUC's backend for the Raspberry Pi, against a folder that stands for the firmware's partition.

The firmware is a model of its documentation here; a board proves it (docs/hardware-acceptance.md).
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "image-build"
BACKEND = BUILD / "root-pi" / "usr" / "lib" / "ward-kiosk" / "system" / "tryboot"
FIRST = "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"


class Board:
    """The firmware: which partition it starts, and its flag that lives for one restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.autoboot = folder / "autoboot.txt"
        self.autoboot.write_text(FIRST)
        self.boots()

    def boots(self) -> str:
        flag = self.folder / "reboot-param"
        section = "tryboot" if flag.exists() and "tryboot" in flag.read_text() else "all"
        flag.unlink(missing_ok=True)
        found = re.search(
            rf"\[{section}\]\n(?:tryboot.*\n)?boot_partition=(\d)", self.autoboot.read_text()
        )
        assert found is not None
        slot = {"2": "A", "3": "B"}[found[1]]
        (self.folder / "cmdline").write_text(f"ward.slot={slot} rauc.slot={slot} quiet\n")
        return slot

    def ask(self, *arguments: str) -> str:
        done = subprocess.run(
            [str(BACKEND), *arguments],
            env={
                "PATH": "/usr/bin:/bin",
                "WARD_FW_DIR": str(self.folder),
                "WARD_STATE_DIR": str(self.folder / "state"),
                "WARD_RUN_DIR": str(self.folder),
                "WARD_COMMAND_LINE": str(self.folder / "cmdline"),
            },
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_an_update_is_tried_once_and_kept_when_it_is_good(board: Board) -> None:
    assert board.ask("get-primary") == "A"
    board.ask("set-state", "B", "bad")  # RAUC, before it writes
    board.ask("set-primary", "B")
    assert board.ask("get-primary") == "B"
    assert board.ask("get-state", "B") == "good"
    assert board.boots() == "B" == board.ask("get-current")
    board.ask("set-state", "B", "good")
    assert [board.boots() for _ in range(2)] == ["B", "B"]


def test_an_update_that_never_reports_is_left_at_the_next_start(board: Board) -> None:
    board.ask("set-primary", "B")
    assert board.boots() == "B"
    assert board.boots() == "A"


def test_a_power_cut_before_the_restart_starts_what_ran(board: Board) -> None:
    board.ask("set-primary", "B")
    (board.folder / "reboot-param").unlink()
    assert board.boots() == "A"


def test_nobody_but_the_slot_itself_makes_it_the_one(board: Board) -> None:
    before = board.autoboot.read_text()
    board.ask("set-state", "B", "good")
    assert board.autoboot.read_text() == before


def test_the_file_is_replaced_as_a_whole(board: Board) -> None:
    board.ask("set-primary", "B")
    assert not (board.folder / "autoboot.txt.new").exists()
    assert board.autoboot.read_text().count("boot_partition") == 2


@pytest.mark.parametrize("target", ["pi4", "pi5", "qemu-amd64", "qemu-arm64"])
def test_each_targets_profile_is_whole(target: str, tmp_path: Path) -> None:
    more = ["--source", "deb http://archive.example/debian trixie main", "--source-key", __file__]
    done = subprocess.run(
        [str(BUILD / "build"), "--target", target, "--check", *(more if target == "pi5" else [])],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    layers = done.stdout.strip().rpartition("layers ")[2].split()
    assert layers and all((BUILD / layer).is_dir() for layer in layers)
    assert (BUILD / f"disk-{done.stdout.split(', ')[2]}").exists()


def test_a_pi_5_is_not_built_without_the_archive_of_its_kernel() -> None:
    done = subprocess.run(
        [str(BUILD / "build"), "--target", "pi5", "--check"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2 and "archive" in done.stderr
