"""`net set|commit|rollback|speed`, `time sync|set`: from the command to the service and back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pexpect
import pytest

from daemon.console.inside import Code
from daemon.console.rows import SpeedRow
from daemon.inside import machine as asking
from daemon.inside import speed
from daemon.privileged import machine as privileged
from daemon.privileged.machine import REQUEST, TRIAL, Machine
from daemon.uplink.network import Network
from tests.console.kiosk_running import Running
from tests.console.near import kioskctl
from tests.console.test_console_netfile import root, said
from tests.console.test_console_terminal import typing

__all__ = ["root"]


@pytest.fixture
def interface() -> str:
    names = [one.name for one in Network().interfaces()]
    if not names:
        pytest.skip("this machine has no network interface")
    return names[0]


@pytest.fixture
def service(kiosk: Running, root: Path) -> Iterator[Path]:
    """Starts the service at each request, as `kiosk-machine.path` does."""
    answers = kiosk.folder / "run-machine"
    answers.mkdir(exist_ok=True)
    for link, target in (("ward-kiosk", kiosk.folder / "run"), ("ward-kiosk-machine", answers)):
        (root / "run" / link).rmdir()
        (root / "run" / link).symlink_to(target)
    over = threading.Event()

    def pause(seconds: float) -> None:
        """A trial ends with the test, as with the service."""
        if over.wait(0.01):
            raise SystemExit

    def path_unit() -> None:
        while not over.wait(0.01):
            if (root / REQUEST).exists():
                Machine(root, pause).serve()

    thread = threading.Thread(target=path_unit)
    thread.start()
    yield root
    over.set()
    thread.join(30)


def trial(kiosk: Running) -> str:
    shown: dict[str, str] = json.loads(kioskctl(kiosk.socket, "net", "show", "--json").stdout)
    return shown["trial"]


def test_a_network_is_tried_and_kept(kiosk: Running, service: Path, interface: str) -> None:
    words = ("net", "set", interface, "192.0.2.7/24", "--gateway", "192.0.2.1", "--confirm", "5")
    done = kioskctl(kiosk.socket, *words)
    assert done.returncode == 0, done.stderr
    assert "undone in 5 minutes" in done.stdout and "net commit" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Address=192.0.2.7/24" in (service / TRIAL).read_text()
    assert trial(kiosk) == interface and "net commit" in kioskctl(kiosk.socket, "net").stdout + (
        kioskctl(kiosk.socket, "net", "show").stdout
    )
    assert not kiosk.app.kiosk.state.visit
    done = kioskctl(kiosk.socket, "net", "commit")
    assert done.returncode == 0 and f"{interface}: kept" in done.stdout, done.stderr
    kept = list((service / "var/lib/ward-network").iterdir())
    assert len(kept) == 1 and "Gateway=192.0.2.1" in kept[0].read_text()
    assert trial(kiosk) == "" and not (service / TRIAL).exists()


def test_a_trial_is_taken_back(kiosk: Running, service: Path, interface: str) -> None:
    assert kioskctl(kiosk.socket, "net", "rollback").returncode == Code.FAILED, "nothing on trial"
    assert kioskctl(kiosk.socket, "net", "set", interface, "dhcp").returncode == 0
    assert "DHCP=yes" in (service / TRIAL).read_text()
    done = kioskctl(kiosk.socket, "net", "rollback")
    assert done.returncode == 0 and "as it was before" in done.stdout
    assert not (service / TRIAL).exists() and not list((service / "var/lib/ward-network").iterdir())


def test_what_is_wrong_is_refused_before_anything_is_asked(
    kiosk: Running, service: Path, interface: str
) -> None:
    for words, code in (
        ([interface, "192.0.2.7"], Code.USAGE),
        ([interface, "192.0.2.0/24"], Code.USAGE),
        ([interface, "192.0.2.7/24", "--gateway", "198.51.100.1"], Code.USAGE),
        ([interface, "dhcp", "--confirm", "0"], Code.USAGE),
        ([interface], Code.USAGE),
        (["nosuch0", "dhcp"], Code.ABSENT),
    ):
        done = kioskctl(kiosk.socket, "net", "set", *words)
        assert done.returncode == code, (words, done.stderr)
    assert said(service) == []


def test_a_citizen_finishes_first(kiosk: Running, service: Path, interface: str) -> None:
    kiosk.serve()
    try:
        done = kioskctl(kiosk.socket, "net", "set", interface, "dhcp", "--no-wait")
        assert done.returncode == Code.BUSY and said(service) == []
    finally:
        kiosk.leave()


def test_without_the_service_it_is_said(
    kiosk: Running, interface: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TAKEN_WITHIN", 0.2)
    done = kioskctl(kiosk.socket, "net", "set", interface, "dhcp")
    assert done.returncode == Code.ABSENT and "kiosk-machine.path" in done.stderr
    assert not (kiosk.folder / "run" / "machine").exists(), "nobody takes it later"


def test_the_clock_is_synchronised_and_set(
    kiosk: Running, service: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privileged, "SYNC_WITHIN", 0.3)
    done = kioskctl(kiosk.socket, "time", "sync")
    assert done.returncode == Code.FAILED and "no time server answered" in done.stderr
    mark = service / privileged.SYNCHRONISED
    mark.parent.mkdir()
    mark.touch()
    done = kioskctl(kiosk.socket, "time", "sync")
    assert done.returncode == 0 and "synchronised" in done.stdout, done.stderr
    assert "systemctl restart systemd-timesyncd.service" in said(service)
    before = len(said(service))
    done = kioskctl(kiosk.socket, "time", "set", "2026-11-30", "08:00")
    assert done.returncode == Code.FAILED and "not confirmed" in done.stderr
    assert kioskctl(kiosk.socket, "time", "set", "2026-13-30", "08:00").returncode == Code.USAGE
    assert len(said(service)) == before
    child = typing(kiosk.socket, "time", "set", "2026-11-30", "08:00")
    child.expect(r"The clock goes \d+ s (back|forward)")
    child.expect("Set it")
    child.sendline("y")
    child.expect("clock ")
    child.expect(pexpect.EOF)
    at = next(line.split("@")[1] for line in said(service) if "set-time" in line)
    eight = 1_796_000_400  # 2026-11-30T01:00:00Z
    assert 0 <= int(at) - eight < 60, "and the time that the answer took"


def test_the_speed_there_and_back(kiosk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kioskctl(kiosk.socket, "net", "speed").returncode == Code.FAILED, "no broker here"

    def dead(host: str, address: str, opened: object) -> SpeedRow:
        return SpeedRow(host=host, sent=48, came=0, mbit=0, median_ms=0, worst_ms=0)

    def slow(host: str, address: str, opened: object) -> SpeedRow:
        return SpeedRow(host=host, sent=90, came=88, mbit=2.5, median_ms=20.25, worst_ms=41)

    monkeypatch.setattr("daemon.inside.network.measured", dead)
    done = kioskctl(kiosk.socket, "net", "speed", "localhost")
    assert done.returncode == Code.FAILED and "0 of 48 echoes came from localhost" in done.stdout
    monkeypatch.setattr("daemon.inside.network.measured", slow)
    done = kioskctl(kiosk.socket, "net", "speed", "127.0.0.1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [
        "127.0.0.1: 2.5 Mbit/s there and back, 2 of 90 echoes lost",
        "there and back in 20.2 ms (median), 41.0 ms at worst",
    ]


SPACE = """
set -e
ip link set lo up
ip link add quiet type veth peer name other
ip link set other up
ip address add 192.0.2.1/24 dev quiet
ip link set quiet up
ip neighbour add 192.0.2.9 lladdr 02:00:00:00:00:09 dev quiet
mount -t proc proc /proc
echo 0 2147483647 >/proc/sys/net/ipv4/ping_group_range
exec "$0" -c "$1"
"""
MEASURE = """
import msgspec
from daemon.inside import speed
from daemon.inside.network import opened
speed.MOST, speed.SECONDS = 1 << 20, 2.0
for host in ("127.0.0.1", "192.0.2.9", "198.51.100.1"):
    try:
        print(msgspec.json.encode(speed.measured(host, host, opened)).decode())
    except speed.ConsoleError as error:
        print(error)
"""


def test_a_measurement_is_bounded() -> None:
    """By bytes on a fast line; on a dead one by echoes under way and time.  In a network apart."""
    if os.geteuid() != 0 or shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("needs root, unshare and ip")
    space = ["unshare", "--net", "--mount", "--pid", "--fork"]
    if subprocess.run([*space, "true"], capture_output=True).returncode != 0:
        pytest.skip("no name spaces here")
    done = subprocess.run(
        [*space, "sh", "-c", SPACE, sys.executable, MEASURE],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    here, dead, nowhere = done.stdout.splitlines()
    fast, lost = msgspec.json.decode(here, type=SpeedRow), msgspec.json.decode(dead, type=SpeedRow)
    assert (1 << 20) - speed.BODY <= fast.sent * speed.BODY < (1 << 20) + speed.BODY
    assert fast.came == fast.sent and fast.mbit > 0 and fast.worst_ms >= fast.median_ms > 0
    assert lost.came == 0 and lost.mbit == 0 and 0 < lost.sent <= 3 * speed.AHEAD
    assert "unreachable" in nowhere
