"""The outbox when the machine's clock jumps: facts leave in the order they were written."""

from __future__ import annotations

import functools
import time
from pathlib import Path

import pytest

from daemon.store import Store, outbox

DAY = 86400.0
YEAR = 365 * DAY
NEW_YEAR = 1_798_736_400.0
"""2027-01-01 00:00 in Vietnam."""


@pytest.mark.parametrize("restart", [False, True], ids=["running", "restarted"])
@pytest.mark.parametrize(
    "jumps",
    [(-DAY,), (YEAR,), (YEAR, -YEAR), (-DAY, YEAR, -DAY)],
    ids=["a day back", "a year ahead", "there and back", "to and fro"],
)
async def test_facts_leave_in_the_order_they_were_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jumps: tuple[float, ...], restart: bool
) -> None:
    now = NEW_YEAR - 1
    # A process of its own begins without having given any id.
    monkeypatch.setattr(outbox, "_last", 0)
    monkeypatch.setattr(time, "time_ns", lambda: int(now * 1e9))
    store = Store.open(tmp_path / "kiosk.db")
    written = []
    for jump in (0.0, *jumps, 2.0):
        now += jump
        if restart:
            store.close_now()
            monkeypatch.setattr(outbox, "_last", 0)
            store = Store.open(tmp_path / "kiosk.db")
        for _ in range(3):
            append = store.outbox.append
            written.append(store.write_now(functools.partial(append, "event/x", {})))
    due, _ = store.read_now(lambda: store.outbox.due(now, limit=100))
    store.close_now()
    assert [one.id for one in due] == written
