"""A real broker on a free port, and a subscriber that is not ours."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from daemon.store import Store
from daemon.uplink import UplinkConfig

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
KIOSK = "26824-k01"
UP = f"wk/v1/26824/{KIOSK}/up/"
LONG = 60.0
"""Seconds after which a condition that has not come will not come."""


def until(what: Callable[[], Any], seconds: float = LONG) -> Any:
    """Waits for a condition; returns its value."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if value := what():
            return value
        time.sleep(0.01)
    raise AssertionError("the condition did not come")


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


class Heard(msgspec.Struct, frozen=True):
    topic: str
    body: bytes
    retained: bool
    user: str
    kind: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)  # type: ignore[no-any-return]


class Broker:
    """mosquitto; may be killed and started again on the same port."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        self.port = free_port()
        self.folder = folder
        self.config = folder / "mosquitto.conf"
        self.extra = extra
        self._process: subprocess.Popen[bytes] | None = None
        self._children: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence false",
            self.extra or "allow_anonymous true",
        ]
        if not os.geteuid():
            lines.insert(0, "user root")  # it would give root up and not read this folder
        self.config.write_text("\n".join(lines) + "\n")
        assert MOSQUITTO is not None
        self._process = subprocess.Popen(
            [MOSQUITTO, "-c", str(self.config)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self.answers)

    def answers(self) -> bool:
        with socket.socket() as place:
            return place.connect_ex(("127.0.0.1", self.port)) == 0

    def reload(self) -> None:
        """Reads its rights anew."""
        assert self._process is not None
        self._process.send_signal(signal.SIGHUP)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def listen(self, *extra: str) -> Ear:
        ear = Ear(self.port, extra)
        self._children.append(ear.process)
        return ear

    def stop(self) -> None:
        for child in self._children:
            child.kill()
            child.wait()
        if self._process is not None:
            self.kill()


class Ear:
    """mosquitto_sub on all topics of the kiosk."""

    def __init__(self, port: int, extra: tuple[str, ...] = ()) -> None:
        self.heard: list[Heard] = []
        form = r"%t\t%r\t%C\t%P\t%x"
        self._address = ("-h", "127.0.0.1", "-p", str(port), *extra)
        wanted = ("-q", "1", "-t", "wk/#", "-t", "ready/#")
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-V", "5", *self._address, *wanted, "-F", form],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        # It listens as soon as it hears a message of ours: a subscription has no other sign.
        until(lambda: self._knock() and self._is_ready())

    def _knock(self) -> bool:
        subprocess.run(
            ["mosquitto_pub", *self._address, "-q", "1", "-t", "ready/x", "-m", "ready"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return True

    def _is_ready(self) -> bool:
        return any(one.topic == "ready/x" for one in self.heard)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            topic, retained, kind, user, body = line.decode().rstrip("\n").split("\t")
            self.heard.append(Heard(topic, bytes.fromhex(body), retained == "1", user, kind))

    def on(self, name: str) -> list[Heard]:
        """What was heard on a topic below `up/`; a name ending in / stands for all below it."""
        wanted = UP + name
        return [
            one
            for one in list(self.heard)
            if one.topic == wanted or (name[-1:] in ("", "/") and one.topic.startswith(wanted))
        ]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if MOSQUITTO is None or shutil.which("mosquitto_sub") is None:
        pytest.skip("needs the Debian packages mosquitto and mosquitto-clients")
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    yield broker
    broker.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "state" / "kiosk.db")
    yield store
    store.close_now()


def config(port: int, **more: Any) -> UplinkConfig:
    """Quick settings for a broker on the loopback."""
    quick: dict[str, Any] = {
        "broker": "127.0.0.1",
        "port": port,
        "tls": False,
        "will_delay": 0,
        "connect": 2.0,
        "retry_least": 0.05,
        "retry_most": 0.2,
        "visit_delay_least": 0.0,
        "visit_delay_most": 0.0,
    }
    return UplinkConfig(**(quick | more))
