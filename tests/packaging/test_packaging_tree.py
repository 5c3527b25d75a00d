"""The tree as a reader finds it: what lies at the top, how long files are, no host names."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import pytest

from tests.packaging.test_packaging_wheel import ROOT, held

TOP = {
    *(".ci", ".gitignore", ".importlinter", "CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md"),
    *("daemon", "dev", "docs", "drivers", "image-build", "models", "pyproject.toml", "setup.cfg"),
    *("systemd", "tests", "ui_kivy"),
}

LARGEST = 3 * 1024 * 1024
"""Bytes of one file in git: pictures of the documentation are the largest that belong there."""

LINES_AT_MOST = 600
"""A file of more than 400 asks for a look, of more than this for a cut."""
MEDIAN_LINES = 180

PLACES = re.compile(
    r"(?<![\w.])/(?:w[o]rk|r[o]ot|h[o]me)/[a-z.]"
    r"|(?:pypi|pythonhosted|registry\.npmjs)\.[o]rg|[a]rtifact-registry|/tmp/[b]rief"
)
"""Paths and package hosts of somebody's machine."""


@pytest.fixture(scope="module")
def files() -> set[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs to the tree is not known")
    return held(".")


def text_of(name: str) -> str | None:
    try:
        return Path(ROOT, name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def test_top_level(files: set[str]) -> None:
    assert {name.partition("/")[0] for name in files} == TOP


def test_no_file_names_a_machine(files: set[str]) -> None:
    found = [
        f"{name}: {match.group()}"
        for name in sorted(files)
        if (text := text_of(name)) is not None and (match := PLACES.search(text))
    ]
    assert found == []


def test_nothing_is_left_open(files: set[str]) -> None:
    marks = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
    found = [
        name
        for name in sorted(files)
        if name.endswith((".py", ".kv", ".toml", ".md", ".service"))
        and marks.search(text_of(name) or "")
    ]
    assert found == []


def test_files_have_one_subject(files: set[str]) -> None:
    lengths = {
        name: len((text_of(name) or "").splitlines()) for name in files if name.endswith(".py")
    }
    # an __init__ that only names its room says nothing about how the code is cut
    told = [length for length in lengths.values() if length > 8]
    assert statistics.median(told) < MEDIAN_LINES
    assert {name: n for name, n in lengths.items() if n > LINES_AT_MOST} == {}


def test_no_large_file(files: set[str]) -> None:
    sizes = {name: Path(ROOT, name).stat().st_size for name in sorted(files)}
    model = sizes.pop("models/kinds.tflite", 0)
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert model < 8 * 1024 * 1024, "the model is kept in git while it is small"


def test_no_font_is_kept(files: set[str]) -> None:
    assert [name for name in files if name.endswith((".ttf", ".otf", ".woff", ".woff2"))] == []


def test_scripts_can_be_started(files: set[str]) -> None:
    scripts = [name for name in files if (text_of(name) or "").startswith("#!")]
    assert "dev" in scripts
    assert [name for name in scripts if not Path(ROOT, name).stat().st_mode & 0o100] == []
