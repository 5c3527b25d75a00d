"""The service that sets network and clock: what it lets through, and that nothing stays unkept."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.privileged import machine
from daemon.privileged.machine import ANSWER, KEPT, REQUEST, SAVED_CLOCK, TRIAL, Machine
from daemon.privileged.netfile import BadRequest, setting

DROP_IN = Path(__file__).parents[2] / "systemd/systemd-networkd.service.d/ward-kiosk.conf"
NETWORKD = Path("/usr/lib/systemd/systemd-networkd")
WANTED = {"interface": "end0", "address": "10.20.30.40/24", "gateway": "10.20.30.1"}
PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >>"$ROOT/said"
if test -e "$ROOT/broken"; then echo 'Unit not found.' >&2; exit 5; fi
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine's root folder, and programs that only write down what they were told."""
    for name in (REQUEST, ANSWER, TRIAL, KEPT, SAVED_CLOCK):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("systemctl", "timedatectl"):
        (programs / name).write_text(PROGRAM)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def ask(root: Path, **request: object) -> None:
    (root / REQUEST).write_text(json.dumps({"id": "1", **request}))


def told(root: Path) -> dict[str, object]:
    answer: dict[str, object] = json.loads((root / ANSWER).read_text())
    return answer


def said(root: Path) -> list[str]:
    path = root / "said"
    return path.read_text().splitlines() if path.exists() else []


RELOAD = "systemctl reload-or-restart systemd-networkd.service"


def test_a_file_says_what_was_asked_for() -> None:
    static = setting({**WANTED, "dns": "10.20.30.2,10.20.30.3", "ntp": "time.hcm.gov.vn"})
    assert static.text() == (
        "[Match]\nName=end0\n\n[Network]\nDHCP=no\nAddress=10.20.30.40/24\nGateway=10.20.30.1\n"
        "DNS=10.20.30.2\nDNS=10.20.30.3\nNTP=time.hcm.gov.vn\n"
    )
    assert "DHCP=yes" in setting({"interface": "end0"}).text()
    assert "Address=fd00::2/64" in setting({"interface": "e", "address": "fd00::2/64"}).text()


@pytest.mark.parametrize(
    "wrong",
    [
        {"interface": "lo"},
        {"interface": "end0\n[Route]"},
        {"interface": "*"},
        {"interface": 7},
        {"address": "10.20.30.40"},
        {"address": "10.20.30.0/24"},
        {"address": "10.20.30.255/24"},
        {"address": "127.0.0.1/8"},
        {"address": "0.0.0.1/0"},
        {"address": "fe80::1%end0/64"},
        {"address": "10.20.30.40/24\nKeepConfiguration=yes"},
        {"address": "10.20.31.40/24"},
        {"gateway": "10.20.30.40"},
        {"gateway": "10.20.30.255"},
        {"address": "", "gateway": "10.20.30.1"},
        {"dns": "name.vn"},
        {"dns": "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4"},
        {"ntp": "a b"},
        {"ntp": "time.vn\nDHCP=yes"},
        {"ntp": "-x"},
    ],
)
def test_nothing_else_comes_into_a_file(wrong: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        setting({**WANTED, **wrong})


def test_a_trial_that_nobody_keeps_is_undone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST", 0.0)
    seen: list[str] = []

    def asleep(seconds: float) -> None:
        seen.append((root / TRIAL).read_text())
        assert told(root)["trial"] == "end0"

    ask(root, do="network.try", seconds=0.2, **WANTED)
    Machine(root, asleep).serve()
    assert "Address=10.20.30.40/24" in seen[0]
    assert not (root / TRIAL).exists() and not list((root / KEPT).parent.iterdir())
    assert told(root)["trial"] == "" and said(root) == [RELOAD, RELOAD]


def test_what_is_kept_stays(root: Path) -> None:
    ask(root, do="network.try", seconds=60, **WANTED)
    Machine(root, lambda seconds: ask(root, do="network.keep")).serve()
    kept = root / KEPT.format("end0")
    assert "Address=10.20.30.40/24" in kept.read_text() and kept.stat().st_mode & 0o777 == 0o644
    read = root / "run/systemd/network" / kept.name
    assert read.read_text() == kept.read_text(), "networkd reads it, and again after a restart"
    assert not (root / TRIAL).exists() and told(root) == {
        "id": "1",
        "error": "",
        "trial": "",
        "until": 0.0,
    }
    ask(root, do="network.keep")
    Machine(root).serve()
    assert told(root)["error"] == "no network is on trial"


def test_whatever_ends_the_service_ends_the_trial(root: Path) -> None:
    class Killed(BaseException):
        pass

    def killed(seconds: float) -> None:
        raise Killed

    ask(root, do="network.try", seconds=60, **WANTED)
    with pytest.raises(Killed):
        Machine(root, killed).serve()
    assert not (root / TRIAL).exists()
    (root / TRIAL).write_text("left by a process that was killed")
    Machine(root).undo()
    assert not (root / TRIAL).exists() and said(root)[-1] == RELOAD


def test_a_network_that_cannot_be_set_is_undone_at_once(root: Path) -> None:
    (root / "broken").touch()
    ask(root, do="network.try", seconds=60, **WANTED)
    Machine(root).serve()
    assert told(root)["error"] == "systemctl: Unit not found." and told(root)["trial"] == ""
    assert not (root / TRIAL).exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"do": "reboot"}', '{"do": "clock.set", "at": NaN}', "{}" * 9000, "é"],
)
def test_garbage_is_refused_and_gone(root: Path, content: str) -> None:
    (root / REQUEST).write_text(content)
    Machine(root).serve()
    assert told(root)["error"] and not (root / REQUEST).exists() and said(root) == []


