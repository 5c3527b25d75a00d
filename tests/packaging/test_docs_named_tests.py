"""Pages that promise something name the tests that hold it: each of them is there.

A name is `tests/folder/test_file.py::test_name`, or `test_file::test_name` for short.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
PAGES = ("threat-model.md", "field-troubles.md", "reliability.md", "privacy.md")
_NAMED = re.compile(r"`(?:(?P<path>tests/[\w/]+)\.py|(?P<file>test_\w+))::(?P<name>\w+)`")


@functools.cache
def functions(path: Path) -> frozenset[str]:
    """The test functions of a file, those of its classes too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    )


@functools.cache
def by_stem() -> dict[str, Path]:
    return {path.stem: path for path in TESTS.rglob("test_*.py")}


def missing(text: str) -> Iterator[str]:
    """What the text names and nobody wrote."""
    for named in _NAMED.finditer(text):
        path = (
            ROOT / f"{named['path']}.py" if named["path"] else by_stem().get(named["file"], Path())
        )
        if not path.is_file() or named["name"] not in functions(path):
            yield named.group()


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert _NAMED.search(text), "it names tests"
    assert list(missing(text)) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_name_escapes_by_its_writing(page: str) -> None:
    """A name without back ticks, or broken over two lines, would never be looked at."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert text.count("::test_") == len(_NAMED.findall(text))


def test_a_name_that_is_not_there_is_found() -> None:
    here = "tests/packaging/test_docs_named_tests.py"
    text = f"`{here}::test_nothing` `test_no_such_file::test_x` `tests/no/test_such.py::test_x`"
    assert len(list(missing(text))) == 3
    assert not list(missing(f"`{here}::test_a_name_that_is_not_there_is_found`"))


def test_every_threat_has_its_test_or_says_that_it_is_open() -> None:
    """The last column of each row of the threat model."""
    text = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    rows = [
        cells
        for line in text.splitlines()
        if line.startswith("|") and len(cells := line.strip("|").split(" | ")) == 4
    ]
    bodies = [cells for cells in rows if not re.match(r" ?(STRIDE|-+)", cells[0])]
    assert len(bodies) > 40
    assert {cells[0].strip() for cells in bodies} == set("STRIDE")
    without = [
        cells[1] for cells in bodies if not _NAMED.search(cells[3]) and "**Open**" not in cells[3]
    ]
    assert without == []
