"""What the product imports stands in install_requires: a fresh set-up has nothing else."""

from __future__ import annotations

import ast
import configparser
import sys
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.test_packaging_wheel import ROOMS, ROOT, held

TRAINING = ("models/train.py", "models/training/", "models/mrz/")
"""Tools with an environment of their own (models/requirements-train.txt)."""

OPTIONAL = {"tflite_runtime", "picamera2", "libcamera"}
"""What a machine may have instead of, or beside, the packages named; asked for with care."""


def imported() -> dict[str, str]:
    """Top-level module → a file that imports it."""
    found: dict[str, str] = {}
    for name in sorted(held(*ROOMS)):
        if not name.endswith(".py") or name.startswith(TRAINING):
            continue
        for node in ast.walk(ast.parse((ROOT / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules = [node.module]
            else:
                continue
            for module in modules:
                found.setdefault(module.partition(".")[0], name)
    return found


def test_every_import_is_declared() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    declared = {
        canonicalize_name(Requirement(line).name)
        for line in config["options"]["install_requires"].splitlines()
        if line.strip()
    }
    own = {*ROOMS, *sys.stdlib_module_names, *OPTIONAL, "__future__"}
    providers = metadata.packages_distributions()
    missing = {}
    for module, file in imported().items():
        if module in own:
            continue
        by = {canonicalize_name(one) for one in providers.get(module, [])}
        if not by & declared:
            missing[module] = f"{file} (in {', '.join(sorted(by)) or 'no installed package'})"
    assert missing == {}
