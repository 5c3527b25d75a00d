"""The PIN: from a systemd credential, and never sent twice when it is wrong, whatever happens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from daemon.register import credentials
from daemon.register.demo_pki import DemoPki
from daemon.register.pins import PinMemory
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings, TokenSettings
from daemon.store import Store

ROOT = Path(__file__).parents[2]


def opened(
    pki: DemoPki, settings: TokenSettings, state: Path, *more: str, **env: str
) -> tuple[int, list[str]]:
    """Exit code and words of a process of its own: as after a restart."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.register.opens"),
            msgspec.json.encode(settings).decode(),
            str(state),
            *more,
        ],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SOFTHSM2_CONF": pki.softhsm_conf,
            **env,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1, 9), done.stderr
    return done.returncode, done.stdout.split()


@pytest.fixture
def wrong(pki: DemoPki, tmp_path: Path) -> TokenSettings:
    pin = tmp_path / "pin"
    pin.write_text("0000-wrong\n", encoding="ascii")
    return replace(pki.token, pin_file=str(pin))


def test_a_wrong_pin_is_not_sent_again_after_a_restart(
    pki: DemoPki, wrong: TokenSettings, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    assert opened(pki, wrong, state) == (1, ["sent", "pin_wrong"])
    for _ in range(2):
        assert opened(pki, wrong, state) == (1, ["pin_wrong"])
    assert not any(b"0000-wrong" in path.read_bytes() for path in state.iterdir())
    shutil.copy(pki.token.pin_file, wrong.pin_file)
    assert opened(pki, wrong, state) == (0, ["sent"])
    assert list(state.iterdir()) == []  # nothing to remember


def test_killed_before_the_refusal_was_noted(
    pki: DemoPki, wrong: TokenSettings, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    assert opened(pki, wrong, state, "after") == (9, ["sent"])
    assert opened(pki, wrong, state) == (1, ["pin_wrong"])
    assert opened(pki, wrong, state) == (1, ["pin_wrong"])
    shutil.copy(pki.token.pin_file, wrong.pin_file)
    assert opened(pki, wrong, state) == (0, ["sent"])


def test_killed_with_the_right_pin_is_no_refusal(pki: DemoPki, tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert opened(pki, pki.token, state, "after") == (9, ["sent"])
    assert opened(pki, pki.token, state) == (0, ["sent"])


def test_a_restarted_daemon_finds_its_credential_by_name(pki: DemoPki, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    shutil.copy(pki.token.pin_file, folder / "token-pin")
    named = replace(pki.token, pin_file=TokenSettings().pin_file)
    env = {"CREDENTIALS_DIRECTORY": str(folder)}
    assert opened(pki, named, tmp_path / "state", **env) == (0, ["sent"])
    (folder / "token-pin").unlink()
    assert opened(pki, named, tmp_path / "state", **env) == (1, ["pin_missing"])


async def test_the_register_opens_with_the_credential(
    pki: DemoPki,
    settings: RegisterSettings,
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copy(pki.token.pin_file, tmp_path / "token-pin")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    register = Register(replace(settings, token=replace(pki.token, pin_file="token-pin")), store)
    await register.ready()
    await register.close()


def test_a_name_is_a_credential_and_a_path_is_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials/kioskd.service")
    assert credentials.path_of("token-pin") == Path("/run/credentials/kioskd.service/token-pin")
    assert credentials.path_of("/etc/pin") == Path("/etc/pin")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert credentials.path_of("token-pin") == Path("token-pin")


def test_the_memory_is_of_one_pin_on_one_token(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    memory = PinMemory(path)
    memory.refused("a", "1234")
    assert PinMemory(path).known("a", "1234") == "refused"
    assert memory.known("b", "1234") == memory.known("a", "4321") == ""
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"{")
    assert memory.known("a", "1234") == ""
