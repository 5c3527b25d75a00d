"""The wheel holds every file of the packages that git holds, and nothing else."""

from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("daemon", "drivers", "models", "ui_kivy")


def held(*paths: str) -> set[str]:
    """Files that git holds (new ones that nobody ignores too), as they lie in the tree."""
    said = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return {name for name in said.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built offline from a copy of what git holds."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: what belongs into the wheel is not known")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    top = ("setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
    for name in held(*ROOMS, *top):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    built = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps"),
            *("--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(source)),
        ],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    (made,) = folder.glob("*.whl")
    return zipfile.ZipFile(made)


def test_all_files_and_no_others(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    wanted = held(*ROOMS)
    assert wanted - inside == set(), "files that the wheel lacks"
    assert inside - wanted == set(), "files that nobody put there"


def test_metadata_of_the_wheel(wheel: zipfile.ZipFile) -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    (name,) = (one for one in wheel.namelist() if one.endswith(".dist-info/METADATA"))
    text = wheel.read(name).decode()
    assert f"Version: {config['metadata']['version']}" in text
    assert "License-Expression: Apache-2.0" in text or "License: Apache-2.0" in text
    assert "Requires-Python: >=3.11" in text
