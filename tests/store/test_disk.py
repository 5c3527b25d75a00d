"""A disk that is full, that takes no more bytes, or that is read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.store import DiskError, Store

FULL = """
import sys
from pathlib import Path
from daemon.machine.personal import Personal
from daemon.store import FullError, Store, Vault, VaultError

folder = Path(sys.argv[1])
store = Store.open(folder / "kiosk.db")
kept = 0
filler = folder / "filler"
with filler.open("wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(4096))
    except OSError:
        pass
try:
    for _ in range(1000):
        store.write_now(lambda: store.outbox.append("event/x", {"text": "x" * 2000}))
        kept += 1
    print("never full")
except FullError as error:
    assert "make room" in str(error)
assert store.read_now(store.outbox.depth) == kept
vault = Vault(folder / "vault")
try:
    vault.begin()
    vault.put("page-1", bytes(200_000))
    print("the vault is never full")
except (VaultError, OSError) as error:
    assert "No space left" in str(error), error
    assert vault.names() == ()
filler.unlink()
store.write_now(lambda: store.outbox.append("event/x", {"after": True}))
assert store.read_now(store.outbox.depth) == kept + 1
store.close_now()
again = Store.open(folder / "kiosk.db")
assert again.read_now(again.outbox.depth) == kept + 1
again.close_now()
print("well")
"""

NO_MORE = """
import resource, sys
from pathlib import Path
from daemon.store import DiskError, FullError, Store

store = Store.open(Path(sys.argv[1]) / "kiosk.db")
store.write_now(lambda: store.outbox.append("event/x", {}))
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
try:
    store.write_now(lambda: store.outbox.append_sealed("sealed/x", bytes(500_000)))
    print("written")
except (DiskError, FullError):
    pass
assert store.read_now(store.outbox.depth) == 1
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
store.write_now(lambda: store.outbox.append("event/x", {}))
assert store.read_now(store.outbox.depth) == 2
store.close_now()
print("well")
"""


def run(*command: str) -> str:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60
    )
    return (done.stdout + done.stderr).strip()


def small_disk(folder: Path) -> list[str]:
    """Begins a command that runs with 1 MiB of its own mounted on `folder`; skips without right."""
    if os.geteuid() or shutil.which("unshare") is None:
        pytest.skip("mounting a small disk needs root and unshare")
    mount = f'mount -t tmpfs -o size=1m none "{folder}" && exec "$@"'
    if subprocess.run(["unshare", "-m", "sh", "-c", mount, "sh", "true"], check=False).returncode:
        pytest.skip("this system does not let a test mount")
    return ["unshare", "-m", "sh", "-c", mount, "sh"]


def test_a_full_disk_is_named_loses_nothing_and_heals_by_itself(tmp_path: Path) -> None:
    begin = small_disk(tmp_path)
    assert run(*begin, sys.executable, "-c", FULL, str(tmp_path)) == "well"


def test_a_file_that_may_not_grow_is_named(tmp_path: Path) -> None:
    assert run(sys.executable, "-c", NO_MORE, str(tmp_path)) == "well"


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskError, match="disk"):
        Store.open(tmp_path / "file" / "kiosk.db")


def test_a_folder_instead_of_the_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "kiosk.db").mkdir()
    with pytest.raises(DiskError):
        Store.open(tmp_path / "kiosk.db")
