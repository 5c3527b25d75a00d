"""An image in QEMU: its disk, its firmware, its TPM, and a shell on a port that only tests have.

Emulated without KVM, so that it runs anywhere.  Every wait is for a condition; the times are those
after which it will never come.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

FIRMWARE = Path("/usr/share/OVMF")
TOOLS = ("qemu-system-x86_64", "swtpm")

CPU = "max"
"""With AVX: a processor that has it not but is named like one that has ends numpy at its first
product (SIGILL).  What QEMU emulates wrongly of AVX2 only the drawing processor uses; it is told
so in the image's own unit (`image-build/root-vm`)."""

BOOT_SECONDS = 900.0
SHELL_SECONDS = 300.0


class LostMachineError(Exception):
    """It ended, or never answered; the text ends with its serial line."""


class Appliance:
    """One machine.  Its disk is a copy of the image and survives `kill` and `start`."""

    def __init__(self, image: Path, folder: Path, share: Path, *, size: str = "4G") -> None:
        """`share`: a folder that the machine sees read-only at /run/share."""
        self.folder = folder
        self.disk = folder / "disk.img"
        self.serial = folder / "serial.log"
        self._share = share
        self._qemu: subprocess.Popen[bytes] | None = None
        self._tpm: subprocess.Popen[bytes] | None = None
        self._port: socket.socket | None = None
        subprocess.run(["cp", "--sparse=always", str(image / "disk.img"), self.disk], check=True)
        # the medium is larger than the image, as every medium is
        subprocess.run(["truncate", "-s", size, str(self.disk)], check=True)
        shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", folder / "vars.fd")
        (folder / "tpm").mkdir()

    # -- power -----------------------------------------------------------------------------

    def start(self) -> None:
        """Switches it on; `shell` waits until it can be spoken to."""
        at = self.folder
        for name in ("test.sock", "qmp.sock", "tpm.sock"):
            (at / name).unlink(missing_ok=True)
        self._tpm = subprocess.Popen(
            [
                *("swtpm", "socket", "--tpm2", "--terminate", "--tpmstate", f"dir={at}/tpm"),
                *("--ctrl", f"type=unixio,path={at}/tpm.sock"),
            ]
        )
        self._until(lambda: (at / "tpm.sock").exists(), 30.0)
        self._qemu = subprocess.Popen(
            [
                *("qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", CPU, "-smp", "1"),
                *("-m", "2048", "-display", "none", "-vga", "std", "-nic", "none"),
                *("-uuid", "6b1f8c52-3a0e-4a55-9f0e-77617264696b"),
                "-drive",
                f"if=pflash,format=raw,readonly=on,file={FIRMWARE}/OVMF_CODE_4M.fd",
                *("-drive", f"if=pflash,format=raw,file={at}/vars.fd"),
                *("-drive", f"file={self.disk},if=virtio,format=raw,cache=none"),
                *("-device", "i6300esb", "-action", "watchdog=reset"),
                *("-chardev", f"socket,id=tpm,path={at}/tpm.sock"),
                *("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-tis,tpmdev=tpm0"),
                *("-device", "virtio-serial"),
                *("-chardev", f"socket,id=test,path={at}/test.sock,server=on,wait=off"),
                *("-device", "virtserialport,chardev=test,name=ward-test"),
                "-virtfs",
                f"local,path={self._share},mount_tag=share,security_model=none,readonly=on",
                *("-chardev", f"file,id=serial,path={self.serial},append=on"),
                *("-serial", "chardev:serial", "-qmp", f"unix:{at}/qmp.sock,server=on,wait=off"),
            ],
            stdin=subprocess.DEVNULL,
        )
        self._until((at / "test.sock").exists, 30.0)
        self._port = socket.socket(socket.AF_UNIX)
        self._port.connect(str(at / "test.sock"))

    def pull_the_plug(self) -> None:
        """What was not written to the medium by now is gone."""
        for process in (self._qemu, self._tpm):
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        if self._port is not None:
            self._port.close()
        self._qemu = self._tpm = self._port = None

    def monitor(self, command: str, **arguments: object) -> None:
        """One command of QEMU's own monitor (QMP), such as `screendump`."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(str(self.folder / "qmp.sock"))
            lines = sock.makefile("rwb")
            lines.readline()
            for asked in (
                {"execute": "qmp_capabilities"},
                {"execute": command, "arguments": arguments},
            ):
                lines.write(json.dumps(asked).encode() + b"\n")
                lines.flush()
                while b'"event"' in (answer := lines.readline()):
                    pass
                if b'"error"' in answer:
                    raise LostMachineError(answer.decode())

    # -- speech ----------------------------------------------------------------------------

    def shell(self, command: str, seconds: float = SHELL_SECONDS) -> str:
        """What a command said, run as root; raises where it ended with another status than 0."""
        assert self._port is not None
        token = secrets.token_hex(8)
        text = f"{{ {command}\n}} 2>&1; echo == $? {token}\n"
        self._port.sendall(text.encode())
        end, said = time.monotonic() + seconds, b""
        while f" {token}\n".encode() not in said:
            if self._qemu is None or self._qemu.poll() is not None:
                raise self._lost("it ended")
            if time.monotonic() > end:
                raise self._lost(f"no answer to {command!r}: {said.decode(errors='replace')}")
            if select.select([self._port], [], [], 0.5)[0]:
                said += self._port.recv(65536)
        answer, _, status = said.decode(errors="replace").rpartition("== ")
        answer = answer.replace("\r\n", "\n")
        if status.split()[0] != "0":
            raise AssertionError(f"{command}: {status.split()[0]}: {answer}")
        return answer.strip()

    def up(self, seconds: float = BOOT_SECONDS) -> float:
        """Waits for the shell of a machine that starts; returns the seconds that it took."""
        began = time.monotonic()
        while True:
            left = seconds - (time.monotonic() - began)
            if left < 0:
                raise self._lost("it never came up")
            try:
                if self.shell("echo up", min(30.0, left)).endswith("up"):
                    return time.monotonic() - began
            except LostMachineError:
                if self._qemu is None or self._qemu.poll() is not None:
                    raise

    def until(self, command: str, seconds: float = BOOT_SECONDS) -> None:
        """Waits until a command succeeds inside."""
        self.shell(f"n=0; until {command}; do sleep 1; done", seconds)

    def _lost(self, why: str) -> LostMachineError:
        text = self.serial.read_text(errors="replace") if self.serial.exists() else ""
        return LostMachineError(f"{why}\n{text[-3000:]}")

    @staticmethod
    def _until(true: object, seconds: float) -> None:
        assert callable(true)
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise LostMachineError("a helper of the machine did not start")
            time.sleep(0.05)


def missing() -> str:
    """What is not installed here; empty where nothing is."""
    for tool in TOOLS:
        if shutil.which(tool) is None:
            return tool
    if not (FIRMWARE / "OVMF_CODE_4M.fd").exists():
        return "ovmf"
    return "" if os.geteuid() == 0 else "root"
