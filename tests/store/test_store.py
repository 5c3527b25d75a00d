"""The database: whole transactions, one writer, and every trouble by its name."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from daemon.store import DamagedError, FullError, LockedError, NewerError, Store
from daemon.store.migrate import scripts, statements
from daemon.store.models.outbox import Fact


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "kiosk.db")
    yield store
    store.close_now()


async def test_what_is_written_can_be_read(store: Store) -> None:
    await store.write(lambda: store.outbox.append("event/x", {"n": 1}))
    facts = await store.read(lambda: store.outbox.waiting(0.0))
    assert [(fact.kind, bytes(fact.payload)) for fact in facts] == [("event/x", b'{"n":1}')]


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def half() -> None:
        store.outbox.append("event/x", {})
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await store.write(half)
    assert await store.read(store.outbox.depth) == 0


async def test_a_cancelled_caller_does_not_undo_what_was_begun(store: Store) -> None:
    task = asyncio.create_task(store.write(lambda: store.outbox.append("event/x", {})))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.write(lambda: None)
    assert await store.read(store.outbox.depth) == 1


async def test_ids_rise_and_never_repeat(store: Store) -> None:
    ids = await store.write(lambda: [store.outbox.append("event/x", {}) for _ in range(500)])
    assert ids == sorted(set(ids))
    assert all(one[14] == "7" for one in ids)


async def test_counters_last(store: Store) -> None:
    await store.write(lambda: store.outbox.count("copies_ok", 2))
    assert await store.write(lambda: store.outbox.count("copies_ok")) == 3


def test_counters_are_kept_of_each_day_and_old_days_go(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = {"now": "2026-11-25", "before": "2026-09-24"}
    monkeypatch.setattr(
        "daemon.store.outbox.today", lambda ago=0: days["before"] if ago else days["now"]
    )
    for day, times in (("2026-09-23", 1), ("2026-11-24", 2), ("2026-11-25", 3)):
        days["now"] = day
        for _ in range(times):
            store.write_now(lambda: store.outbox.count("outcome.done"))
    read = store.read_now
    assert read(store.outbox.daily) == {"outcome.done": 3}
    assert read(lambda: store.outbox.daily("2026-11-24")) == {"outcome.done": 2}
    assert read(lambda: store.outbox.daily("2026-09-23")) == {}
    assert read(store.outbox.counters) == {"outcome.done": 6}


def test_a_locked_database_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daemon.store.store.BUSY_MS", 50)
    path = tmp_path / "kiosk.db"
    store = Store.open(path)
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LockedError, match="Another process"):
        store.write_now(lambda: store.outbox.append("event/x", {}))
    other.rollback()
    other.close()
    store.write_now(lambda: store.outbox.append("event/x", {}))
    store.close_now()


def test_behind_a_lock_one_waits_and_the_others_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daemon.store.store.BUSY_MS", 50)
    monkeypatch.setattr("daemon.store.store.BUSY_STILL_MS", 1)
    path = tmp_path / "kiosk.db"
    store = Store.open(path)
    waits: list[int] = []

    def write() -> None:
        waits.append(store._database.execute_sql("PRAGMA busy_timeout").fetchone()[0])
        store.outbox.append("event/x", {})

    store.write_now(write)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError):
            store.write_now(write)
        other.rollback()
    store.write_now(write)
    store.write_now(write)
    assert waits == [50, 1, 50]
    store.close_now()


def test_a_full_disk_is_named_and_loses_nothing(store: Store) -> None:
    store.write_now(lambda: store.outbox.append("event/x", {}))
    pages = store.write_now(lambda: store._database.execute_sql("PRAGMA page_count").fetchone()[0])
    store.write_now(lambda: store._database.execute_sql(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(FullError, match="make room"):
        store.write_now(lambda: store.outbox.append_sealed("sealed/x", bytes(100_000)))
    assert store.read_now(store.outbox.depth) == 1


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    path.write_bytes(os.urandom(8192))
    with pytest.raises(DamagedError, match="restore"):
        Store.open(path)
    assert path.stat().st_size == 8192, "a damaged file is left for whoever repairs it"


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    other = sqlite3.connect(path)
    other.execute(f"PRAGMA user_version = {scripts()[-1][0] + 1}")
    other.close()
    with pytest.raises(NewerError):
        Store.open(path)


def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    for _ in range(2):
        Store.open(tmp_path / "kiosk.db").close_now()


def test_a_trigger_is_one_statement() -> None:
    sql = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n  SELECT 1;\nEND;\nSELECT 2;\n"
    assert len(statements(sql)) == 2


CRASHER = """
import os, signal, sys
from pathlib import Path
from typing import Any
from daemon.store import Store
store = Store.open(Path(sys.argv[1]))
for n in range(5):
    store.write_now(lambda: store.outbox.append("event/x", {"n": n}))
def half():
    store.outbox.append("event/x", {"n": 99})
    os.kill(os.getpid(), signal.SIGKILL)
store.write_now(half)
"""


def test_a_process_killed_inside_a_transaction_loses_only_that(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"
    done = subprocess.run([sys.executable, "-c", CRASHER, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = Store.open(path)
    payloads = store.read_now(lambda: [bytes(fact.payload) for fact in Fact.select()])
    store.close_now()
    assert payloads == [b'{"n":%d}' % n for n in range(5)]


def test_who_watches_is_told_after_the_commit_only(store: Store) -> None:
    told: list[int] = []
    store.outbox.watch(lambda: told.append(1))
    store.write_now(lambda: store.outbox.count("x"))
    assert told == []

    def fails() -> None:
        store.outbox.append("event/x", {})
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        store.write_now(fails)
    assert told == []
    store.write_now(lambda: store.outbox.append("event/x", {}))
    assert told == [1]


def test_due_facts_are_few_in_order_and_without_their_payload(store: Store) -> None:
    def fill() -> list[str]:
        return [
            store.outbox.append("event/a", {"n": 1}),
            store.outbox.append("event/b", {"n": 2}),
            store.outbox.append("event/a", {"n": 3}, not_before=500.0),
            store.outbox.append_sealed("sealed/x", bytes(1000)),
        ]

    ids = store.write_now(fill)

    def due(**more: Any) -> tuple[list[str], float | None]:
        found, later = store.read_now(lambda: store.outbox.due(100.0, **{"limit": 10, **more}))
        return [one.id for one in found], later

    assert ids[2] < ids[0], "the id of a delayed fact tells when it may go"
    assert due() == ([ids[0], ids[1], ids[3]], 500.0)
    assert due(limit=1)[0] == [ids[0]]
    assert due(without=(ids[0],))[0] == [ids[1], ids[3]]
    assert due(kinds_without=("event/b",))[0] == [ids[0], ids[3]]
    assert due(open_only=("event/a",))[0] == [ids[0], ids[3]]
    assert due(largest=100)[0] == [ids[0], ids[1]]
    assert due(may_delay=("event/a",), longest_delay=60.0)[0] == sorted(ids)
    assert store.read_now(lambda: store.outbox.payload(ids[1])) == b'{"n":2}'
    assert store.read_now(lambda: store.outbox.payload("none")) is None
