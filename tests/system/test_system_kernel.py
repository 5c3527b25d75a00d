"""Drivers on real kernel devices: GPIO lines, input devices, a USB printer.

A virtual machine with Debian 13's kernel takes this machine's own files as its root (read-only) and
runs `tests/kernel` inside.  Emulated without KVM, so that it runs anywhere: 25 s a run, and 80 s
once for its kernel.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "tests" / "kernel"
TOOLS = ("qemu-system-x86_64", "mmdebstrap", "cpio", "xz")

BUILD_SECONDS = 1500
RUN_SECONDS = 900

pytestmark = pytest.mark.vm

RUN = f"""
ip link set lo up
cd {ROOT} || exit 2
export WARD_KIOSK_KERNEL=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp LC_ALL=C.UTF-8
uname -r
{sys.executable} -m pytest -q -p no:cacheprovider --tb=short --durations=15 -rs tests/kernel
"""


@pytest.fixture(scope="module")
def machine() -> Path:
    """Kernel and initrd, built once for each state of what they are built from."""
    for tool in TOOLS:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed here")
    if os.geteuid() != 0:
        pytest.skip("building the machine needs root")
    state = hashlib.sha256(b"".join((KERNEL / n).read_bytes() for n in ("build", "init")))
    folder = ROOT / "build" / "kernel" / state.hexdigest()[:16]
    if not (folder / "initrd").exists():
        built = subprocess.run(
            [str(KERNEL / "build"), str(folder)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
        )
        if built.returncode == 3:
            pytest.skip(f"Debian 13's kernel could not be fetched: {built.stderr[-300:]}")
        assert built.returncode == 0, built.stderr[-3000:]
    return folder


def test_the_drivers_pass_on_the_kernels_own_devices(machine: Path, tmp_path: Path) -> None:
    (tmp_path / "run").write_text(RUN)
    share = "security_model=none"
    subprocess.run(
        [
            "qemu-system-x86_64",
            *("-M", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "1024"),
            *("-nographic", "-no-reboot", "-nic", "none", "-device", "i6300esb"),
            *("-kernel", str(machine / "vmlinuz"), "-initrd", str(machine / "initrd")),
            *("-append", "console=ttyS0 panic=-1 quiet tsc=unstable"),
            "-virtfs",
            f"local,path=/,mount_tag=root,{share},readonly=on,multidevs=remap",
            *("-virtfs", f"local,path={tmp_path},mount_tag=share,{share}"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=RUN_SECONDS,
    )
    log = (tmp_path / "log").read_text(errors="replace")
    print(log)
    assert log.rstrip().endswith("rc=0"), log[-4000:]
    assert " skipped" not in log, "inside the machine every test runs"
