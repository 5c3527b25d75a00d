"""The image boots, its kioskd says READY, and the technician's console answers on the serial line.

Emulated without KVM, so that it runs anywhere: minutes, hence `long`.  `WARD_KIOSK_IMAGE` names the
folder of an image built before (`image-build/build vm-amd64 FOLDER`); otherwise one is built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

ROOT = Path(__file__).parents[2]

BUILD_SECONDS = 1500
BOOT_SECONDS = 900
ANSWER_SECONDS = 120

pytestmark = [pytest.mark.long, pytest.mark.vm]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for tool in ("qemu-system-x86_64", "mmdebstrap", "mke2fs"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed here")
    if given := os.environ.get("WARD_KIOSK_IMAGE"):
        return Path(given)
    if os.geteuid() != 0:
        pytest.skip("building an image needs root")
    folder = tmp_path_factory.mktemp("image")
    built = subprocess.run(
        [str(ROOT / "image-build" / "build"), "vm-amd64", str(folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
    )
    assert built.returncode == 0, built.stderr[-3000:]
    return folder


@pytest.fixture(scope="module")
def serial(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pexpect.spawn]:
    """The serial line of the running machine; its disk stays as it was built."""
    log = (tmp_path_factory.mktemp("serial") / "serial.log").open("w", encoding="utf-8")
    machine = pexpect.spawn(
        "qemu-system-x86_64",
        [
            *("-M", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "1", "-m", "2048"),
            *("-nographic", "-no-reboot", "-nic", "none"),
            *("-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initrd")),
            "-append",
            "console=ttyS0 root=/dev/vda rw quiet panic=-1 tsc=unstable "
            "systemd.show_status=1 systemd.firstboot=off",
            "-drive",
            f"file={image / 'root.ext4'},if=virtio,format=raw,cache=unsafe,snapshot=on",
        ],
        encoding="utf-8",
        codec_errors="replace",
        timeout=ANSWER_SECONDS,
        logfile=log,
    )
    yield machine
    machine.close(force=True)
    log.close()


def test_the_kiosk_starts_and_its_console_answers(serial: pexpect.spawn) -> None:
    # systemd says `Started` of a unit of Type=notify when the daemon has said READY itself
    met = serial.expect(
        [
            r"Started [^\r\n]*kioskd\.service",
            r"(?:Failed to start|Dependency failed for) [^\r\n]*kioskd\.service",
            r"Kernel panic",
        ],
        timeout=BOOT_SECONDS,
    )
    assert met == 0, serial.before[-3000:]
    # the console is the login shell of the serial line; what it said before is old by now
    serial.sendline("status")
    serial.expect(r"WARD KIOSK 26824-k01 ")
    serial.expect(r"State +(?:SERVING|IN SERVICE|MAINTENANCE|OUT OF SERVICE)\b")
    serial.expect(r"kiosk 26824-k01 \(admin\)>")
    serial.sendline("devices")
    serial.expect(r"camera +(?:ok|warn|lost|unknown)\b")


def test_it_powers_off_in_order(serial: pexpect.spawn) -> None:
    # Ctrl-A C opens QEMU's own console; the power key of the machine
    serial.send("\x01c")
    serial.expect(r"\(qemu\)")
    serial.sendline("system_powerdown")
    serial.expect(pexpect.EOF, timeout=ANSWER_SECONDS)
    assert "Kernel panic" not in serial.before
