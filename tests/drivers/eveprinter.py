"""Real IPP programs on the loopback: ippeveprinter, cupsd in front of it, and a line that fails.

ippeveprinter does not start without DNS-SD, so a private D-Bus and Avahi, on lo only, stand behind
it.  Everything lives below one folder and is killed with it.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from drivers.ipp_client import IppClient, IppError
from tests.drivers.standin.sheet_printer import write

ENGINE = Path(__file__).parent / "standin" / "sheet_printer.py"
ROOT = Path(__file__).parents[2]
DAEMONS = ("dbus-daemon", "avahi-daemon", "ippeveprinter")
WITHIN = 60.0

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy></busconfig>
"""
AVAHI = """[server]
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
enable-dbus=yes
[publish]
publish-addresses=no
"""
CUPSD = """Listen 127.0.0.1:{port}
Listen {folder}/cups.sock
DefaultAuthType None
WebInterface No
Browsing No
PreserveJobFiles No
PreserveJobHistory 300
ErrorPolicy abort-job
<Location />
  Order allow,deny
  Allow localhost
</Location>
<Policy default>
  JobPrivateAccess default
  JobPrivateValues none
  SubscriptionPrivateAccess default
  SubscriptionPrivateValues default
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
CUPS_FILES = """ServerRoot {folder}
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/run
TempDir {folder}/tmp
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
User lp
Group lp
SystemGroup root
Sandboxing relaxed
"""


def missing(*names: str) -> str:
    """Why a test cannot run here; empty if it can."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    lacking = [name for name in names if shutil.which(name, path=path) is None]
    if lacking:
        return f"not installed: {', '.join(lacking)} (image-build/packages/test.debian)"
    return "avahi and cupsd need root" if os.getuid() else ""


def free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])


class Programs:
    """Started programs, ended in reverse."""

    def __init__(self, **environment: str) -> None:
        path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
        self.environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment}
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        self._running.append(
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=self.environment,
                start_new_session=True,
            )
        )
        return self._running[-1]

    @property
    def running(self) -> bool:
        return bool(self._running)

    def close(self) -> None:
        for program in reversed(self._running):
            with suppress(ProcessLookupError):
                os.killpg(program.pid, 9)
            program.wait()
        self._running.clear()


def wait_for(condition: object, what: str, within: float = WITHIN) -> None:
    """Until `condition()` is true; for what runs outside this process."""
    assert callable(condition)
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until, f"{what} within {within} s"
        time.sleep(0.02)


class DnsSd:
    """D-Bus and Avahi of their own."""

    def __init__(self, folder: Path) -> None:
        self.address = f"unix:path={folder}/bus"
        (folder / "bus.conf").write_text(BUS.format(socket=folder / "bus"))
        (folder / "avahi.conf").write_text(AVAHI)
        self._programs = Programs(DBUS_SYSTEM_BUS_ADDRESS=self.address)
        try:
            self._start(folder)
        except BaseException:
            self._programs.close()
            raise

    def _start(self, folder: Path) -> None:
        self._programs.start("dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork")
        wait_for((folder / "bus").exists, "a bus")
        forget_killed_avahi()
        # fmt: off
        self._programs.start(
            "avahi-daemon", "-f", str(folder / "avahi.conf"), "--no-drop-root", "--no-chroot",
            "--no-rlimits", "--no-proc-title",
        )
        # fmt: on
        wait_for(self._avahi, "Avahi")

    def _avahi(self) -> bool:
        # fmt: off
        asked = subprocess.run(
            ["dbus-send", f"--bus={self.address}", "--print-reply", "--dest=org.freedesktop.Avahi",
             "/", "org.freedesktop.Avahi.Server.GetVersionString"],
            capture_output=True, check=False,
        )
        # fmt: on
        return asked.returncode == 0

    def close(self) -> None:
        self._programs.close()


def forget_killed_avahi(pid_file: Path = Path("/run/avahi-daemon/pid")) -> None:
    """A killed one leaves its PID file.  Another program may bear that number by now, and Avahi
    would take it for itself and not start.
    """
    with suppress(OSError, ValueError):
        number = int(pid_file.read_text())
        comm = Path(f"/proc/{number}/comm")
        if not comm.exists() or comm.read_text().strip() != "avahi-daemon":
            pid_file.unlink()


