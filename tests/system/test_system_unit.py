"""The unit files: read by systemd itself, without a running systemd."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from daemon.register.settings import RemoteSettings, TokenSettings

ROOT = Path(__file__).parents[2]
SYSTEMD = ROOT / "systemd"

EXPOSURE_AT_MOST = 1.0
"""Of 10, as `systemd-analyze security` counts."""
KIOSKD_AT_MOST = 1.1
"""What it is made of: docs/decisions/0074."""


class Unit:
    """A unit file; a key may come several times."""

    def __init__(self, path: Path) -> None:
        self.values_of: dict[str, list[str]] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            key, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                self.values_of.setdefault(key, []).append(value)

    def one(self, key: str) -> str:
        (value,) = self.values_of[key]
        return value


@pytest.fixture(scope="module")
def unit() -> Unit:
    return Unit(SYSTEMD / "kioskd.service")


def needs(tool: str) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed here")


def test_systemd_reads_the_units_and_counts_their_exposure() -> None:
    needs("systemd-analyze")
    done = subprocess.run(
        ["sh", str(SYSTEMD / "check")], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = dict(re.findall(r"exposure level for (\S+): ([0-9.]+)", done.stdout))
    assert set(found) == {
        path.name.replace("@.", "@sda1.") for path in SYSTEMD.glob("*.service")
    } - {"kiosk-data.service"}
    assert float(found.pop("kioskd.service")) <= KIOSKD_AT_MOST
    assert {name: at for name, at in found.items() if float(at) > EXPOSURE_AT_MOST} == {}


def test_a_mistake_in_a_unit_is_found(tmp_path: Path) -> None:
    needs("systemd-analyze")
    shutil.copytree(SYSTEMD, tmp_path / "systemd")
    path = tmp_path / "systemd" / "kioskd.service"
    path.write_text(path.read_text().replace("WatchdogSec=", "WatchdogSecs="))
    done = subprocess.run(
        ["sh", str(tmp_path / "systemd" / "check")], capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    assert "WatchdogSecs" in done.stdout + done.stderr


def test_it_is_watched_and_comes_back(unit: Unit) -> None:
    assert unit.one("Type") == "notify"
    assert 2 <= int(unit.one("WatchdogSec")) <= 30
    assert unit.one("Restart") == "always"


def test_the_end_of_its_restarts_is_a_screen_that_says_so(unit: Unit) -> None:
    last = Unit(SYSTEMD / "kiosk-out-of-service.service")
    assert unit.one("OnFailure") == "kiosk-out-of-service.service"
    assert "StartLimitAction" not in unit.values_of
    # and then the kiosk is tried again, when its starts are no longer counted
    assert last.one("OnFailure") == last.one("Conflicts") == "kioskd.service"
    minutes = re.compile(r"(\d+)min")
    longer, counted = (
        minutes.fullmatch(text)
        for text in (last.one("RuntimeMaxSec"), unit.one("StartLimitIntervalSec"))
    )
    assert longer is not None and counted is not None and int(longer[1]) > int(counted[1])


def test_it_starts_what_the_wheel_installs(unit: Unit) -> None:
    program, *arguments = unit.one("ExecStart").split()
    assert Path(program).name == "kioskd"
    assert arguments == ["--config", "/etc/ward-kiosk/kiosk.toml"]


def test_nothing_of_a_citizen_reaches_a_disk_by_itself(unit: Unit) -> None:
    assert unit.one("LimitCORE") == "0"
    assert unit.one("MemorySwapMax") == "0"
    assert unit.one("UMask") == "0077"
    assert unit.one("RuntimeDirectory") == "ward-kiosk"


def test_it_has_no_power_but_its_devices(unit: Unit) -> None:
    assert unit.one("CapabilityBoundingSet") == ""
    assert unit.one("NoNewPrivileges") == "yes"
    assert unit.one("DevicePolicy") == "closed"
    assert unit.one("IPAddressDeny") == "any"
    assert "IPAddressAllow" not in unit.values_of


def test_its_folders_are_those_of_the_default_configuration(unit: Unit) -> None:
    from daemon.config import PathsConfig

    assert PathsConfig().state == f"/var/lib/{unit.one('StateDirectory')}"
    assert PathsConfig().runtime == f"/run/{unit.one('RuntimeDirectory')}"


def test_users_and_folders_are_made(tmp_path: Path) -> None:
    needs("systemd-sysusers")
    needs("systemd-tmpfiles")
    subprocess.run([str(SYSTEMD / "install"), str(tmp_path)], check=True, timeout=30)
    (tmp_path / "etc").mkdir()
    for command in (["systemd-sysusers"], ["systemd-tmpfiles", "--create", "--prefix=/etc"]):
        done = subprocess.run(
            [command[0], f"--root={tmp_path}", *command[1:]],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
    users = (tmp_path / "etc" / "passwd").read_text()
    groups = (tmp_path / "etc" / "group").read_text()
    assert re.search(r"^kiosk:x:\d+:\d+:", users, re.MULTILINE)
    for group in ("kiosk", "kiosk-view", "kiosk-tech", "kiosk-admin"):
        assert re.search(rf"^{group}:", groups, re.MULTILINE), group
    assert (tmp_path / "etc" / "ward-kiosk").is_dir()


def test_the_consoles_groups_are_those_that_are_made() -> None:
    from daemon.console.roles import Groups

    made = (SYSTEMD / "sysusers.d" / "ward-kiosk.conf").read_text()
    for name in ("view", "tech", "admin"):
        assert f"g {getattr(Groups(), name)}\n" in made


@pytest.mark.parametrize("path", sorted((SYSTEMD / "udev").iterdir()), ids=lambda path: path.name)
def test_udev_reads_the_rules(path: Path) -> None:
    text = path.read_text()
    labels = set(re.findall(r'GOTO="(\w+)"', text))
    assert labels and labels == set(re.findall(r'LABEL="(\w+)"', text))
    udevadm = shutil.which("udevadm")
    if udevadm is None:
        pytest.skip("udevadm is not installed here")
    version = subprocess.run([udevadm, "--version"], capture_output=True, text=True).stdout
    if int(version.split()[0]) < 254:
        pytest.skip("udevadm verifies rules from version 254 on")
    done = subprocess.run([udevadm, "verify", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_secrets_are_credentials_under_the_names_that_the_daemon_looks_for(unit: Unit) -> None:
    # the line's key is given by its whole path (docs/install.md)
    names = {RemoteSettings().client_secret_file, TokenSettings().pin_file, "uplink-key"}
    names |= {"uplink-key-secret"}
    assert set(unit.values_of["LoadCredentialEncrypted"]) == names
