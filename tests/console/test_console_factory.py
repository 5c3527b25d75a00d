"""`factory-reset`: two persons; the register and the log of commands outlive it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon import reset
from daemon.console.inside import Code, ConsoleError
from daemon.console.talk import Caller, NoArgs, Talk
from daemon.console.wire import Part
from daemon.overlay import Overlay
from daemon.store.models.outbox import Fact
from daemon.uplink.payloads import DoorOpened
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl
from tests.console.test_console_terminal import typing

LAN, MINH = Caller(1001, "lan", "admin"), Caller(1002, "minh", "admin")


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    with kiosk_running() as running:
        assert running.app.register is not None
        running.wait(running.app.register.ready())
        running.wait(running.app.register.publish_list())
        heard_by_the_ward(running)
        yield running


def heard_by_the_ward(kiosk: Running) -> None:
    """All facts have left, as with a broker: the first list of cancelled copies is among them."""
    store = kiosk.app.store
    assert store is not None
    kiosk.wait(store.write(lambda: Fact.delete().execute()))


def ordered(kiosk: Running, who: Caller, typed: str = "26824-k01") -> str:
    """The command by an account; its technician types this when asked."""
    verb = kiosk.app.console.server.verb("factory.reset")

    async def run() -> str:
        async def hear(part: Part) -> None:
            if part.kind == "type":
                asyncio.get_running_loop().call_soon(talk.heard, typed)

        talk = Talk(who, hear)
        return str(await verb.run(NoArgs(), talk))

    return kiosk.wait(run())


def rows(path: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(path)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_one_admin_is_not_enough(kiosk: Running) -> None:
    with pytest.raises(ConsoleError, match="not confirmed"):
        ordered(kiosk, LAN, "26824-k02")
    assert ordered(kiosk, LAN) == "first"
    assert ordered(kiosk, LAN) == "first", "the same one twice is one"
    assert not (kiosk.folder / "state" / reset.MARK).exists()
    child = typing(kiosk.socket, "factory-reset", encoding="utf-8")
    child.expect("It keeps, as the law wants: register")
    child.close()


def test_two_admins_erase_all_but_the_register_and_the_log(kiosk: Running) -> None:
    kioskctl(kiosk.socket, "consumables", "refill", "paper", "500")
    state = kiosk.folder / "state"
    Overlay(state / "config").commit({"visit.max_copies": 5}, "lan")
    assert ordered(kiosk, LAN) == "first"
    assert ordered(kiosk, MINH) == "begun"
    leaving = kiosk.app.leaving
    assert leaving is not None

    async def why() -> str:
        return await leaving

    assert kiosk.wait(why()) == "restart"
    copy = kiosk.folder / "copy"
    copy.mkdir()
    with contextlib.closing(sqlite3.connect(state / "kiosk.db")) as database:
        database.execute("VACUUM INTO ?", (str(copy / "kiosk.db"),))
    for place in (reset.MARK, "journal.jsonl"):
        shutil.copy(state / place, copy / place)
    shutil.copytree(state / "config", copy / "config")
    told = json.loads((copy / reset.MARK).read_bytes())
    assert told["who"] == ["lan", "minh"]
    audit = rows(copy / "kiosk.db", "audit")
    assert audit and rows(copy / "kiosk.db", "supply")

    assert reset.obey(copy)
    assert [place.name for place in copy.iterdir()] == ["kiosk.db"]
    assert rows(copy / "kiosk.db", "supply") == 0
    assert rows(copy / "kiosk.db", "audit") == audit
    assert b"visit.max_copies" not in (copy / "kiosk.db").read_bytes()
    assert not reset.obey(copy), "once"


def test_what_the_ward_has_not_heard_is_not_erased(kiosk: Running) -> None:
    store = kiosk.app.store
    assert store is not None
    fact = DoorOpened(open=True, when="2026-11-25T08:14:03+07:00")
    kiosk.wait(store.write(lambda: store.outbox.append("event/door.opened", fact)))
    done = kioskctl(kiosk.socket, "factory-reset")
    assert done.returncode == Code.FAILED and "wait for the ward" in done.stderr


def test_a_plug_pulled_in_the_middle_begins_again(tmp_path: Path) -> None:
    reset.order(tmp_path, reset.Order(at=0.0, who=("lan", "minh")))
    (tmp_path / "journal.jsonl").write_text("{}")
    (tmp_path / "config").mkdir()
    (tmp_path / "kiosk.db").write_bytes(b"")
    (tmp_path / "journal.jsonl").unlink()  # as far as the first try came
    assert reset.obey(tmp_path)
    assert [place.name for place in tmp_path.iterdir()] == ["kiosk.db"]
