"""A small run of the fuzzer; `python -m tests.ui.fuzz --events 100000` is the whole one."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

EVENTS = 600


@pytest.mark.parametrize("seed", [1, 2])
def test_touches_keys_and_plugs_lead_nowhere_else(seed: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.fuzz", "--events", str(EVENTS), "--seed", str(seed)],
        capture_output=True,
        text=True,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen"},
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    assert "'touch'" in done.stdout
