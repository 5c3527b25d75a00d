"""The image under its real systemd: start, kills, watchdog, pulled plug, update, roll-back.

Emulated without KVM, so that it runs anywhere: long.  `WARD_KIOSK_IMAGE` names the folder of an
image built before (`image-build/build --target qemu-amd64 --output FOLDER`, with `--keyring` and
`--city` of `image-build/test-keys FOLDER/keys`); otherwise one is built.  The tests follow one
machine through its life, in this order.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.appliance import Appliance, missing

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "image-build"

BUILD_SECONDS = 3600

SERVES = 'kioskctl status --json | grep -q \'"mode": *"in_service"\''
DIGEST = "sed 's/.*ward.digest=\\([0-9a-f]*\\).*/\\1/' /proc/cmdline"
GOOD = f"grep -q $({DIGEST}) /var/lib/ward-health/good"
SLOT = "sed 's/.*ward.slot=\\(.\\).*/\\1/' /proc/cmdline"

pytestmark = [pytest.mark.long, pytest.mark.vm]


def build(folder: Path, keys: Path) -> None:
    done = subprocess.run(
        [
            *(str(BUILD / "build"), "--target", "qemu-amd64", "--output", str(folder)),
            *("--keyring", str(keys / "ca.pem"), "--city", str(keys / "ca.pem")),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if what := missing():
        pytest.skip(f"{what} is missing here")
    if given := os.environ.get("WARD_KIOSK_IMAGE"):
        return Path(given)
    folder = tmp_path_factory.mktemp("image")
    subprocess.run([str(BUILD / "test-keys"), str(folder / "keys")], check=True, timeout=60)
    build(folder, folder / "keys")
    return folder


@pytest.fixture(scope="module")
def root(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root file system of the slot, unpacked."""
    folder = tmp_path_factory.mktemp("root") / "root"
    subprocess.run(
        ["unsquashfs", "-q", "-n", "-d", str(folder), str(image / "root.img")],
        check=True,
        capture_output=True,
        timeout=BUILD_SECONDS,
    )
    return folder


INSIDE = """
set -eu
cd "$1"
who=$(sed -n 's/^kiosk:x:\\([0-9]*\\):\\([0-9]*\\):.*/\\1:\\2/p' etc/passwd)
mount --make-rprivate /
mount -t proc proc proc
mount --rbind /dev dev
for folder in tmp run var; do mount -t tmpfs tmpfs $folder; done
chmod 1777 tmp
mkdir -p var/lib/ward-kiosk run/ward-kiosk
chown "$who" var/lib/ward-kiosk run/ward-kiosk
cp -r usr/share/ward-kiosk/site run/site
shift
exec chroot --userspec="$who" . /usr/bin/env -i PATH=/usr/bin LC_ALL=C.UTF-8 \\
  HOME=/var/lib/ward-kiosk KIVY_HOME=/run/ward-kiosk/kivy "$@"
"""


