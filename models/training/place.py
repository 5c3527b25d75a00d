"""The training environment: a virtual environment of its own, made when it is first needed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable
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


def begin(arguments: list[str], module: str, work: Callable[[Callable[[str], None]], None]) -> int:
    """Does `work` in the training environment: made where it is missing, entered by starting
    `python -m MODULE ARGUMENT…` again there.  Returns the exit code.

    `work` gets what tells its progress; it imports what only that environment has.
    """
    if not inside():
        try:
            if not ready():
                _tell(f"making {HOME} (about 2 GB)")
                install()
        except (OSError, subprocess.CalledProcessError) as error:
            sys.stderr.write(f"the training environment could not be made: {error}\n")
            return 1
        return again(arguments, module)
    started = time.monotonic()
    work(_tell)
    _tell(f"done in {time.monotonic() - started:.0f} s")
    return 0


def again(arguments: list[str], module: str) -> int:
    """Runs `python -m MODULE` inside it; returns its exit code."""
    command = [str(HOME / "bin" / "python"), "-m", module, *arguments]
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"}
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **quiet}, check=False).returncode


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _wanted() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
