"""Clients that garble, dawdle, flood and vanish: a citizen's visit goes on undisturbed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from daemon.console import server as servers
from daemon.console.client import Client
from daemon.kiosk import Kiosk
from daemon.machine.events import Pressed
from tests.console.inside_fake import FakeInside, serving
from tests.console.kiosk_running import Running
from tests.console.test_console_server import connected, line

CONNECTIONS = 10_000
FEW = 500
LATE = 0.5
"""Seconds: a loop that answers later than this would be felt at the glass."""


@contextlib.contextmanager
def served_meanwhile(kiosk: Running) -> Iterator[list[float]]:
    """A citizen presses on while the hostile ones work; gives how late the loop answered."""
    late: list[float] = []
    over = threading.Event()

    async def pulse() -> None:
        loop = asyncio.get_running_loop()
        while not over.is_set():
            due = loop.time() + 0.02
            await asyncio.sleep(0.02)
            late.append(loop.time() - due)

    kiosk.serve()
    pulsing = asyncio.run_coroutine_threadsafe(pulse(), kiosk._loop)
    try:
        yield late
    finally:
        over.set()
        pulsing.result(30)
    for action, screen in (("ticket", "ServiceAsked"), ("home", "Home")):
        kiosk.do(partial(kiosk.app.kiosk.post, Pressed(action)))
        kiosk.wait(kiosk.app.kiosk.until(partial(stands_at, screen)))
    assert kiosk.do(lambda: kiosk.app.kiosk.state.visit), "the visit goes on"
    kiosk.leave()
    assert late


def stands_at(screen: str, kiosk: Kiosk) -> bool:
    return type(kiosk.state.scene).__name__ == screen


def good(path: Path) -> None:
    """The next honest technician is answered."""
    ends = time.monotonic() + 30
    while True:
        client = Client(path)
        try:
            assert client.ask("status", dict)["kiosk"] == "26824-k01"
            return
        except Exception:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)  # the connections of the hostile ones are still being closed
        finally:
            client.close()


def knocking(path: Path) -> socket.socket:
    """Waits its turn: with a time limit, a full queue would be an error at once."""
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(str(path))
    sock.settimeout(1)
    return sock


def flood(path: Path, count: int = CONNECTIONS) -> None:
    """Connections as fast as they are taken, closed at once, without a word."""
    for _ in range(count):
        knocking(path).close()


def garbage(path: Path) -> None:
    """Bytes that mean nothing, lines without end, JSON that is almost right."""
    noise = random.Random(4)
    almost = (
        b'{"id":1,"verb":"status","args":{"a":[]}}\n',
        b'{"id":"one","verb":"status"}\n',
        b'{"id":99999999999999999999,"verb":"x"}\n',
        b"[" * 5000 + b"\n",
        b'{"id":1,"verb":"' + b"v" * 70000 + b'"}\n',
        b"\x00\xff\x1b[2J\n",
        b'{"id":1,"verb":"say"}\n{"id":1,"verb":"stop"}\n',
    )
    for number in range(300):
        with knocking(path) as sock, contextlib.suppress(OSError):
            sock.sendall(noise.choice(almost) if number % 2 else noise.randbytes(2000) + b"\n")
            if number % 50 == 0:
                sock.sendall(b"x" * (3 << 20))


def hoard(path: Path) -> None:
    """Asks and never reads."""
    with knocking(path) as sock, contextlib.suppress(OSError):
        for _ in range(20000):
            sock.sendall(b'{"id":1,"verb":"settings"}\n')


@pytest.mark.parametrize("attack", [flood, garbage, hoard])
def test_a_visit_goes_on(kiosk: Running, attack: object) -> None:
    assert callable(attack)
    with served_meanwhile(kiosk) as late:
        attack(kiosk.socket)
    slow = sorted(late)[int(len(late) * 0.99)]
    assert slow < LATE, f"99 % of the loop's turns within {LATE} s, not {slow:.3f} s"
    good(kiosk.socket)


def test_no_descriptor_is_left_behind(kiosk: Running) -> None:
    def count() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    flood(kiosk.socket, FEW)
    good(kiosk.socket)
    before = count()
    flood(kiosk.socket, FEW)
    good(kiosk.socket)
    ends = time.monotonic() + 30
    while count() > before + 5:
        assert time.monotonic() < ends, "descriptors stay open"
        time.sleep(0.1)


def test_a_line_byte_by_byte_is_a_line(served: Path) -> None:
    with connected(served) as sock:
        line(sock)
        for byte in b'{"id":5,"verb":"devices"}\n':
            sock.sendall(bytes([byte]))
        assert line(sock)["id"] == 5


def test_a_reader_who_takes_nothing_is_let_go(
    socket_path: Path, inside: FakeInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "SEND_WITHIN", 0.3)
    monkeypatch.setattr(servers, "A_SECOND", 1e6)
    with serving(socket_path, inside), connected(socket_path) as sock:
        line(sock)
        with pytest.raises(OSError, match=r"[Bb]roken|reset"):
            for _ in range(50000):
                sock.sendall(b'{"id":1,"verb":"settings"}\n' * 10)


def test_an_idle_line_is_closed(
    socket_path: Path, inside: FakeInside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "IDLE", 0.2)
    with serving(socket_path, inside), connected(socket_path) as sock:
        line(sock)
        assert sock.recv(100) == b""


def test_after_too_much_nonsense_the_line_is_closed(served: Path) -> None:
    with connected(served) as sock:
        line(sock)
        sock.sendall(b"?\n" * servers.BAD_LINES)
        found = b""
        while more := sock.recv(65536):
            found += more
        answers = [json.loads(one) for one in found.splitlines()]
        assert [one["code"] for one in answers] == [2] * servers.BAD_LINES


def test_many_commands_at_once_are_answered_one_after_the_other(served: Path) -> None:
    with connected(served) as sock:
        line(sock)
        many = servers.BURST + 20
        sock.sendall(b"".join(b'{"id":%d,"verb":"devices"}\n' % n for n in range(many)))
        began = time.monotonic()
        found = b""
        while found.count(b"\n") < many:
            found += sock.recv(65536)
        assert [json.loads(one)["id"] for one in found.splitlines()] == list(range(many))
        assert time.monotonic() - began > 0.5, "after the burst they are paced"


def test_one_account_does_not_lock_out_the_daemon(kiosk: Running) -> None:
    held = [connected(kiosk.socket) for _ in range(servers.CONNECTIONS_A_USER)]
    assert [line(sock)["role"] for sock in held] == ["admin"] * len(held)
    with connected(kiosk.socket) as more:
        assert "this user" in str(line(more)["error"])
    for sock in held:
        sock.close()
    good(kiosk.socket)
