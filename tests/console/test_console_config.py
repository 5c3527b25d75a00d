"""Changing the configuration of a real daemon: it restarts, and undoes what nobody confirms."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from daemon.config import Config, parse
from daemon.configured import configured
from daemon.console.client import Client
from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import Commit
from daemon.inside.settings import exported
from daemon.inside.tomlout import document
from daemon.overlay import STARTS, Overlay, laid_over
from tests.console.near import kioskctl


@contextlib.contextmanager
def kioskd() -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A daemon as a process of its own, which may start itself anew; its folder."""
    with tempfile.TemporaryDirectory(prefix="wk") as name:
        folder = Path(name)
        (folder / "kiosk.toml").write_text(
            f'[paths]\nstate = "{folder}/state"\nruntime = "{folder}/run"\n'
            "[screen]\nwidth = 540\nheight = 960\npx_per_mm = 2.015\n"
        )
        kept = {name: text for name, text in os.environ.items() if name != "INVOCATION_ID"}
        process = subprocess.Popen(
            [sys.executable, "-m", "daemon", "--config", str(folder / "kiosk.toml")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=kept,
        )
        try:
            until(lambda: copies(folder) is not None)
            yield process, folder
        finally:
            process.terminate()
            process.wait(30)


def until(true: Callable[[], bool], seconds: float = 90.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "the condition did not come"
        time.sleep(0.1)


def copies(folder: Path) -> str | None:
    """`visit.max_copies` as the running daemon has it; None while none runs."""
    with contextlib.suppress(ConsoleError):
        client = Client(folder / "run" / "control.sock")
        try:
            rows = client.ask("settings", list)
        finally:
            client.close()
        return str(next(row["value"] for row in rows if row["key"] == "visit.max_copies"))
    return None


def test_commit_restarts_and_confirm_keeps_and_silence_undoes() -> None:
    with kioskd() as (process, folder):
        sock = folder / "run" / "control.sock"
        wrong = kioskctl(sock, "config", "set", "visit.max_copies", "many")
        assert wrong.returncode == Code.USAGE
        assert "visit.max_copies: read 'many'; right is a whole number" in wrong.stderr
        assert kioskctl(sock, "config", "set", "paths.state", "/x").returncode == 3
        assert kioskctl(sock, "config", "commit").returncode == Code.FAILED, "nothing to commit"

        done = kioskctl(sock, "config", "set", "visit.max_copies", "7")
        assert "* visit.max_copies = 7" in done.stdout
        assert copies(folder) == "20", "not before the commit"
        done = kioskctl(sock, "config", "commit", "--confirm", "10")
        assert done.returncode == 0, done.stderr
        until(lambda: copies(folder) == "7")
        assert process.poll() is None, "the same process, started anew"
        assert "on trial" in kioskctl(sock, "config", "history").stdout
        assert "it stays" in kioskctl(sock, "config", "commit").stdout
        assert "active" in kioskctl(sock, "config", "history").stdout

        kioskctl(sock, "config", "set", "visit.max_copies", "3")
        client = Client(sock)
        assert client.talk("config.commit", Commit, confirm=3.0).n == 2
        client.close()
        until(lambda: copies(folder) == "3")
        until(lambda: copies(folder) == "7")

        assert kioskctl(sock, "config", "rollback", "9").returncode == Code.FAILED
        assert "max_copies = default" in kioskctl(sock, "config", "rollback", "0").stdout


def test_a_version_that_does_not_stay_up_is_given_up(tmp_path: Path) -> None:
    """Each start on trial counts, whatever ends it."""
    overlay = Overlay(tmp_path)
    overlay.commit({"visit.max_copies": 5}, "lan")
    overlay.commit({"visit.max_copies": 6}, "lan", confirm=600.0)
    for _ in range(STARTS):
        assert Overlay(tmp_path).started().n == 2
    assert Overlay(tmp_path).started().n == 1
    assert "did not stay up" in overlay.active.why
    assert overlay.values() == {"visit.max_copies": 5}


def test_a_second_trial_goes_back_to_what_was_confirmed(tmp_path: Path) -> None:
    overlay = Overlay(tmp_path)
    overlay.commit({"a.b": 1}, "lan", confirm=600.0)
    overlay.commit({"a.b": 2}, "lan", confirm=600.0)
    overlay.give_up("late")
    assert overlay.values() == {}


def test_files_that_cannot_be_read_are_the_file_alone(tmp_path: Path) -> None:
    overlay = Overlay(tmp_path)
    overlay.commit({"visit.max_copies": 5}, "lan")
    (tmp_path / "active.json").write_text("{half")
    assert overlay.values() == {}


def test_an_overlay_of_another_version_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(f'[paths]\nstate = "{tmp_path}"\n[visit]\nmax_copies = 9\n')
    Overlay(tmp_path / "config").commit({"visit.no_such_key": 5}, "lan")
    assert configured(file, starting=True).config.visit.max_copies == 9
    Overlay(tmp_path / "config").commit({"visit.max_copies": 5}, "lan")
    assert configured(file, starting=True).config.visit.max_copies == 5


def test_laying_over_leaves_the_table_alone() -> None:
    table = {"a": {"b": 1, "c": 2}}
    assert laid_over(table, {"a.b": 3, "d.e": 4}) == {"a": {"b": 3, "c": 2}, "d": {"e": 4}}
    assert table == {"a": {"b": 1, "c": 2}}


def test_an_export_is_read_back_the_same() -> None:
    config = parse({"visit": {"max_copies": 5, "picks": ["quyet_dinh"]}, "uplink": {"key": ""}})
    assert parse(tomllib.loads(exported(config))) == config
    text = exported(parse({"uplink": {"certificate": "a.pem", "key": "geheim.pem"}}))
    assert "geheim" not in text and "[uplink]" in text


@pytest.mark.parametrize(
    "value", ["plain", 'a "quoted" \\ text', "Phường Thủ Đức", "tab\tand\nline\x7f", "", 1.5, True]
)
def test_values_are_toml(value: object) -> None:
    assert tomllib.loads(document({"a": {"b": value, "c": [value, value]}})) == {
        "a": {"b": value, "c": [value, value]}
    }


def test_defaults_are_exported_whole() -> None:
    told = tomllib.loads(exported(Config()))
    assert told["kiosk"] == msgspec.to_builtins(Config())["kiosk"]
    assert json.dumps(told)
