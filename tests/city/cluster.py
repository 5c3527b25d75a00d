"""Three nodes of RabbitMQ on this machine, out of a Debian 13 laid in build/city."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from tests.uplink.conftest import free_port, until
from tests.uplink.papers import Authority

HERE = Path(__file__).parent
ROOT = HERE.parents[1] / "build" / "city" / "debian13"
CONF = HERE.parents[1] / "docs" / "monitoring" / "rabbitmq.conf"
NODES = 3
START_WITHIN = 180.0
"""Seconds for a node on a busy machine."""

_INSIDE = """
mount -t proc proc "$1/proc"
mount --bind "$2" "$1/mnt"
shift 2
exec chroot "$ROOT" "$@"
"""


def missing() -> str:
    """Why there can be no cluster here; empty where there can."""
    if os.geteuid():
        return "needs root: the broker runs in a root folder of its own"
    if shutil.which("unshare") is None:
        return "needs unshare of the Debian package util-linux"
    if (ROOT / "usr/sbin/rabbitmqctl").exists():
        return ""
    if shutil.which("mmdebstrap") is None:
        return "needs the Debian package mmdebstrap"
    ROOT.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([HERE / "debian13", str(ROOT)], capture_output=True, text=True)
    return "" if done.returncode == 0 else "Debian 13 cannot be laid: " + done.stderr[-300:]


class Cluster:
    """Started, joined; nodes may be killed one by one."""

    def __init__(self, folder: Path, authority: Authority, rights: str) -> None:
        """`rights`: definitions of users and what they may."""
        self.folder = folder
        self.ports = [free_port() for _ in range(NODES)]
        self._dist = [free_port() for _ in range(NODES)]
        self._epmd_port = free_port()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        (folder / "home").mkdir(parents=True)
        cookie = folder / "home" / ".erlang.cookie"
        cookie.write_text("ONLYFORATESTONTHISMACHINE")
        cookie.chmod(0o400)
        (folder / "rights.json").write_text(rights)
        (folder / "plugins").write_text("[rabbitmq_mqtt].\n")
        paper = authority.issue("node")
        for name, file in (
            ("ca.pem", authority.certificate_file),
            ("node.pem", paper.certificate_file),
            ("node.key", paper.key_file),
        ):
            shutil.copy(file, folder / name)
        self._epmd = self._run(
            0, "/usr/lib/erlang/bin/epmd", "-address", "127.0.0.1", "-port", str(self._epmd_port)
        )
        for number in range(NODES):
            self._configure(number)

    def start(self) -> None:
        """All at once; they find each other by the names in their configuration."""
        for number in range(NODES):
            self._processes[number] = self._run(number, "/usr/lib/rabbitmq/bin/rabbitmq-server")
        until(lambda: all(map(_answers, self.ports)), START_WITHIN)

    def ctl(self, *words: str, node: int = 0) -> str:
        """`rabbitmqctl`; what it printed."""
        process = self._run(node, "/usr/lib/rabbitmq/bin/rabbitmqctl", "-q", *words)
        told, wrong = process.communicate(timeout=START_WITHIN)
        assert process.returncode == 0, (words, told, wrong)
        return told.decode()

    def kill(self, number: int) -> None:
        """As a cut of its power."""
        process = self._processes.pop(number)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for number in list(self._processes):
            self.kill(number)
        os.killpg(self._epmd.pid, signal.SIGKILL)
        self._epmd.wait()

    def name(self, number: int) -> str:
        return f"city{number + 1}@localhost"

    # -- inside ----------------------------------------------------------------------------

    def _configure(self, number: int) -> None:
        text = CONF.read_text("utf-8").replace("/etc/rabbitmq/tls/", "/mnt/")
        text = text.replace("/etc/rabbitmq/", "/mnt/")
        text = text.replace("= 8883", f"= 127.0.0.1:{self.ports[number]}")
        for other in range(NODES):
            text = text.replace(f"rabbit@city{other + 1}", self.name(other))
        # A test must not fail for a disk that is rather full.
        text += "disk_free_limit.absolute = 50MB\nlog.file.level = warning\n"
        (self.folder / f"{number}.conf").write_text(text)

    def _run(self, number: int, *words: str) -> subprocess.Popen[bytes]:
        base = f"/mnt/data{number}"
        environment = {
            "ROOT": str(ROOT),
            "PATH": "/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/mnt/home",
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self.name(number),
            "RABBITMQ_DIST_PORT": str(self._dist[number]),
            "RABBITMQ_CONFIG_FILE": f"/mnt/{number}.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": "/mnt/plugins",
            "RABBITMQ_MNESIA_BASE": base,
            "RABBITMQ_LOG_BASE": f"{base}/log",
            "RABBITMQ_PID_FILE": f"{base}/pid",
            # One scheduler a node: three nodes share this machine with the test.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 +sbwt none",
        }
        server = words[0].endswith(("rabbitmq-server", "epmd"))
        return subprocess.Popen(
            [
                *("unshare", "--mount", "--propagation", "private"),
                *("sh", "-euc", _INSIDE, "sh", str(ROOT), str(self.folder), *words),
            ],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / f"{number}.out").open("ab") if server else subprocess.PIPE,
            stderr=subprocess.STDOUT if server else subprocess.PIPE,
            start_new_session=True,
        )


def _answers(port: int) -> bool:
    with socket.socket() as place:
        return place.connect_ex(("127.0.0.1", port)) == 0
