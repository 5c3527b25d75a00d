"""The ten commands of docs/monitoring/README.md, as they stand there, in an empty folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.uplink.conftest import until
from tests.uplink.test_asyncapi import validator

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "monitoring"
PROGRAMS = ("mosquitto", "mosquitto_pub", "prometheus", "promtool")
PORTS = (8883, 9841, 9090)
SBIN = "/usr/sbin:/usr/local/sbin"


def commands() -> list[str]:
    """The lines of the first block."""
    text = (FOLDER / "README.md").read_text("utf-8")
    found = re.search(r"```sh\n(.+?)```", text, re.DOTALL)
    assert found is not None
    return found[1].strip().splitlines()


def test_there_are_ten() -> None:
    assert len(commands()) == 10


def test_the_pretended_birth_is_one() -> None:
    validator("presence").validate(json.loads((FOLDER / "birth.json").read_text("utf-8")))


def test_what_python_needs_is_bounded_as_in_the_setup() -> None:
    setup = (ROOT / "setup.cfg").read_text("utf-8")
    lines = (FOLDER / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert wanted
    assert [line for line in wanted if f"    {line}\n" not in setup] == []


@pytest.fixture
def copy() -> Iterator[Path]:
    """A copy of the repository; whatever was started in it is ended."""
    for name in PROGRAMS:
        if shutil.which(name, path=os.environ["PATH"] + ":" + SBIN) is None:
            pytest.skip(f"needs {name}: the Debian packages of the first command")
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / "ward-kiosk"
        for name in ("daemon", "docs/monitoring"):
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        yield copy
        pid = copy / "my-ward" / "mosquitto.pid"
        if pid.exists():
            os.kill(int(pid.read_text()), signal.SIGTERM)


@pytest.fixture
def shell(copy: Path) -> Iterator[subprocess.Popen[str]]:
    """One shell for all, as an operator has; with it ends what runs behind."""
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("PYTHON")}
    environment["PATH"] = "/usr/bin:/bin:" + SBIN
    process = subprocess.Popen(
        ["/bin/sh", "-u"],
        cwd=copy,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def said(shell: subprocess.Popen[str], command: str) -> tuple[int, str]:
    """What a command prints, and how it ends."""
    assert shell.stdin is not None and shell.stdout is not None
    shell.stdin.write(command + "\necho; echo ended $?\n")
    shell.stdin.flush()
    lines: list[str] = []
    for line in shell.stdout:
        if line.startswith("ended "):
            return int(line.split()[1]), "".join(lines)
        lines.append(line)
    raise AssertionError("the shell is gone: " + "".join(lines))


def taken(port: int) -> bool:
    with subprocess.Popen(["sh", "-c", "cat /proc/net/tcp"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        return f":{port:04X} " in process.stdout.read().decode()


@pytest.mark.long
def test_the_ten_commands_make_a_ward(shell: subprocess.Popen[str]) -> None:
    in_use = [port for port in PORTS if taken(port)]
    if in_use:
        pytest.skip(f"port {in_use[0]} is in use on this machine")
    lines = commands()
    install, venv, pip, *others, query = lines
    packages = install.partition("recommends ")[2]
    code, told = said(shell, f"apt-get --simulate install {packages}")
    assert code == 0, told
    assert said(shell, venv)[0] == 0
    code, told = said(shell, pip)
    if code and "connection" in told.lower():
        pytest.skip("the Python package index is not reached")
    assert code == 0, told
    for line in others:
        # What runs behind needs a moment before the next one can talk to it.
        until(partial(attempt, shell, line), 60.0)
    wanted = re.compile(r'wk_online\{.*kiosk="26824-k01".*\} => 1 ')
    until(lambda: wanted.search(said(shell, query)[1]), 60.0)
    up = said(shell, "promtool query instant http://127.0.0.1:9090 up")[1]
    assert re.search(r'job="ward-kiosk".*=> 1 ', up)
    rules = said(shell, "promtool query instant http://127.0.0.1:9090 ALERTS")[1]
    assert "ExporterDead" not in rules


def attempt(shell: subprocess.Popen[str], line: str) -> bool:
    """Behind the shell it is only begun; before it, it must end well.  False = not yet."""
    code, told = said(shell, line.replace("&", ">/dev/null 2>&1 &") if line.endswith("&") else line)
    if code and line.startswith("mosquitto_pub"):
        return False
    assert code == 0, told
    return True
