"""`net`, `mqtt`, `outbox`, `time`, `queue`, `sessions`, `register` of a whole kiosk."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pexpect
import pytest

from daemon.catalogue import services
from daemon.console.inside import Code
from daemon.machine.views import ServingLine
from drivers.speech import SilentSpeech
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import environment
from tests.uplink.conftest import Broker, Ear, Heard, broker, free_port, until

__all__ = ["broker"]

PORT = free_port()
GROUP = next(iter(services.load()))


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    """Its broker does not run yet; the port is one that nobody listens on."""
    with kiosk_running(
        uplink={
            "broker": "127.0.0.1",
            "port": PORT,
            "tls": False,
            "connect": 2.0,
            "retry_least": 100.0,
        }
    ) as running:
        yield running


def heard(ear: Ear) -> list[Heard]:
    """What the ward was told of commands."""
    return ear.on("event/command.given")


def say(kiosk: Running, *words: str) -> str:
    done = kioskctl(kiosk.socket, *words)
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80
    return done.stdout


def test_the_failing_layer_is_named(kiosk: Running) -> None:
    done = kioskctl(kiosk.socket, "net", "mqtt")
    assert done.returncode == Code.FAILED
    assert "tcp      FAIL 127.0.0.1" in done.stdout and "It fails at TCP" in done.stdout
    lines = kioskctl(kiosk.socket, "net", "mqtt", "--json").stdout.splitlines()
    assert json.loads(lines[-1])[-1]["layer"] == "tcp"


def test_names_echoes_and_interfaces(kiosk: Running) -> None:
    shown = say(kiosk, "net", "show")
    assert f"127.0.0.1:{PORT}" in shown and "gateway" in shown
    assert "127.0.0.1" in say(kiosk, "net", "dns", "localhost")
    assert kioskctl(kiosk.socket, "net", "dns", "nosuch.invalid").returncode == Code.FAILED
    assert kioskctl(kiosk.socket, "net", "dns", "a b;c").returncode == Code.USAGE
    done = kioskctl(kiosk.socket, "net", "ping", "127.0.0.1")
    assert (done.returncode == 0 and "4 of 4" in done.stdout) or done.returncode == Code.ABSENT


def test_what_waits_goes_when_there_is_a_broker(kiosk: Running, broker: Broker) -> None:
    assert "DOWN" in kioskctl(kiosk.socket, "mqtt", "show").stdout
    assert "with the next line" in say(kiosk, "mqtt", "again")
    kiosk.serve()
    kiosk.leave()
    assert kiosk.app.queue is not None
    kiosk.wait(kiosk.app.queue.draw(GROUP))
    shown = say(kiosk, "outbox", "show")
    assert "session.closed" in shown and "ticket.issued" in shown
    broker.port = PORT
    broker.start()
    ear = broker.listen()
    flushed = say(kiosk, "outbox", "flush")
    assert "wait for their delay" in flushed, "a visit's report is not hurried"
    assert "up" in say(kiosk, "mqtt", "show")
    assert "The way to the broker is open" in say(kiosk, "net", "mqtt")
    assert "ticket.issued" not in say(kiosk, "outbox", "show")
    until(lambda: bool(ear.on("state")))
    before = len(ear.on("state"))
    assert say(kiosk, "mqtt", "again") == "The ward is told again.\n"
    until(lambda: len(ear.on("state")) > before)
    say(kiosk, "consumables", "refill", "roll", "321")
    say(kiosk, "outbox", "flush")
    until(lambda: any(one.json["data"]["command"] == "refill" for one in heard(ear)))
    told = next(one.json["data"] for one in heard(ear) if one.json["data"]["command"] == "refill")
    assert (told["role"], told["line"], told["result"]) == ("admin", "local", "ok")
    assert "321" not in json.dumps({name: told[name] for name in told if name != "hash"})
    rows = json.loads(kioskctl(kiosk.socket, "audit", "tail", "--json").stdout)
    entry = next(row for row in rows if row["command"] == "refill")
    assert entry["n"] == told["n"], "the entry of the log"


def test_the_line_is_called_from_the_console(kiosk: Running) -> None:
    assert kiosk.app.queue is not None
    speech = kiosk.app.devices.speech
    assert isinstance(speech, SilentSpeech)
    for service in ("civil_status", "land"):
        kiosk.wait(kiosk.app.queue.draw(service))
    assert "B001" in say(kiosk, "queue", "line")
    assert "B001, please come to counter 3" in say(kiosk, "queue", "call", "3")
    until(lambda: kiosk.app.kiosk.state.world.number == "B001")
    until(lambda: kiosk.app.serving.serving.calls)
    assert kiosk.app.serving.serving.calls[0] == ServingLine("B001", "3", fresh=True)
    assert speech.sounds[-1] == "attention", "the chime"
    assert speech.spoken[-1].text == "Mời số B 0 0 1 đến quầy 3."
    assert "once more" in say(kiosk, "queue", "recall", "3")
    told = json.loads(kioskctl(kiosk.socket, "queue", "line", "--json").stdout)
    assert told["serving"] == {"3": "B001"} and told["waiting"]["land"] == ["E001"]
    say(kiosk, "queue", "transfer", "E001", "civil_status")
    assert "did not come" in say(kiosk, "queue", "skip", "3")
    assert "E001" in say(kiosk, "queue", "call", "3")
    for words, why in (
        (("call", "77"), "no group is served"),
        (("call", "3"), "nobody is there"),
        (("call", "3", "Z999"), "not given today"),
        (("transfer", "B001", "fax"), "no such group"),
    ):
        done = kioskctl(kiosk.socket, "queue", *words)
        assert done.returncode == Code.FAILED and why in done.stderr, done.stderr


def test_queue_numbers_are_shown_and_reset_after_two_questions(kiosk: Running) -> None:
    assert kiosk.app.queue is not None
    draw = partial(kiosk.app.queue.draw, GROUP, True)
    kiosk.wait(draw())
    rows = json.loads(kioskctl(kiosk.socket, "queue", "show", "--json").stdout)
    given = rows[GROUP]
    assert given >= 1
    done = kioskctl(kiosk.socket, "queue", "reset")
    assert done.returncode == Code.FAILED and "not confirmed" in done.stderr
    child = pexpect.spawn(
        sys.executable,
        ["-m", "daemon.console.kioskctl", "--socket", str(kiosk.socket), "queue", "reset"],
        env=environment("vt100"),
        encoding="ascii",
        timeout=60,
    )
    child.expect("Forget today's numbers")
    child.sendline("y")
    child.expect("Really")
    child.sendline("y")
    child.expect("numbers forgotten")
    child.expect(pexpect.EOF)
    rows = json.loads(kioskctl(kiosk.socket, "queue", "show", "--json").stdout)
    assert sum(rows.values()) == 0


def test_clock_visits_and_register(kiosk: Running) -> None:
    assert "+07:00" in say(kiosk, "time", "show") and "RTC" in say(kiosk, "time", "show")
    assert "timeout" in say(kiosk, "sessions", "stats")
    assert "The register is whole" in say(kiosk, "register", "verify")
    told = say(kiosk, "register", "certificates")
    assert [line.split()[:2] for line in told.splitlines()[1:4]] == [
        ["certifier", "ok"],
        ["authority", "ok"],
        ["proof", "ok"],
    ]


def test_the_register_goes_into_a_file_without_names(kiosk: Running, tmp_path: Path) -> None:
    place = tmp_path / "register.csv"
    assert "0 entries" in say(kiosk, "register", "export", "--year", "2026", "--out", str(place))
    assert place.read_text("utf-8-sig").startswith("Số chứng thực,")
    again = kioskctl(kiosk.socket, "register", "export", "--out", str(place))
    assert again.returncode == Code.USAGE, "nothing is written over"


@pytest.mark.parametrize(
    "words",
    [
        ["net"],
        ["net", "ping"],
        ["mqtt"],
        ["mqtt", "again", "x"],
        ["net", "set", "end0"],
        ["net", "speed", "a", "b"],
        ["outbox", "eat"],
        ["queue", "show", "x"],
        ["queue", "call"],
        ["queue", "skip", "3", "B001"],
        ["queue", "transfer", "B001"],
        ["time", "set"],
    ],
)
def test_mistakes_are_usage(kiosk: Running, words: list[str]) -> None:
    assert kioskctl(kiosk.socket, *words).returncode == Code.USAGE


def test_a_broken_register_is_named(kiosk: Running) -> None:
    """The last test here: the register stays broken."""
    path = kiosk.folder / "state" / "kiosk.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        columns = "seq, record, previous, hash"
        database.execute(f"INSERT INTO chain ({columns}) VALUES (1, x'7b7d', x'00', x'00')")
    done = kioskctl(kiosk.socket, "register", "verify")
    assert done.returncode == Code.FAILED and "BROKEN" in done.stdout
