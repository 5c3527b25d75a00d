"""`kioskctl` in the test's own process: the same entry point, without the start of an interpreter.

That it is a program of its own, with a terminal, a locale and an exit code, is tested with
processes (`test_console_commands`, `test_console_terminal`, `test_console_tmux`).
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from daemon.console import terminal
from daemon.console.kioskctl import main


def kioskctl(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """One command, its output caught in files; nobody can type.  For the main thread."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
        Path(os.devnull).open() as nobody,
    ):
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            mock.patch.object(sys, "stdin", nobody),
            mock.patch.object(terminal, "utf8", lambda: True),
        ):
            try:
                code = main(["--socket", str(path), *words])
            except SystemExit as end:
                code = int(end.code or 0)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, code, out.read(), err.read())