def inside(root: Path, *command: str) -> str:
    """What a program of the image said, run as its kiosk's account without a machine around it."""
    done = subprocess.run(
        [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child"),
            *("sh", "-c", INSIDE, "sh", str(root), *command),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


PYTHON = "/usr/lib/ward-kiosk/.venv/bin/python"


def test_what_is_in_it_is_a_kiosk(root: Path) -> None:
    said = inside(root, "/usr/bin/kioskd", "--config", "/run/site/kiosk.toml", "--check")
    assert "FAIL" not in said and said.count("PASS child") == 3


def test_what_is_in_it_makes_a_certified_copy(root: Path) -> None:
    inside(root, PYTHON, "-m", "daemon.demo", "--out", "/var/lib/ward-kiosk/demo")


def bundle(image: Path, folder: Path, name: str, version: str, *, broken: bool = False) -> None:
    """An update made of the image's own slot; `broken`: its kernel line names another digest."""
    content = folder / name
    content.mkdir()
    os.link(image / "root.img", content / "root.img")
    shutil.copy(image / "boot.img", content / "boot.img")
    if broken:
        digest = (image / "digest").read_text().strip()
        wrong = ("0" if digest[0] != "0" else "1") + digest[1:]
        line = folder / "slot.cfg"
        at = ["-i", str(content / "boot.img")]
        subprocess.run(["mcopy", *at, "::/slot.cfg", str(line)], check=True)
        line.write_text(line.read_text().replace(digest, wrong))
        subprocess.run(["mcopy", "-o", *at, str(line), "::/slot.cfg"], check=True)
    (content / "manifest.raucm").write_text(
        "[update]\ncompatible=ward-kiosk-qemu-amd64\n"
        f"version={version}\n[bundle]\nformat=verity\n"
        "[image.root]\nfilename=root.img\n[image.boot]\nfilename=boot.img\n"
    )
    keys = image / "keys"
    subprocess.run(
        [
            *("rauc", f"--cert={keys}/sign.pem", f"--key={keys}/sign.key"),
            *(f"--keyring={keys}/ca.pem", "bundle", str(content), str(folder / f"{name}.raucb")),
        ],
        check=True,
        capture_output=True,
    )
    shutil.rmtree(content)


@pytest.fixture(scope="module")
def share(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share", numbered=True)
    if folder.stat().st_dev != image.stat().st_dev:
        pytest.skip("image and temporary folder lie on two file systems")
    bundle(image, folder, "next", "9.1.0")
    bundle(image, folder, "broken", "9.2.0", broken=True)
    whole = (folder / "next.raucb").read_bytes()
    at = len(whole) // 2
    (folder / "changed.raucb").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    return folder


@pytest.fixture(scope="module")
def machine(
    image: Path, share: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Appliance]:
    made = Appliance(image, tmp_path_factory.mktemp("machine"), share)
    made.start()
    try:
        yield made
    finally:
        made.pull_the_plug()


def test_it_starts_into_the_kiosk(machine: Appliance) -> None:
    machine.up()
    machine.until(SERVES)
    assert machine.shell("systemctl --failed --no-legend --plain") == ""
    said = machine.shell("runuser -u technician -- kioskctl status")
    assert "WARD KIOSK 26824-k01" in said


def test_root_is_checked_and_nothing_but_var_can_be_written(machine: Appliance) -> None:
    assert "verified" in machine.shell("veritysetup status root")
    assert machine.shell("findmnt -no FSTYPE /") == "squashfs"
    machine.shell("! touch /etc/x && ! touch /usr/x && touch /var/x && rm /var/x")
    # the data partition took the rest of the medium, and its key is the TPM's alone
    dump = machine.shell("cryptsetup luksDump /dev/disk/by-partlabel/data")
    assert dump.count("pbkdf2") + dump.count("Cipher key") and "systemd-tpm2" in dump
    assert int(machine.shell("findmnt -bno SIZE /var")) > 1 << 30
    machine.shell("! test -e /boot/efi/data.key")


def test_what_the_audit_asks_for_is_so(machine: Appliance) -> None:
    said = machine.shell("/usr/lib/ward-kiosk/system/audit", 600)
    assert "WRONG" not in said and said.count("ok ") >= 20, said


def test_the_slot_is_reported_good(machine: Appliance) -> None:
    machine.until(GOOD)
    assert "A_TRY=0" in machine.shell("grub-editenv /boot/efi/grub/grubenv list")


def test_what_is_killed_comes_back(machine: Appliance) -> None:
    machine.shell("systemctl kill --signal=KILL --kill-whom=main kioskd")
    machine.until("systemctl show -p NRestarts --value kioskd | grep -qx 1")
    machine.until(SERVES)
    for child in ("ui_kivy", "drivers.camera_process", "daemon.documents.worker"):
        old = machine.shell(f"pgrep -f -- '-m {child}'").split()[0]
        machine.shell(f"kill -9 {old}")
        machine.until(f"pgrep -f -- '-m {child}' | grep -qvx {old}")
    machine.until(SERVES)
    assert machine.shell("systemctl show -p NRestarts --value kioskd") == "1"


def test_a_daemon_that_stands_still_is_killed_by_the_watchdog(machine: Appliance) -> None:
    machine.shell("kill -STOP $(systemctl show -p MainPID --value kioskd)")
    machine.until("journalctl -b -u kioskd | grep -q 'Watchdog timeout'")
    machine.until(SERVES)


def test_a_pulled_plug_costs_nothing_that_was_kept(machine: Appliance) -> None:
    machine.shell("echo kept >/var/lib/kept; sync /var/lib/kept")
    machine.pull_the_plug()
    machine.start()
    machine.up()
    machine.until(SERVES)
    assert machine.shell("cat /var/lib/kept") == "kept"
    machine.shell(
        "cd /var/lib/ward-kiosk && runuser -u kiosk -- /usr/lib/ward-kiosk/.venv/bin/python"
        " -m daemon.register audit --database kiosk.db"
    )
    machine.until(GOOD)


def test_an_update_that_is_not_what_was_signed_is_refused(machine: Appliance) -> None:
    machine.until("mountpoint -q /run/share || systemctl start run-share.mount")
    machine.shell("! /usr/lib/ward-kiosk/system/kiosk-update install /run/share/changed.raucb", 900)
    assert machine.shell(SLOT) == "A"


def test_an_update_is_started_and_reported_good(machine: Appliance) -> None:
    machine.shell("/usr/lib/ward-kiosk/system/kiosk-update install /run/share/next.raucb", 900)
    machine.shell("systemctl --no-block reboot")
    machine.until(f"[ $({SLOT}) = B ]")
    machine.until(SERVES)
    machine.until(GOOD)
    assert "B_TRY=0" in machine.shell("grub-editenv /boot/efi/grub/grubenv list")


def test_a_broken_update_is_left_after_three_starts(machine: Appliance) -> None:
    machine.shell("/usr/lib/ward-kiosk/system/kiosk-update install /run/share/broken.raucb", 900)
    assert "ORDER=A B" in machine.shell("grub-editenv /boot/efi/grub/grubenv list")
    machine.shell("touch /run/before; systemctl --no-block reboot")
    machine.up()
    machine.until("[ ! -e /run/before ]")
    assert machine.shell(SLOT) == "B"
    assert "A_TRY=3" in machine.shell("grub-editenv /boot/efi/grub/grubenv list")
    machine.until(SERVES)


def test_a_kiosk_that_cannot_run_says_so_on_its_screen(machine: Appliance, tmp_path: Path) -> None:
    machine.shell(
        "mkdir -p /run/systemd/system/kioskd.service.d;"
        "printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/false\\nRestartMaxDelaySec=1s\\n'"
        " >/run/systemd/system/kioskd.service.d/broken.conf;"
        "systemctl daemon-reload; systemctl restart kioskd || :"
    )
    machine.until("systemctl is-active -q kiosk-out-of-service")
    machine.until("[ $(od -An -tx1 -N4000000 /dev/fb0 | sort -u | wc -l) -gt 5 ]")
    machine.monitor("screendump", filename=str(tmp_path / "screen.ppm"))
    assert (tmp_path / "screen.ppm").stat().st_size > 100_000


def test_the_same_commit_makes_the_same_bytes(image: Path, tmp_path: Path) -> None:
    build(tmp_path, image / "keys")
    for name in ("root.img", "boot.img", "disk.img", "sbom.cdx.json", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (image / name).read_bytes(), name
