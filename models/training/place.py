"""The training environment: a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "train-venv"
REQUIREMENTS = ROOT / "models" / "requirements-train.txt"
_MARK = HOME / "requirements.sha256"


def inside() -> bool:
    """Whether this interpreter is that of the training environment."""
    return Path(sys.prefix).resolve() == HOME.resolve()


def ready() -> bool:
    """Whether it has been installed from the requirements as they are now."""
    return _MARK.is_file() and _MARK.read_text().strip() == _wanted()


def install() -> None:
    """Makes it (about 2 GB); raises CalledProcessError with pip's own words on the terminal."""
    venv.create(HOME, with_pip=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "-r", str(REQUIREMENTS)], check=True)
    _MARK.write_text(_wanted() + "\n")


def again(arguments: list[str], module: str = "models.train") -> int:
    """Runs `python -m MODULE` inside it; returns its exit code."""
    command = [str(HOME / "bin" / "python"), "-m", module, *arguments]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **quiet}, check=False).returncode


def _wanted() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
