"""docs/field-troubles.md names a test that exists, or a reason, for each trouble; and the tests of
those troubles that have no better place.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.console.remedies import remedy
from drivers.escpos_line import encode
from tests.drivers.tickets import ticket

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "field-troubles.md"
TROUBLES = 33
_ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
_NAMED = re.compile(r"`(test_\w+)::(test_\w+)`")


def rows() -> dict[int, str]:
    """What stands in the last column, by number."""
    return {int(n): here for n, _, here in _ROW.findall(PAGE.read_text(encoding="utf-8"))}


def test_every_trouble_has_its_row() -> None:
    assert list(rows()) == list(range(1, TROUBLES + 1))


@pytest.mark.parametrize("number", range(1, TROUBLES + 1))
def test_what_a_row_names_is_there(number: int) -> None:
    named = _NAMED.findall(rows()[number])
    assert named or "Cannot happen: " in rows()[number]
    for file, test in named:
        found = list(TESTS.rglob(f"{file}.py"))
        assert found, f"no file {file}.py"
        assert test in _functions(found[0]), f"{file}.py has no {test}"


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_a_stall_sends_the_technician_to_the_cable() -> None:
    """picamera2#952: what looks like a hang may be a ribbon."""
    for reason in ("stall", "frozen", "unplugged"):
        assert "cable" in remedy("camera", reason, "")


def test_a_line_feed_stands_before_each_cut() -> None:
    assert encode(ticket(300)).endswith(b"\n\x1bd\x06\x1dV\x01"), "LF, feed six lines, cut"


def test_no_input_provider_of_kivys_own_is_active() -> None:
    """mtdev, hidinput and probesysfs would bring each touch again, and read scanners as panels."""
    code = (
        "from ui_kivy import environment\n"
        "environment.prepare(1080, 1920)\n"
        "from kivy.config import Config\n"
        "print(dict(Config['input']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "{'mouse': 'mouse,disable_multitouch'}"
