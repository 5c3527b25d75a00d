"""The bench panel: what it says to the daemon, and what it shows of it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import get_args

from daemon.machine.values import Key
from ui_kivy.bench import KEYS, ROWS, describe

STATE = {
    "screen": "copy.place",
    "lamps": {"bed": "steady", "tray": "off"},
    "tray": ["a.png", "b.png"],
    "tickets": [],
    "bed": True,
    "paper": 498,
    "asked": "giay_khai_sinh: 2 pages × 2, digital",
    "memo": "SY123456",
    "amount": 8000,
    "lost": ["camera"],
}


def test_describe() -> None:
    text = describe(STATE)
    for part in ("copy.place", "bed steady", "2 sheets", "SY123456", "Lost: camera"):
        assert part in text
    assert "tray off" not in text


def test_every_key_has_a_button() -> None:
    assert set(KEYS) == set(get_args(Key))


def test_every_wish_is_json() -> None:
    for _, wishes in ROWS:
        for _, wish in wishes:
            assert json.loads(json.dumps(wish))["do"]


def test_no_kiosk_is_said_plainly(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui_kivy.bench", "--socket", str(tmp_path / "none.sock")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.returncode == 1
    assert "does not listen" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_window_ends_with_the_kiosk(tmp_path: Path) -> None:
    path = tmp_path / "bench.sock"
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen()
    server.settimeout(30)
    panel = subprocess.Popen(
        [sys.executable, "-m", "ui_kivy.bench", "--socket", str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "SDL_VIDEODRIVER": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        connection, _ = server.accept()
        connection.sendall(json.dumps({"state": STATE}).encode() + b"\n")
        connection.close()
        _, errors = panel.communicate(timeout=30)
        assert panel.returncode == 0, errors.decode()
        assert b"Traceback" not in errors
    finally:
        panel.kill()
        server.close()
