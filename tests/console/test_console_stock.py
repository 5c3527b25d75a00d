"""Counters, consumables and the audit log of a whole kiosk."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.console.call import redacted
from daemon.console.client import Client
from daemon.console.inside import Code, ConsoleError
from daemon.inside.audit import checked
from daemon.inside.trial_paper import page_of
from tests.console.kiosk_running import Running, kiosk_running
from tests.console.near import kioskctl


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Running]:
    with kiosk_running() as running:
        yield running


def answer(kiosk: Running, *words: str) -> object:
    done = kioskctl(kiosk.socket, *words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def level(kiosk: Running, name: str) -> dict[str, object]:
    rows = answer(kiosk, "consumables")
    assert isinstance(rows, list)
    return next(row for row in rows if row["name"] == name)


def printed(kiosk: Running, sheets: int) -> None:
    """So many sheets come out, past the console."""
    pdf = page_of("26824-k01", 0.0)
    kiosk.wait(kiosk.app.devices.page_printer.print(pdf, sheets, lambda _: None))
    kiosk.do(kiosk.world.take_sheets)


def test_refilled_paper_is_counted_down_and_forecast(kiosk: Running) -> None:
    assert level(kiosk, "paper")["left"] is None
    assert "500 sheets" in kioskctl(kiosk.socket, "consumables", "refill", "paper", "500").stdout
    printed(kiosk, 3)
    paper = level(kiosk, "paper")
    assert (paper["left"], paper["filled"], paper["a_day"]) == (497, 500, 3.0)
    assert paper["days"] == pytest.approx(497 / 3)
    assert level(kiosk, "toner")["left"] is None
    shown = kioskctl(kiosk.socket, "consumables").stdout
    assert re.search(r"paper +497 +500", shown) and max(map(len, shown.splitlines())) <= 80


def test_trip_counters_are_reset_and_life_is_not(kiosk: Running) -> None:
    printed(kiosk, 1)

    def sheets() -> tuple[int, int]:
        rows = answer(kiosk, "counters")
        assert isinstance(rows, list)
        row = next(row for row in rows if row["name"] == "sheets")
        return row["life"], row["trip"]

    life, trip = sheets()
    assert life == trip
    assert "begin anew" in kioskctl(kiosk.socket, "counters", "--reset", "trip").stdout
    assert sheets() == (life, 0)
    printed(kiosk, 2)
    assert sheets() == (life + 2, 2)
    assert kioskctl(kiosk.socket, "counters", "--reset", "life").returncode == Code.USAGE


@pytest.mark.parametrize(
    "words", [["refill"], ["refill", "ink", "5"], ["refill", "paper", "many"], ["empty"]]
)
def test_mistakes_in_refills(kiosk: Running, words: list[str]) -> None:
    assert kioskctl(kiosk.socket, "consumables", *words).returncode == Code.USAGE


def test_every_command_stands_in_the_audit_log(kiosk: Running) -> None:
    kioskctl(kiosk.socket, "maintenance", "on", "--reason", "Nguyễn Văn Mẫu gọi 0901234567")
    kioskctl(kiosk.socket, "maintenance", "off")
    kioskctl(kiosk.socket, "consumables", "refill", "roll", "400")
    rows = answer(kiosk, "audit", "tail")
    assert isinstance(rows, list)
    by_name = {row["command"]: row for row in rows}
    assert by_name["refill"]["args"] == {"name": "roll", "count": "400"}
    assert by_name["refill"]["who"] and by_name["refill"]["result"] == "ok"
    on = next(row for row in rows if row["args"].get("on") == "true")
    assert on["args"]["reason"] == "***(29)" and on["origin"] == "local"
    assert [row["n"] for row in rows] == list(range(rows[0]["n"], rows[0]["n"] + len(rows)))
    shown = kioskctl(kiosk.socket, "audit", "tail").stdout
    assert "refill name=roll" in shown and "Mẫu" not in shown


def test_refused_and_unknown_commands_too(kiosk: Running) -> None:
    client = Client(kiosk.socket)
    for verb in ("refill", "no such verb"):
        with pytest.raises(ConsoleError):
            client.ask(verb, dict, secret="hunter2 correct horse")
    client.close()
    text = kioskctl(kiosk.socket, "audit", "tail", "--json").stdout
    assert '"command":"(unknown)"' in text and '"result":"usage"' in text
    assert "hunter2" not in text


def test_watching_the_status_is_written_once(kiosk: Running) -> None:
    client = Client(kiosk.socket)
    before = len(answer(kiosk, "audit", "tail", "--lines", "1000"))  # type: ignore[arg-type]
    for _ in range(5):
        client.ask("status", dict)
    client.close()
    after = len(answer(kiosk, "audit", "tail", "--lines", "1000"))  # type: ignore[arg-type]
    assert after - before == 2, "one status, and the tail before it"


def test_a_changed_entry_is_found(kiosk: Running, tmp_path: Path) -> None:
    done = kioskctl(kiosk.socket, "audit", "verify")
    assert done.returncode == 0 and "whole" in done.stdout
    copy = tmp_path / "kiosk.db"
    with contextlib.closing(sqlite3.connect(kiosk.folder / "state" / "kiosk.db")) as database:
        database.execute("VACUUM INTO ?", (str(copy),))
    changes = (
        ("UPDATE audit SET record = replace(record, 'ok', 'no') WHERE n = 3", "entry 3 does not"),
        ("DELETE FROM audit WHERE n = 2", "entry 2 is missing"),
    )
    others = [tmp_path / f"changed{number}.db" for number in range(len(changes))]
    for other, (change, _) in zip(others, changes, strict=True):
        shutil.copy(copy, other)
        with contextlib.closing(sqlite3.connect(other, isolation_level=None)) as database:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                database.execute(change)
            database.execute("DROP TRIGGER audit_stands")
            database.execute("DROP TRIGGER audit_keeps")
            database.execute(change)
    for found, (_, wrong) in zip(verdicts_of(others), changes, strict=True):
        assert found.startswith(wrong)


def verdicts_of(paths: list[Path]) -> list[str]:
    """In a process of its own: a process has one open store at a time."""
    program = (
        "import sys; from pathlib import Path\n"
        "from daemon.store import Store; from daemon.inside.audit import checked\n"
        "for path in sys.argv[1:]:\n"
        "    store = Store.open(Path(path))\n"
        "    print(store.read_now(checked).wrong)\n"
        "    store.close_now()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, paths)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


def test_what_may_stand_in_the_log() -> None:
    args = {"on": True, "count": 500, "who": "Lan Anh", "id": "079012345678", "a b": 1, "e": ""}
    assert redacted(args, frozenset()) == {
        "on": "true",
        "count": "500",
        "who": "***(7)",
        "id": "***(12)",
        "e": "",
    }
    assert redacted({"value": "plain"}, frozenset({"value"})) == {"value": "***(5)"}


def test_the_head_goes_upward(kiosk: Running) -> None:
    """What stands on the retained topic is the head that `verify` prints."""
    kiosk.wait(kiosk.app.console.audit._tell())
    uplink = kiosk.app.uplink
    assert uplink is not None
    data = uplink._standing._topics["audit/console"].data
    told = json.loads(data)
    store = kiosk.app.store
    assert store is not None
    found = kiosk.wait(store.read(checked))
    assert (told["n"], told["hash"]) == (found.n, "sha256:" + found.hash)
