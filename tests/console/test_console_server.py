"""The control socket: roles, mistakes on the line, sockets of dead daemons."""

from __future__ import annotations

import grp
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.console.inside import Code
from daemon.console.roles import Groups, Peer, peer, role
from daemon.console.server import CONNECTIONS_A_USER, ConsoleServer
from daemon.console.wire import may
from tests.console.inside_fake import FakeInside, serving


def connected(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.settimeout(5)
    sock.connect(str(path))
    return sock


def line(sock: socket.socket) -> dict[str, object]:
    data = b""
    while not data.endswith(b"\n"):
        more = sock.recv(65536)
        assert more, "closed"
        data += more
    found = json.loads(data)
    assert isinstance(found, dict)
    return found


def group_and_other() -> tuple[str, int, int]:
    """A group of this system, its number, and a number that is no group here."""
    first = min(grp.getgrall(), key=lambda one: one.gr_gid == 0)
    return first.gr_name, first.gr_gid, max(one.gr_gid for one in grp.getgrall()) + 7


def test_roles_come_from_groups() -> None:
    name, gid, other = group_and_other()
    nobody = 4_000_000
    groups = Groups(view="no-such-group", tech=name, admin="no-such-group-2")
    assert role(Peer(1, nobody, frozenset({gid})), groups) == "tech"
    assert role(Peer(1, nobody, frozenset({other})), groups) is None
    assert role(Peer(1, os.geteuid(), frozenset()), groups) == "admin"
    assert role(Peer(1, 0, frozenset()), groups) == "admin"
    both = Groups(view=name, tech="no-such-group", admin=name)
    assert role(Peer(1, nobody, frozenset({gid})), both) == "admin"


def test_a_role_includes_the_lower_ones() -> None:
    assert may("admin", "tech") and may("tech", "view") and may("view", "view")
    assert not may("view", "tech") and not may("tech", "admin")


def test_the_kernel_names_the_peer() -> None:
    near, far = socket.socketpair()
    with near, far:
        who = peer(near)
    assert (who.pid, who.uid) == (os.getpid(), os.geteuid())
    assert set(os.getgroups()) | {os.getegid()} == set(who.groups)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_another_user_is_refused_and_a_viewer_may_only_look(
    socket_path: Path, inside: FakeInside
) -> None:
    name, gid, other = group_and_other()
    socket_path.parent.chmod(0o755)
    program = (
        "import os,sys,socket\n"
        "os.setgroups([int(sys.argv[2])]); os.setgid(65534); os.setuid(65534)\n"
        "s=socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect(sys.argv[1])\n"
        "f=s.makefile('rw'); print(f.readline(), end='')\n"
        'f.write(\'{"id":1,"verb":"maintenance","args":{"on":true}}\\n\'); f.flush()\n'
        "print(f.readline(), end='')\n"
    )

    def knock(group: int) -> list[dict[str, object]]:
        done = subprocess.run(
            [sys.executable, "-c", program, str(socket_path), str(group)],
            capture_output=True,
            text=True,
            timeout=20,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return [json.loads(text) for text in done.stdout.splitlines()]

    with serving(socket_path, inside, Groups(view=name, tech="none-t", admin="none-a")):
        stranger = knock(other)
        assert stranger[0]["role"] is None and "group" in str(stranger[0]["error"])
        viewer = knock(gid)
        assert viewer[0]["role"] == "view"
        assert viewer[1]["code"] == Code.NOT_ALLOWED
    assert inside.asked == []


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"hello\n", Code.USAGE),
        (b"[]\n", Code.USAGE),
        (b'{"id":1,"verb":"status","more":1}\n', Code.USAGE),
        (b'{"id":1,"verb":"reboot"}\n', Code.USAGE),
        (b'{"id":1,"verb":"maintenance","args":{"on":"yes"}}\n', Code.USAGE),
        (b'{"id":1,"verb":"maintenance","args":{"on":true,"seconds":1}}\n', Code.USAGE),
        (b"\xff\xfe\n", Code.USAGE),
    ],
)
def test_nonsense_is_answered_and_the_line_goes_on(served: Path, sent: bytes, code: Code) -> None:
    with connected(served) as sock:
        assert line(sock)["role"] == "admin"
        sock.sendall(sent)
        assert line(sock)["code"] == code
        sock.sendall(b'{"id":7,"verb":"devices"}\n')
        answer = line(sock)
        assert (answer["id"], answer["code"]) == (7, Code.OK)


def test_an_endless_line_ends_the_connection_only(served: Path) -> None:
    with connected(served) as sock:
        line(sock)
        with pytest.raises((AssertionError, ConnectionError)):
            sock.sendall(b"x" * (3 << 20))
            line(sock)
    with connected(served) as sock:
        assert line(sock)["role"] == "admin"


def test_too_many_consoles(served: Path) -> None:
    socks = [connected(served) for _ in range(CONNECTIONS_A_USER)]
    assert all(line(sock)["role"] == "admin" for sock in socks)
    with connected(served) as one_more:
        assert line(one_more)["role"] is None
    for sock in socks:
        sock.close()


def test_it_takes_the_place_of_a_dead_daemons_socket(socket_path: Path, inside: FakeInside) -> None:
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(str(socket_path))
    dead.close()
    with serving(socket_path, inside), connected(socket_path) as sock:
        assert line(sock)["role"] == "admin"
    assert not socket_path.exists()


async def test_it_leaves_a_live_daemon_and_a_file_alone(served: Path, inside: FakeInside) -> None:
    with pytest.raises(FileExistsError, match="another daemon"):
        await ConsoleServer(served, inside).start()
    with connected(served) as sock:
        assert line(sock)["role"] == "admin"
    file = served.with_name("notes.txt")
    file.write_text("mine")
    with pytest.raises(FileExistsError, match="not a socket"):
        await ConsoleServer(file, inside).start()
    assert file.read_text() == "mine"