class EvePrinter:
    """A real IPP Everywhere printer; what people do to it are files in its folder."""

    def __init__(self, folder: Path, bus: str, seconds: float = 0.05) -> None:
        self.folder = folder
        self.port = free_port()
        self.uri = f"ipp://127.0.0.1:{self.port}/ipp/print"
        (folder / "spool").mkdir(parents=True)
        (folder / "keys").mkdir()
        self.load(100)
        (folder / "seconds").write_text(str(seconds))
        self._command = folder / "engine"
        self._command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ENGINE}" "{folder}" "$@"\n')
        self._command.chmod(0o755)
        self._programs = Programs(DBUS_SYSTEM_BUS_ADDRESS=bus)
        self.switch_on()

    def switch_on(self) -> None:
        # fmt: off
        self._programs.start(
            "ippeveprinter", "-r", "off", "-n", "localhost", "-p", str(self.port), "-d",
            str(self.folder / "spool"), "-c", str(self._command), "-f",
            "application/pdf,image/pwg-raster", "-K", str(self.folder / "keys"), "Twin",
        )
        # fmt: on
        wait_for(lambda: answers(self.uri), "ippeveprinter")

    def switch_off(self) -> None:
        """As when its plug is pulled: it forgets its jobs."""
        self._programs.close()

    def switch_on_again(self) -> None:
        """Does nothing while it is on."""
        if not self._programs.running:
            self.switch_on()

    def load(self, sheets: int) -> None:
        write(self.folder / "paper", str(sheets))

    def jam_next(self) -> None:
        (self.folder / "jam_next").touch()

    def open_door(self) -> None:
        (self.folder / "door").touch()

    def drop_after(self, *sheets: int) -> None:
        """The printer gives the next jobs up, each after so many sheets."""
        (self.folder / "drop").write_text(" ".join(map(str, sheets)))

    def clear(self) -> None:
        for name in ("jam", "door"):
            (self.folder / name).unlink(missing_ok=True)

    def sheets(self) -> list[int]:
        """Numbers of the pages that came out, in order."""
        path = self.folder / "sheets"
        return [int(line) for line in path.read_text().split()] if path.exists() else []


def answers(uri: str) -> bool:
    try:
        IppClient(uri, "test", 2).printer()
    except IppError:
        return False
    return True


class Cups:
    """A private cupsd with one queue."""

    def __init__(self, device: str, error_policy: str = "abort-job", ready: bool = True) -> None:
        """`ready` = with a driver: CUPS makes it from the printer's answers after lpadmin ended,
        and has no filter for a job that comes before (seen with 2.4.2).
        """
        # Not below pytest's folders: they are closed to the user lp.
        folder = self.folder = Path(tempfile.mkdtemp(prefix="ward-kiosk-cups-"))
        folder.chmod(0o755)
        self.port = free_port()
        self.uri = f"ipp+unix://{folder}/cups.sock?/printers/Twin"
        for name in ("spool", "cache", "run", "tmp", "ppd", "log"):
            (folder / name).mkdir(parents=True)
            (folder / name).chmod(0o777)
        (folder / "cupsd.conf").write_text(CUPSD.format(port=self.port, folder=folder))
        (folder / "cups-files.conf").write_text(CUPS_FILES.format(folder=folder))
        self._programs = Programs()
        # fmt: off
        self._programs.start(
            "cupsd", "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "cups-files.conf")
        )
        wait_for((folder / "cups.sock").exists, "cupsd")
        self.admin(
            "lpadmin", "-p", "Twin", "-E", "-v", device, "-m", "everywhere",
            "-o", f"printer-error-policy={error_policy}",
        )
        # fmt: on
        wait_for(self._has_driver if ready else lambda: answers(self.uri), "the queue")

    def _has_driver(self) -> bool:
        try:
            return "media-supported" in IppClient(self.uri, "test", 2).printer()
        except IppError:
            return False

    def admin(self, program: str, *arguments: str) -> None:
        command = [program, "-h", f"127.0.0.1:{self.port}", *arguments]
        subprocess.run(command, check=True, capture_output=True, env=self._programs.environment)

    def close(self) -> None:
        self._programs.close()
        shutil.rmtree(self.folder)


class Line:
    """A cable to a printer that fails on demand: one connection, one request."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0
        self.lose_reply: set[int] = set()
        """Operations whose next answer is lost on its way."""
        self.lose_request: set[int] = set()
        """Operations whose next request is lost in its middle."""
        self.hung = False
        self.garbage = b""
        self.slow = 0.0
        """Seconds that each answer is late."""
        self.seen: list[int] = []
        """Operations that reached the printer."""

    @property
    def uri(self) -> str:
        return f"ipp://127.0.0.1:{self.port}/ipp/print"

    async def plug(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def pull(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._open.discard(task)
            writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        body = await reader.readexactly(int(fields[b"Content-Length"]))
        operation = int.from_bytes(body[2:4], "big")
        if self.hung:
            await asyncio.Event().wait()
        if self.garbage:
            writer.write(self.garbage)
            await writer.drain()
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            if operation in self.lose_request:
                self.lose_request.discard(operation)
                up_writer.write(head + body[: len(body) // 2])
                await up_writer.drain()
                return
            self.seen.append(operation)
            up_writer.write(head + body)
            await up_writer.drain()
            await asyncio.sleep(self.slow)
            while data := await up_reader.read(65536):
                if operation in self.lose_reply:
                    self.lose_reply.discard(operation)
                    return
                writer.write(data)
                await writer.drain()
        finally:
            up_writer.close()