def test_only_a_plain_file_is_read(root: Path) -> None:
    request = root / REQUEST
    other = root / "other"
    other.write_text(json.dumps({"do": "clock.sync"}))
    makers = (
        lambda: request.symlink_to(other),
        lambda: os.mkfifo(request),
        lambda: request.mkdir(),
    )
    for make in makers:
        make()
        Machine(root).serve()
        assert not request.exists() and not request.is_symlink() and told(root)["error"]
    assert other.exists() and said(root) == []


def test_the_clock_is_set_also_backwards(root: Path) -> None:
    saved = root / SAVED_CLOCK
    saved.touch()
    ask(root, do="clock.set", at=1_760_000_000)
    Machine(root).serve()
    assert said(root) == [
        "systemctl stop systemd-timesyncd.service",
        "timedatectl --no-ask-password set-time @1760000000",
        "systemctl start systemd-timesyncd.service",
    ]
    assert saved.stat().st_mtime == 1_760_000_000, "timesyncd would set it forward again"
    ask(root, do="clock.set", at=0)
    Machine(root).serve()
    assert "is right" in str(told(root)["error"])


def test_what_was_kept_is_there_before_networkd_starts(root: Path) -> None:
    """The drop-in's own command, in another root."""
    kept = root / KEPT.format("end0")
    kept.write_text(setting(WANTED).text())
    lines = DROP_IN.read_text().splitlines()
    (command,) = [line.partition("sh -c ")[2] for line in lines if line.startswith("ExecStartPre=")]
    said = shlex.split(command)[0]
    for folder in ("/var/lib", "/run"):
        said = said.replace(f" {folder}/", f" {root}{folder}/")
    subprocess.run(["sh", "-c", said], check=True)
    assert (root / machine.READ / kept.name).read_text() == kept.read_text()


NAMESPACE = """
mount -t sysfs -o ro sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases
mkdir -p /run/systemd/netif/lldp
chown -R systemd-network /run/systemd/netif
cp "$1" /run/systemd/network/
ip link add end0 type veth peer name other
ip link set other up
"$2" >/run/log 2>&1 &
for turn in $(seq 100); do
  ip -4 route show default | grep -q end0 && break
  sleep 0.1
done
ip -4 -br addr show end0
ip -4 route show default
kill $!
cat /run/log >&2
"""


def test_systemd_networkd_takes_the_file(tmp_path: Path) -> None:
    """On real interfaces of the kernel, in a network of their own."""
    if os.geteuid() != 0 or not NETWORKD.exists() or shutil.which("unshare") is None:
        pytest.skip("needs root, unshare and systemd-networkd")
    space = ["unshare", "--net", "--mount"]
    able = subprocess.run([*space, "mount", "-t", "tmpfs", "x", "/run"], capture_output=True)
    if able.returncode != 0:
        pytest.skip("no name spaces here")
    file = tmp_path / Path(TRIAL).name
    file.write_text(setting(WANTED).text())
    done = subprocess.run(
        [*space, "sh", "-c", NAMESPACE, "sh", str(file), str(NETWORKD)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "10.20.30.40/24" in done.stdout, done.stderr
    assert "default via 10.20.30.1 dev end0" in done.stdout, done.stderr


def test_it_needs_no_more_than_the_standard_library() -> None:
    """It runs as root: nothing that the kiosk installs may be loaded there."""
    code = (
        "import sys; import daemon.privileged.machine; "
        "print(*sorted({n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) <= {"daemon", "__main__"}, done.stdout
