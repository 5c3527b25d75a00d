"""The vault: whole files, readable only with the key, and gone with the visit."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from daemon.machine.personal import Personal
from daemon.store import Vault, VaultError
from daemon.store.outbox import Outbox

MARK = "HUỲNH THỊ ĐÁNH DẤU 079099001234".encode()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = Vault(tmp_path / "vault" / "visit-1")
    vault.begin()
    return vault


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_is_put_can_be_got(vault: Vault) -> None:
    vault.put("page-1", MARK)
    vault.put("page-1", MARK * 2)
    assert vault.get("page-1") == MARK * 2
    assert vault.names() == ("page-1",)


def test_the_disk_holds_only_noise(vault: Vault, tmp_path: Path) -> None:
    vault.put("page-1", MARK)
    assert len(everything(tmp_path)) > len(MARK)
    assert MARK not in everything(tmp_path)


def test_the_end_of_a_visit_shreds(vault: Vault, tmp_path: Path) -> None:
    vault.put("page-1", MARK)
    vault.end()
    assert everything(tmp_path) == b""
    with pytest.raises(VaultError, match="ended"):
        vault.get("page-1")


def test_files_of_another_key_cannot_be_read(vault: Vault, tmp_path: Path) -> None:
    vault.put("page-1", MARK)
    kept = (tmp_path / "vault" / "visit-1" / "page-1").read_bytes()
    vault.begin()
    (tmp_path / "vault" / "visit-1" / "page-1").write_bytes(kept)
    with pytest.raises(VaultError, match="cannot be read"):
        vault.get("page-1")


def test_a_file_moved_to_another_name_cannot_be_read(vault: Vault, tmp_path: Path) -> None:
    vault.put("page-1", MARK)
    folder = tmp_path / "vault" / "visit-1"
    (folder / "page-1").rename(folder / "page-2")
    with pytest.raises(VaultError, match="cannot be read"):
        vault.get("page-2")


def test_another_process_gets_a_memory_file(vault: Vault) -> None:
    vault.put("page-1", MARK)
    fd = vault.open_fd("page-1")
    assert os.read(fd, 1000) == MARK
    os.close(fd)


def test_a_dropped_page_is_gone(vault: Vault) -> None:
    vault.put("page-1", MARK)
    vault.drop("page-1")
    vault.drop("page-1")
    with pytest.raises(VaultError, match="nothing is kept"):
        vault.get("page-1")


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "A", "x" * 65])
def test_names_cannot_leave_the_folder(vault: Vault, name: str) -> None:
    with pytest.raises(VaultError, match="not a name"):
        vault.put(name, b"")


def test_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    for number in (1, 2):
        left = Vault(tmp_path / f"visit-{number}")
        left.begin()
        left.put("page-1", MARK)
    assert Vault.sweep(tmp_path) == 2
    assert everything(tmp_path) == b""


def test_personal_data_does_not_enter_the_outbox() -> None:
    with pytest.raises(TypeError, match="personal"):
        Outbox().append("event/x", {"name": Personal("Lê")})


def test_nothing_is_put_after_the_end(vault: Vault, tmp_path: Path) -> None:
    ended = threading.Event()

    def put_on() -> None:
        while not ended.is_set():
            try:
                vault.put("page-1", MARK * 1000)
            except VaultError:
                return

    threads = [threading.Thread(target=put_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    vault.end()
    for thread in threads:
        thread.join(10)
    ended.set()
    assert everything(tmp_path) == b""


def test_the_key_is_overwritten(vault: Vault) -> None:
    key = vault._key
    assert key is not None and any(key)
    vault.end()
    assert not any(key)


def test_what_is_half_written_has_no_name(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault" / "visit-1" / ".part-page-1").write_bytes(b"half")
    assert vault.names() == ()
