"""Parts that are missing, locked, full or broken: who must know is told, and it heals."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from daemon.__main__ import main
from daemon.documents.classify import MODELS
from daemon.hands import kept, standing
from daemon.machine.views import Choice
from tests.visits.papers import DEGREE
from tests.visits.visit import Visitor, audit, kioskctl, running

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks again sooner than a technician walks."""
    monkeypatch.setattr(standing, "LOOK_AGAIN", 0.2)
    monkeypatch.setattr(standing, "LOOK_AFTER", 0.5)
    monkeypatch.setattr(kept, "TRY_AGAIN", 0.2)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process writes to the database and does not end."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def tile(visitor: Visitor, name: str) -> Choice:
    return next(choice for choice in visitor.shown.choices if choice.action == name)


def why_not(visitor: Visitor, name: str) -> str:
    """Key of the reason that stands on a grey tile."""
    reason = tile(visitor, name).why_not
    return reason.terms["reason"] if reason is not None else ""


async def status(visitor: Visitor) -> str:
    """What `kioskctl` says to a technician: the screen and the alarms with their remedies."""
    said = await asyncio.to_thread(kioskctl, visitor.app, "status")
    alarms = await asyncio.to_thread(kioskctl, visitor.app, "alarms")
    assert said.status == 0, said.text
    return " ".join(f"{said.text} {alarms.text}".split())


# -- the configuration -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        ("[visit]\nmax_copies = \"many\"\n", "visit.max_copies", "a whole number"),
        ("[visit]\nmax_copy = 3\n", "visit.max_copy", 'perhaps "max_copies"'),
        ("[visits]\nmax_copies = 3\n", "visits", 'perhaps "visit"'),
        ("visit = 3\n", "visit", "a section [visit]"),
        ("[visit]\nmax_copies = 0\n", "visit.max_copies", "1 to 99"),
        ("[limits]\nidle = 5\n", "limits.idle", "60 s or longer"),
        ("[kiosk]\nward = \"00000\"\n", "kiosk.ward", "168 wards"),
        ("[register]\nkeys = \"token\"\n", "register.ward_certificate", "a PEM file"),
        ("[visit\n", "file", "TOML"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, key: str, remedy: str
) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(text)
    assert main(["--config", str(config)]) == 2
    said = capsys.readouterr().err
    assert key in said and remedy in said


def test_no_file(tmp_path: Path) -> None:
    done = daemon(tmp_path / "nowhere.toml")
    assert done.returncode == 2
    assert "nowhere.toml" in done.stderr and "readable file" in done.stderr
    assert "Traceback" not in done.stderr


def daemon(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "daemon", "--config", str(config)],
        cwd=config.parent, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


# -- the database ------------------------------------------------------------------------------


