"""What a visit leaves: the signed copy as the ward gets it, sheets, slips, the register's page."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from daemon.register.envelope import Delivery, unseal
from daemon.store.models.outbox import Fact
from daemon.wiring import App


class Verified(msgspec.Struct, frozen=True):
    """The answer of `python -m daemon.register verify`."""

    genuine: bool
    text: str


async def copies(app: App, out: Path) -> list[Path]:
    """The electronic copies of the outbox, opened with the demo ward's own key."""
    assert app.store is not None
    pki = app.state_folder / "demo-pki"
    rows = await app.store.read(
        lambda: [bytes(row.payload) for row in Fact.select().where(Fact.kind == "sealed/copy")]
    )
    found = []
    for number, envelope in enumerate(rows, 1):
        content = unseal(envelope, pki / "ward.pem", pki / "ward-key.pem")
        assert isinstance(content, Delivery)
        path = out / f"copy-{number}.pdf"
        path.write_bytes(content.pdf)
        found.append(path)
    return found


def verify(app: App, pdf: Path) -> Verified:
    """Asks the public door, as anybody would who receives the copy."""
    root = app.state_folder / "demo-pki" / "root.pem"
    done = _register("verify", str(pdf), "--root", str(root))
    return Verified(done.returncode == 0, done.stdout + done.stderr)


def export(app: App, out: Path) -> Path:
    """The register as a table for the inspector."""
    path = out / "register.csv"
    done = _register("export", "--database", str(app.state_folder / "kiosk.db"))
    path.write_text(done.stdout, encoding="utf-8")
    return path


def audit(app: App) -> bool:
    """Does the chain hold?"""
    return _register("audit", "--database", str(app.state_folder / "kiosk.db")).returncode == 0


def paper(app: App, out: Path) -> tuple[list[Path], list[Path]]:
    """Pictures of the sheets and of the slips."""
    assert app.world is not None
    sheets = [_kept(path, out / f"sheet-{n}.png") for n, path in enumerate(app.world.sheets, 1)]
    slips = [_kept(path, out / f"ticket-{n}.png") for n, path in enumerate(app.world.tickets, 1)]
    return sheets, slips


def _kept(path: Path, to: Path) -> Path:
    shutil.copyfile(path, to)
    return to


def _register(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "daemon.register", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
