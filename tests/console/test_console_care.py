"""Bundle, self-test, power: on a whole kiosk.  Nothing of a citizen leaves it."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pexpect
import pytest

from daemon.console.inside import Code, ConsoleError
from daemon.inside import power
from daemon.inside.bundle import sealed_to
from daemon.machine.events import Pressed, Typed
from daemon.machine.personal import Personal
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import typing

MARKS = ("NGUYEN VAN DANH DAU", "079012345678", "hunter2-geheim", "0901234567")
"""A name, a number, a password, a telephone."""

log = logging.getLogger("daemon.test")


@pytest.fixture(scope="module")
def support(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The support's key pair: `cert.pem`, `key.pem`."""
    folder = tmp_path_factory.mktemp("support")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Support"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory, support: Path) -> Iterator[Running]:
    secret = tmp_path_factory.mktemp("secret") / "hunter2-geheim"
    secret.write_text("hunter2-geheim\n")
    with kiosk_running(
        uplink={"password_file": str(secret)},
        console={"support_certificate": str(support / "cert.pem")},
    ) as running:
        yield running


def opened(place: Path, support: Path) -> bytes:
    """As the support opens it."""
    done = subprocess.run(
        [
            *("openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-in", str(place)),
            *("-recip", str(support / "cert.pem"), "-inkey", str(support / "key.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return done.stdout


def test_the_self_test_names_each_part(kiosk: Running) -> None:
    for child in kiosk.app.children:
        kiosk.wait(child.ready.wait())
    done = kioskctl(kiosk.socket, "selftest")
    assert done.returncode == 0, done.stdout
    for part in ("camera", "child screen", "database", "register", "chains", "disk", "fonts"):
        assert f" {part}" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("0 FAIL")
    kiosk.do(partial(kiosk.world.pull, "scanner"))
    lost = lambda _: kiosk.app.devices.health()["scanner"].state == "lost"  # noqa: E731
    kiosk.wait(kiosk.app.kiosk.until(lost))
    failed = kioskctl(kiosk.socket, "selftest")
    assert failed.returncode == Code.FAILED and "FAIL scanner" in failed.stdout
    kiosk.do(partial(kiosk.world.plug, "scanner"))
    kiosk.wait(kiosk.app.kiosk.until(lambda one: not lost(one)))


def test_a_bundle_holds_all_and_nobody(kiosk: Running, support: Path, tmp_path: Path) -> None:
    name, number, _, telephone = MARKS
    log.warning("a visitor %s was here, %s", Personal(name), number)
    kiosk.serve()
    kiosk.do(partial(kiosk.app.kiosk.post, Pressed("copy")))
    kiosk.do(partial(kiosk.app.kiosk.post, Typed(Personal(name))))
    kiosk.do(partial(kiosk.world.scan, f"{number}||{name}|01011990|Nam|Q1|01012021\n"))
    kiosk.leave()
    kioskctl(kiosk.socket, "maintenance", "on", "--reason", f"{name} {telephone}")
    kioskctl(kiosk.socket, "maintenance", "off")
    kioskctl(kiosk.socket, "logs", "--own", "--grep", telephone)
    place = tmp_path / "bundle.tar.xz"
    done = kioskctl(kiosk.socket, "bundle", "--out", str(place))
    assert done.returncode == 0 and "KiB packed" in done.stdout.splitlines()[0]
    assert hashlib.sha256(place.read_bytes()).hexdigest() in done.stdout
    assert "only the holder of the support key" in done.stdout
    sealed = place.read_bytes()
    assert b"kiosk.toml" not in sealed and b"7zXZ" not in sealed, "nobody else can read it"
    with tarfile.open(fileobj=io.BytesIO(opened(place, support))) as archive:
        files = {
            Path(member.name).name: (archive.extractfile(member) or sys.stdin.buffer).read()
            for member in archive.getmembers()
        }
    manifest = json.loads(files.pop("manifest.json"))
    assert set(manifest["files"]) == set(files)
    for one, content in files.items():
        assert manifest["files"][one]["sha256"] == hashlib.sha256(content).hexdigest()
        for mark in MARKS:
            assert mark not in content.decode(), one
    assert "a visitor *** was here, ***" in files["log.txt"].decode()
    assert {"kiosk.toml", "status.json", "versions.json", "audit.json"} <= files.keys()
    assert "maintenance" in files["audit.json"].decode()
    assert json.loads(files["status.json"])["kiosk"] == "26824-k01"


def test_a_bundle_that_cannot_be_sealed_is_not_made(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with pytest.raises(ConsoleError, match="support_certificate cannot be used"):
        sealed_to(wrong, b"content")


def test_a_bundle_overwrites_nothing(kiosk: Running, tmp_path: Path) -> None:
    place = tmp_path / "mine.txt"
    place.write_text("mine")
    assert kioskctl(kiosk.socket, "bundle", "--out", str(place)).returncode == Code.USAGE
    assert place.read_text() == "mine"


def test_the_wrong_name_switches_nothing_off(kiosk: Running) -> None:
    child = typing(kiosk.socket, "poweroff", encoding="utf-8")
    child.expect("Type 26824-k01 to confirm:")
    child.sendline("26824-k02")
    child.expect("not confirmed")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == Code.FAILED
    assert kioskctl(kiosk.socket, "reboot").returncode == Code.FAILED, "nobody can type"
    assert not (kiosk.folder / "run" / "power").exists()


def test_without_the_service_nothing_is_left(
    kiosk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(power, "TAKEN_WITHIN", 0.3)
    child = typing(kiosk.socket, "reboot", "--reason", "Thay ổ cứng", encoding="utf-8")
    child.expect("to confirm:")
    child.sendline("26824-k01")
    child.expect("nobody took the request")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == Code.ABSENT
    assert not (kiosk.folder / "run" / "power").exists()


def test_the_request_is_one_word_and_its_reason_is_kept(kiosk: Running) -> None:
    path, words = kiosk.folder / "run" / "power", []

    def serve() -> None:
        """What kiosk-power.service does, up to its last word."""
        ends = time.monotonic() + 60
        while not path.exists() and time.monotonic() < ends:
            time.sleep(0.01)
        words.append(path.read_text())
        path.unlink()

    thread = threading.Thread(target=serve)
    thread.start()
    child = typing(kiosk.socket, "reboot", "--reason", "Thay ổ cứng", encoding="utf-8")
    child.expect("to confirm:")
    child.sendline("26824-k01")
    child.expect("reboot: now")
    child.expect(pexpect.EOF)
    thread.join(60)
    assert words == ["reboot\n"]
    rows = json.loads(kioskctl(kiosk.socket, "audit", "tail", "--json").stdout)
    entry = [row for row in rows if row["command"] == "power"][-1]
    assert entry["args"] == {"what": "reboot", "reason": "Thay-o-cung", "wait": "true"}
    kioskctl(kiosk.socket, "maintenance", "off")


def test_a_restart_waits_for_the_citizen(kiosk: Running) -> None:
    kiosk.serve()
    assert kioskctl(kiosk.socket, "app", "restart", "--no-wait").returncode == Code.BUSY
    child = typing(
        kiosk.socket, "app", "restart", "--reason", "new paper profile", encoding="utf-8"
    )
    child.expect("A citizen is being served")
    assert kiosk.app.leaving is not None and not kiosk.app.leaving.done()
    kiosk.leave()
    child.expect("app restart: now")
    leaving = kiosk.app.leaving

    async def told() -> str:
        return await leaving

    assert kiosk.wait(told()) == "restart"
