"""`update fetch`: an address goes to those who may install, and only an address."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from daemon.console.inside import Code
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl

WHERE = "https://updates.example:8443/ward-1.5.raucb"


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    with kiosk_running() as running:
        yield running


def test_the_address_is_handed_over(kiosk: Running) -> None:
    path, taken = kiosk.folder / "run" / "update", []

    def serve() -> None:
        """What kiosk-fetch.service does first."""
        ends = time.monotonic() + 60
        while not path.exists() and time.monotonic() < ends:
            time.sleep(0.01)
        taken.append(path.read_text())
        path.unlink()

    thread = threading.Thread(target=serve)
    thread.start()
    done = kioskctl(kiosk.socket, "update", "fetch", WHERE)
    thread.join(60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert taken == [WHERE + "\n"]


def test_without_the_service_nothing_is_left(kiosk: Running) -> None:
    assert kioskctl(kiosk.socket, "update", "fetch", WHERE).returncode == Code.ABSENT
    assert not (kiosk.folder / "run" / "update").exists()


@pytest.mark.parametrize("where", ["http://plain.example/x", "x.raucb", "https://a/b c", ""])
def test_what_is_no_address_is_refused(kiosk: Running, where: str) -> None:
    done = kioskctl(kiosk.socket, "update", "fetch", where)
    assert done.returncode == Code.USAGE, done.stdout + done.stderr
    assert not (kiosk.folder / "run" / "update").exists()


def test_not_while_somebody_is_served(kiosk: Running) -> None:
    kiosk.serve()
    assert kioskctl(kiosk.socket, "update", "fetch", WHERE, "--no-wait").returncode == Code.BUSY
    assert not (kiosk.folder / "run" / "update").exists()