async def test_the_database_is_locked_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.wiring.LOOK_AGAIN", 0.2)
    state = tmp_path / "state"
    state.mkdir()
    with closing(sqlite3.connect(state / "kiosk.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = wal")
        other.execute("BEGIN EXCLUSIVE")
        async with running(tmp_path, begun=False) as visitor:
            await visitor.see("out_of_service")
            said = await status(visitor)
            assert "locked" in said and "Another process writes to the database" in said
            other.execute("ROLLBACK")
            await visitor.see("attract")
            await visitor.ready()


async def test_the_database_is_locked_in_a_visit(tmp_path: Path) -> None:
    """The payment code comes when the lock is gone, and nothing is lost."""
    async with running(tmp_path) as visitor:
        await visitor.ready()
        await visitor.begin()
        await visitor.paper(DEGREE)
        await visitor.choose()
        await visitor.see("take_back")
        visitor.world.lift()
        await visitor.see("fee")
        await visitor.until(lambda kiosk: kiosk.shown.primary is not None)
        with locked(visitor.app.state_folder / "kiosk.db"):
            await visitor.press("pay")
            await visitor.until(lambda kiosk: "store" in kiosk.state.world.lost)
            assert visitor.name == "pay_wait"
            said = await status(visitor)
            assert "locked" in said and "Another process writes to the database" in said
        await visitor.transfer()
        await visitor.collect()
        await visitor.leave(slip=False)
        await visitor.ready()
        assert (await visitor.steps()) == ["handed_over"]
        assert not audit(visitor.app)


async def test_the_disk_is_full_in_a_visit(tmp_path: Path) -> None:
    """What the ward must get waits for room, and is there once; the log names the remedy."""
    async with running(tmp_path) as visitor:
        await visitor.ready()
        await visitor.begin()
        await visitor.paper(DEGREE)
        await visitor.choose(verdict="counter")
        await visitor.see("later")
        await full(visitor, True)
        slips = visitor.slips()
        await visitor.press("slip")
        await visitor.see("later_done")
        await visitor.soon(lambda: "waits for the database: full" in visitor.said.text)
        assert "make room" in visitor.said.text
        assert visitor.slips() == slips and not await visitor.facts("sealed/request")
        await full(visitor, False)
        await visitor.soon(lambda: visitor.slips() == slips + 1)
        assert len(await visitor.facts("sealed/request")) == 1
        visitor.world.lift()
        await visitor.press("stop")
        await visitor.gone()
        assert not audit(visitor.app)


async def full(visitor: Visitor, now: bool) -> None:
    """The file may not grow any more, or as it likes.  The limit belongs to the writer."""
    store = visitor.app.store
    assert store is not None

    def limit() -> None:
        base = store._database
        most = base.execute_sql("PRAGMA page_count").fetchone()[0] if now else 2**30
        base.execute_sql(f"PRAGMA max_page_count = {most}")

    await asyncio.get_running_loop().run_in_executor(store._writer, limit)


# -- the model ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["missing", "corrupt"])
async def test_the_model(tmp_path: Path, how: str) -> None:
    """The words on the paper name its kind without a picture model; the technician is told."""
    models = tmp_path / "models"
    models.mkdir()
    for path in MODELS.glob("kinds.*"):
        shutil.copyfile(path, models / path.name)
    if how == "missing":
        (models / "kinds.tflite").unlink()
    else:
        data = bytearray((models / "kinds.tflite").read_bytes())
        data[len(data) // 2] ^= 0xFF
        (models / "kinds.tflite").write_bytes(data)
    async with running(tmp_path / "kiosk", models=models) as visitor:
        await visitor.ready()
        assert "no recognition of kinds" in visitor.said.text
        said = await status(visitor)
        assert "no_model" in said and "install the package again" in said, said
        await visitor.begin()
        await visitor.page(DEGREE)
        await visitor.on("kind", "yes")
        await visitor.see("pages")


# -- the token ---------------------------------------------------------------------------------


async def test_the_token_is_away(tmp_path: Path) -> None:
    first = tmp_path / "kiosk"
    async with running(first) as visitor:
        await visitor.ready()
    tokens = first / "state" / "demo-pki" / "tokens"
    away = tokens.with_name("pulled")
    tokens.rename(away)
    tokens.mkdir()
    async with running(first) as visitor:
        await visitor.until(lambda kiosk: "register" in kiosk.state.world.lost)
        assert why_not(visitor, "copy") == "why.register"
        assert not why_not(visitor, "lookup")
        said = await status(visitor)
        assert "token_absent" in said and "plug it in" in said
        tokens.rmdir()
        away.rename(tokens)
        await visitor.ready()
        assert not why_not(visitor, "copy")


async def test_the_pin_is_wrong(tmp_path: Path) -> None:
    first = tmp_path / "kiosk"
    async with running(first) as visitor:
        await visitor.ready()
    pin = first / "state" / "demo-pki" / "pin"
    right = pin.read_text()
    pin.write_text("0" * len(right))
    async with running(first) as visitor:
        await visitor.until(lambda kiosk: "register" in kiosk.state.world.lost)
        assert why_not(visitor, "copy") == "why.register"
        said = await status(visitor)
        assert "pin_wrong" in said and "PIN" in said
        assert right not in visitor.said.text and "0" * len(right) not in visitor.said.text
        pin.write_text(right)
        await visitor.ready()
        assert not why_not(visitor, "copy")


# -- the certifier -----------------------------------------------------------------------------


async def test_nobody_certifies(tmp_path: Path) -> None:
    """The copy tile is grey with the reason, and all else is served."""
    async with running(tmp_path, certifier={"kind": "absent"}) as visitor:
        await visitor.until(lambda kiosk: "certifier" in kiosk.state.world.lost)
        assert why_not(visitor, "copy") == "why.certifier"
        assert not why_not(visitor, "ticket")
        assert "certifier" in await status(visitor)


def test_stopped_children_end_with_the_daemon(tmp_path: Path) -> None:
    """SIGTERM ends a kiosk in order even where a child stands still."""
    config = tmp_path / "kiosk.toml"
    config.write_text(f'[paths]\nstate = "{tmp_path}/state"\nruntime = "{tmp_path}/run"\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "daemon", "--config", str(config)],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        children: list[int] = []
        task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        ends = time.monotonic() + 60
        while len(children) < 3 or not (tmp_path / "run" / "control.sock").exists():
            assert time.monotonic() < ends
            children = [int(pid) for pid in task.read_text().split()]
            time.sleep(0.05)
        os.kill(children[0], signal.SIGSTOP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
