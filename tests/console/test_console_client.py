"""The near end of the socket against daemons that do not answer as they should."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.console.client import Client, DaemonDown
from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import columns, cut, plain, printable, table, utf8, wrapped


@contextlib.contextmanager
def answering(path: Path, *chunks: bytes, close: bool = False) -> Iterator[None]:
    """A listener that sends these bytes to the first who connects, whatever is asked."""
    over = threading.Event()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        listener.settimeout(5)

        def serve() -> None:
            with contextlib.suppress(OSError):
                near, _ = listener.accept()
                with near:
                    for chunk in chunks:
                        near.sendall(chunk)
                    if not close:
                        over.wait(30)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(6)


@pytest.mark.parametrize(
    ("chunks", "code", "says"),
    [
        ((), Code.TIMED_OUT, "did not answer"),
        ((b'{"v":1,"role":"view"}\n',), Code.TIMED_OUT, "did not answer"),
        ((b'{"v":1,"role":null,"error":"ask the ward"}\n',), Code.NOT_ALLOWED, "ask the ward"),
        ((b"HTTP/1.1 400\r\n\r\n",), Code.FAILED, "another version"),
        ((b'{"v":1,"role":"view"}\n', b'{"id":"x"}\n'), Code.FAILED, "another version"),
    ],
)
def test_strange_daemons(
    socket_path: Path, chunks: tuple[bytes, ...], code: Code, says: str
) -> None:
    client = Client(socket_path, wait=0.3)
    with answering(socket_path, *chunks), pytest.raises(ConsoleError, match=says) as caught:
        client.ask("status", dict)
    assert caught.value.code is code
    client.close()


def test_an_answer_in_pieces(socket_path: Path) -> None:
    parts = (b'{"v":1,"ro', b'le":"tech"}\n{"id":1,"code":0,', b'"data":[1,2],"error":""}\n')
    client = Client(socket_path, wait=5)
    with answering(socket_path, *parts):
        assert client.ask("anything", list) == [1, 2]
    assert client.role() == "tech"
    client.close()


def test_a_daemon_that_dies_while_asked(socket_path: Path) -> None:
    client = Client(socket_path, wait=5)
    with (
        answering(socket_path, b'{"v":1,"role":"view"}\n', close=True),
        pytest.raises(DaemonDown, match="closed the line"),
    ):
        client.ask("status", dict)


def test_a_socket_that_is_a_file(socket_path: Path) -> None:
    socket_path.write_text("")
    with pytest.raises(DaemonDown):
        Client(socket_path).ask("status", dict)


def test_lines_for_80_columns() -> None:
    assert cut("x" * 81) == "x" * 79 + "~" and cut("x" * 80) == "x" * 80
    assert len(columns("left " * 30, "right")) == 80 and columns("a", "b").endswith(" b")
    rows = table(("A", "B"), [("x" * 99, "y" * 99), ("1", "2")], (10,))
    assert max(map(len, rows)) == 80 and rows[0].startswith("A          B")
    assert all(len(line) <= 80 for line in wrapped("word " * 50 + "y" * 200, 4))
    assert plain("Đường Nguyễn – ổn…") == "Duong Nguyen - on~" and plain("\x1b[2J字") == "?[2J?"
    assert printable("a\x1b[2Jb\n") == "a?[2Jb?"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, False),
        ({"LANG": "C"}, False),
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LC_ALL": "C", "LANG": "vi_VN.UTF-8"}, False),
        ({"LC_CTYPE": "C.utf8", "LANG": "C"}, True),
    ],
)
def test_utf8_is_announced_by_the_locale(environment: dict[str, str], said: bool) -> None:
    assert utf8(environment) is said
