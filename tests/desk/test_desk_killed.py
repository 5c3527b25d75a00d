"""The kiosk is killed between the officer's yes and the print: finished, given on or voided."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from daemon.store import Store
from daemon.store.models.register import EntryRow, RequestRow
from tests.desk.ward import Officer, soon, ward
from tests.visits.visit import register

ROOT = Path(__file__).parents[2]
TOML = """
[paths]
state = "{folder}/state"
runtime = "{folder}/run"
[queue]
always_open = true
[page_printer]
seconds_a_sheet = 0.05
[camera]
still_width = 2028
still_height = 1520
[limits]
still = 0.2
[register.certifier]
id = "tvchung"
[certifier]
kind = "desk"
[desk]
url = "{url}"
ca = "{ca}"
certificate = "{certificate}"
key = "{key}"
"""


async def _play(config: Path, step: str) -> asyncio.subprocess.Process:
    with (config.parent / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.desk.play", str(config), step,
            cwd=config.parent, env={**os.environ, "PYTHONPATH": _path()},
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


def _path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))


@pytest.mark.parametrize(
    ("step", "ends"),
    [
        pytest.param("accepted", {"dropped"}, marks=pytest.mark.long),
        ("numbered", {"voided"}),
        pytest.param("printing", {"passed"}, marks=pytest.mark.long),
    ],
)
async def test_killed_after_the_yes(tmp_path: Path, step: str, ends: set[str]) -> None:
    async with ward(tmp_path / "ward") as place, Officer(place, place.officer("tvchung")) as one:
        assert await one.enter() == 200
        files = place.kiosk("26824-k01")
        config = tmp_path / "kiosk.toml"
        config.write_text(
            TOML.format(
                folder=tmp_path, url=place.url, ca=place.ca, certificate=files.certificate,
                key=files.key,
            )
        )  # fmt: skip
        process = await _play(config, step)
        try:
            board = place.desk.board
            await soon(lambda: bool(board.open_ones()), 120)
            request = board.open_ones()[0].id
            form = await one.open(request)
            await one.complete(request)
            assert await one.act(request, "accept", form, checked="yes") == 200
            status = await asyncio.wait_for(process.wait(), 120)
            assert status == -signal.SIGKILL, (tmp_path / "log").read_text()
            await soon(lambda: not place.desk.kiosks.all["26824-k01"].online, 60)
            assert board.find(request).state == "taken"
            assert await one.act(request, "accept", form, checked="yes") == 410, "no second yes"

            process = await _play(config, "start")
            assert await asyncio.wait_for(process.wait(), 120) == 0, (tmp_path / "log").read_text()
            assert not board.open_ones(), "the request is not asked a second time"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    database = tmp_path / "state" / "kiosk.db"
    store = await asyncio.to_thread(Store.open, database)
    rows = await store.read(lambda: [(row.id, row.step) for row in RequestRow.select()])
    open_ones = await store.read(
        lambda: EntryRow.select().where(EntryRow.status == "reserved").count()
    )
    await store.close()
    assert rows == [(request, ends.pop())]
    assert open_ones == 0
    audit = await asyncio.to_thread(register, "audit", "--database", str(database))
    assert audit.returncode == 0, audit.stdout + audit.stderr
