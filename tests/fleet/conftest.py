"""A ward's broker with a fleet on it, and a listener whose session outlives the broker."""

from __future__ import annotations

import collections
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from docs.monitoring.papers import Authority
from tests.fleet.kiosks import name
from tests.uplink.conftest import MOSQUITTO, UP, Broker, Heard, until
from tests.uplink.seen import Seen

IN_PROCESS = 50
"""Kiosks of one process: select(2) takes no descriptor above 1023."""
FLEET_WAIT = 300.0
"""Seconds after which a condition of a thousand kiosks will not come."""
CONNECTED = re.compile(r"^(\d+): New client connected from \S+ as (\d{5}-k\d\d) ", re.MULTILINE)


class City(Broker):
    """mosquitto as a ward runs it: sessions are kept on disk, no listener loses for being slow."""

    def __init__(self, folder: Path, papers: Path | None = None) -> None:
        """`papers`: ca.pem, broker.pem and broker.key are there; everybody needs a certificate."""
        self.log = folder / "mosquitto.log"
        self.papers = papers
        secured = (
            f"cafile {papers}/ca.pem",
            f"certfile {papers}/broker.pem",
            f"keyfile {papers}/broker.key",
            "tls_version tlsv1.3",
            "require_certificate true",
        )
        kept = (
            *(secured if papers is not None else ()),
            "allow_anonymous true",
            "max_queued_messages 0",
            f"log_dest file {self.log}",
            "log_type notice",
            "log_type subscribe",
            f"persistence_location {folder}/",
            "persistence true",
        )
        super().__init__(folder, "\n".join(kept))

    def end(self) -> None:
        """As `systemctl stop`: sessions are written first."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()

    def came_back(self) -> set[str]:
        """Kiosks that the broker took since it was started last, by its own log."""
        since = self.log.read_text().rpartition(" starting\n")[2]
        return {found[2] for found in CONNECTED.finditer(since)}

    def per_second(self) -> collections.Counter[int]:
        """Second → connections of kiosks that the broker took in it, by the broker's own log."""
        text = self.log.read_text() if self.log.exists() else ""
        return collections.Counter(int(found[1]) for found in CONNECTED.finditer(text))


class Listener:
    """mosquitto_sub with a session of its own on the broker: what comes while it is away waits."""

    def __init__(self, city: City) -> None:
        self.heard: list[Heard] = []
        address = ["-h", "127.0.0.1", "-p", str(city.port), "-i", "city", "-c", "-x", "3600"]
        if city.papers is not None:
            address += ["--cafile", f"{city.papers}/ca.pem"]
            address += ["--cert", f"{city.papers}/city.pem", "--key", f"{city.papers}/city.key"]
        self.process = subprocess.Popen(
            ["mosquitto_sub", "-V", "5", *address, "-q", "1", "-t", "wk/#", "-F", r"%t\t%r\t%x"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: ": city 1 wk/#" in city.log.read_text())

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            topic, retained, body = line.decode().rstrip("\n").split("\t")
            self.heard.append(Heard(topic, bytes.fromhex(body), retained == "1", "", ""))

    def facts(self) -> int:
        """Facts heard, each counted once."""
        return len({one.json["id"] for one in list(self.heard) if "/up/event/" in one.topic})

    def of(self, kiosk: str) -> list[Heard]:
        """What one kiosk told, with the topics that `Seen` folds."""
        above = f"wk/v1/{kiosk[:5]}/{kiosk}/up/"
        return [
            msgspec.structs.replace(one, topic=UP + one.topic.removeprefix(above))
            for one in list(self.heard)
            if one.topic.startswith(above)
        ]

    def seen(self, kiosk: str) -> Seen:
        return Seen().fold(self.of(kiosk))


class Fleet:
    """Kiosks in as many processes as they need."""

    def __init__(
        self,
        folder: Path,
        port: int,
        count: int,
        first: int = 0,
        skew: float = 0.0,
        papers: Path | None = None,
    ) -> None:
        self.count = count
        self._processes: list[subprocess.Popen[str]] = []
        for begin in range(first, first + count, IN_PROCESS):
            many = min(IN_PROCESS, first + count - begin)
            words = [str(folder), str(port), str(begin), str(many), str(skew)]
            words += [] if papers is None else [str(papers)]
            self._processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.fleet.kiosks", *words],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            )

    def order(self, line: str) -> dict[str, int]:
        """Gives it to all processes, and adds up what they answer."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(line + "\n")
            process.stdin.flush()
        total: collections.Counter[str] = collections.Counter()
        for process in self._processes:
            assert process.stdout is not None
            total.update(json.loads(process.stdout.readline()))
        return dict(total)

    def all_up(self) -> bool:
        return self.order("status").get("up", 0) == self.count

    def drained(self) -> bool:
        return self.order("status").get("waiting", 0) == 0

    def leave(self) -> None:
        """Every kiosk says goodbye."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes:
            process.wait(FLEET_WAIT)
        self._processes.clear()

    def kill(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def papers(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Folder of certificates for so many kiosks, 127.0.0.1 and the city; None = no TLS."""
    count: int = getattr(request, "param", 0)
    if not count:
        return None
    folder = tmp_path / "papers"
    folder.mkdir()
    authority = Authority(folder, "ward")
    authority.issue("broker", "127.0.0.1")
    for one in ("city", *map(name, range(count))):
        authority.issue(one)
    return folder


@pytest.fixture
def city(tmp_path: Path, papers: Path | None) -> Iterator[City]:
    if MOSQUITTO is None or shutil.which("mosquitto_sub") is None:
        pytest.skip("needs the Debian packages mosquitto and mosquitto-clients")
    folder = tmp_path / "broker"
    folder.mkdir()
    city = City(folder, papers)
    city.start()
    yield city
    city.stop()


@pytest.fixture
def listener(city: City) -> Iterator[Listener]:
    listener = Listener(city)
    yield listener
    listener.process.kill()
    listener.process.wait()


@pytest.fixture
def fleet(tmp_path: Path, city: City) -> Iterator[Callable[..., Fleet]]:
    """Makes fleets; their outboxes lie in one folder, so that a kiosk may start again."""
    made: list[Fleet] = []

    def make(count: int, first: int = 0, skew: float = 0.0) -> Fleet:
        made.append(Fleet(tmp_path / "kiosks", city.port, count, first, skew, city.papers))
        until(made[-1].all_up, FLEET_WAIT)
        return made[-1]

    yield make
    for one in made:
        one.kill()
