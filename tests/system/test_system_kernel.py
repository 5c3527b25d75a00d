"""Drivers on real kernel devices: GPIO lines, input devices, a USB printer, a camera.

The virtual machine runs `tests/kernel` inside.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.machine import ROOT, RUN_SECONDS, built, command

pytestmark = pytest.mark.vm

NEXT = """
chroot /new /bin/sh /share/run >/share/log 2>&1
echo "rc=$?" >>/share/log
"""
RUN = f"""
ip link set lo up
cd {ROOT} || exit 2
mkdir /run/tmp
export WARD_KIOSK_KERNEL=1 PYTHONDONTWRITEBYTECODE=1 HOME=/run/tmp TMPDIR=/run/tmp LC_ALL=C.UTF-8
uname -r
{sys.executable} -m pytest -q -p no:cacheprovider --tb=short --durations=15 -rs tests/kernel
"""


def test_the_drivers_pass_on_the_kernels_own_devices(tmp_path: Path) -> None:
    (tmp_path / "next").write_text(NEXT)
    (tmp_path / "run").write_text(RUN)
    subprocess.run(
        command(built(), tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=RUN_SECONDS,
    )
    log = (tmp_path / "log").read_text(errors="replace")
    print(log)
    assert log.rstrip().endswith("rc=0"), log[-4000:]
    assert " skipped" not in log, "inside the machine every test runs"
