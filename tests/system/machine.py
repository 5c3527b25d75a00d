"""A virtual machine with Debian 13's kernel and this machine's own files as its root (read-only).

Emulated without KVM, so that it runs anywhere.  Its kernel is built once for each state of what it
is built from (`tests/kernel/build`, some 80 s).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "tests" / "kernel"
TOOLS = ("qemu-system-x86_64", "mmdebstrap", "cpio", "xz")

BUILD_SECONDS = 1500
RUN_SECONDS = 900


def built() -> Path:
    """The folder with kernel and initrd.  Skips the test where they cannot be made."""
    for tool in TOOLS:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed here")
    if os.geteuid() != 0:
        pytest.skip("building the machine needs root")
    state = hashlib.sha256(b"".join((KERNEL / n).read_bytes() for n in ("build", "init")))
    folder = ROOT / "build" / "kernel" / state.hexdigest()[:16]
    if not (folder / "initrd").exists():
        done = subprocess.run(
            [str(KERNEL / "build"), str(folder)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
        )
        if done.returncode == 3:
            pytest.skip(f"Debian 13's kernel could not be fetched: {done.stderr[-300:]}")
        assert done.returncode == 0, done.stderr[-3000:]
    return folder


def command(machine: Path, share: Path, *more: str, kernel: str = "panic=-1") -> list[str]:
    """The command that runs it until it is off; it sees `share` as /share and runs /share/next
    (busybox, with the root below /new).
    """
    model = "security_model=none"
    return [
        "qemu-system-x86_64",
        *("-M", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "1024"),
        *("-nographic", "-no-reboot", "-nic", "none", "-device", "i6300esb"),
        *("-kernel", str(machine / "vmlinuz"), "-initrd", str(machine / "initrd")),
        *("-append", f"console=ttyS0 quiet tsc=unstable {kernel}"),
        "-virtfs",
        f"local,path=/,mount_tag=root,{model},readonly=on,multidevs=remap",
        *("-virtfs", f"local,path={share},mount_tag=share,{model}"),
        *more,
    ]
