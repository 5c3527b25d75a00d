"""What setup.cfg says, and that the locks cover it on every Python that we promise."""

from __future__ import annotations

import configparser
import importlib
import re
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "image-build" / "packages"
PYTHONS = ("3.11", "3.13")
MACHINES = ("x86_64", "aarch64")


@pytest.fixture(scope="module")
def config() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def environment(python: str, machine: str) -> dict[str, str]:
    return {
        **{key: str(value) for key, value in default_environment().items()},
        "python_version": python,
        "python_full_version": f"{python}.9",
        "platform_machine": machine,
        "sys_platform": "linux",
    }


def locked(name: str, where: dict[str, str]) -> dict[str, str]:
    """Package → version that the lock installs in this environment."""
    found: dict[str, str] = {}
    for line in (PACKAGES / name).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([a-z0-9][^=\s]*)==(\S+?)(?:\s*;\s*(.+?))?\s*\\?$", line)
        if match is None:
            continue
        package, version, marker = match.groups()
        if marker is None or Marker(marker).evaluate(where):
            assert package not in found, f"{package} twice for {where['python_version']}"
            found[package] = version
    return found


def test_metadata_is_complete(config: configparser.ConfigParser) -> None:
    metadata = config["metadata"]
    for key in ("name", "version", "description", "author", "license", "long_description"):
        assert metadata.get(key), f"setup.cfg says no {key}"
    assert (ROOT / metadata["license_files"]).read_text(encoding="utf-8").count("Apache License")
    version = re.escape(metadata["version"])
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {version}\b", changes, re.MULTILINE), "CHANGELOG.md lacks this version"


def test_every_requirement_is_bounded_and_in_order(config: configparser.ConfigParser) -> None:
    for text in (config["options"]["install_requires"], config["options.extras_require"]["test"]):
        wanted = [Requirement(line) for line in lines(text)]
        names = [canonicalize_name(one.name) for one in wanted]
        assert names == sorted(names)
        for one in wanted:
            assert any(part.operator in (">=", "==", "~=") for part in one.specifier), one


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_cover_setup_cfg(
    config: configparser.ConfigParser, python: str, machine: str
) -> None:
    where = environment(python, machine)
    run, test = locked("run.lock", where), locked("test.lock", where)
    assert run.items() <= test.items(), "the two locks disagree"
    for lock, text in (
        (run, config["options"]["install_requires"]),
        (test, config["options.extras_require"]["test"]),
    ):
        for line in lines(text):
            wanted = Requirement(line)
            if wanted.marker is not None and not wanted.marker.evaluate(where):
                continue
            version = lock.get(canonicalize_name(wanted.name))
            assert version is not None, f"{wanted.name} is not locked for Python {python}"
            assert wanted.specifier.contains(version, prereleases=True), f"{line}: {version}"


@pytest.mark.parametrize("name", ["run.lock", "test.lock"])
def test_every_locked_file_has_a_digest_and_no_place(name: str) -> None:
    text = (PACKAGES / name).read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text
    for block in re.split(r"\n(?=[a-z0-9])", text.strip()):
        if not block.startswith("#"):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_entry_points_lead_somewhere(config: configparser.ConfigParser) -> None:
    scripts = dict(
        line.split(" = ") for line in lines(config["options.entry_points"]["console_scripts"])
    )
    assert set(scripts) == {"kioskd", "kioskctl"}
    for target in scripts.values():
        module, _, name = target.partition(":")
        assert callable(getattr(importlib.import_module(module), name))


def test_debian_lists_name_each_package_once() -> None:
    seen: dict[str, str] = {}
    for path in (PACKAGES / f"{one}.debian" for one in ("run", "source", "test")):
        for line in path.read_text(encoding="utf-8").splitlines():
            name = line.partition("#")[0].strip()
            if name:
                assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name), f"{path.name}: {line!r}"
                assert name not in seen, f"{name} stands in {path.name} and {seen.get(name)}"
                seen[name] = path.name
