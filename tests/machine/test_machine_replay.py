"""A recorded visit repeats from its masked journal, and a differing one is named."""

from __future__ import annotations

from pathlib import Path

import msgspec

from daemon.journal import Journal
from daemon.machine.__main__ import main
from daemon.machine.events import TrayChanged, Typed
from daemon.machine.personal import Personal
from daemon.machine.step import start, step
from tests.machine.walk import HOUSE, Walk, to_collect

NAME = "Đặng Hoàng Ẩn Danh"


def recorded(path: Path) -> Walk:
    """Writes the journal of a whole visit."""
    walk = to_collect(Walk())(TrayChanged(True), TrayChanged(False)).press("none", "star=4", "ok")
    walk.events = [
        Typed(Personal(NAME)) if isinstance(event, Typed) else event for event in walk.events
    ]
    journal = Journal(path, HOUSE)
    state = start(HOUSE)
    for event in walk.events:
        done = step(state, event, HOUSE)
        journal.note(event, done)
        state = done.state
    journal.close()
    return walk


def test_a_visit_replays_from_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    walk = recorded(path)
    assert main(["--replay", str(path)]) == 0
    assert len(path.read_bytes().splitlines()) == len(walk.events) + 1


def test_a_journal_holds_nobody(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    recorded(path)
    assert NAME.encode() not in path.read_bytes()
    assert b"***" in path.read_bytes()


def test_a_journal_that_differs_is_told(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "journal.jsonl"
    recorded(path)
    text = path.read_text().replace('"scene":"PagesShown"', '"scene":"Place"', 1)
    path.write_text(text)
    assert main(["--replay", str(path), "--json"]) == 1
    answer = msgspec.json.decode(capsys.readouterr().out)
    assert answer["differences"][0]["recorded"].startswith("Place")


def test_what_is_no_journal_is_said(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "journal.jsonl"
    path.write_text("{}\n")
    assert main(["--replay", str(path)]) == 2
    assert "line 1" in capsys.readouterr().err
