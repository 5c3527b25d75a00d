"""The screen of last resort: drawn once, shown on frame buffers of every size and depth."""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

SYSTEMD = Path(__file__).parents[2] / "systemd"


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not Path("/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf").exists():
        pytest.skip("fonts-noto-core is not installed here")
    path = tmp_path_factory.mktemp("picture") / "out-of-service.pgm"
    subprocess.run(
        [sys.executable, str(SYSTEMD / "draw-out-of-service"), str(path)], check=True, timeout=60
    )
    return path


def sysfs(folder: Path, width: int, height: int, bits: int, stride: int) -> Path:
    (folder / "virtual_size").write_text(f"{width},{height}\n")
    (folder / "bits_per_pixel").write_text(f"{bits}\n")
    (folder / "stride").write_text(f"{stride}\n")
    return folder


@pytest.mark.parametrize(
    ("width", "height", "bits", "mode"),
    [(1280, 800, 32, "BGRX"), (800, 480, 16, "BGR;16"), (480, 854, 24, "BGR")],
)
def test_it_fits_and_can_be_read(
    picture: Path, tmp_path: Path, width: int, height: int, bits: int, mode: str
) -> None:
    program: dict[str, Any] = runpy.run_path(str(SYSTEMD / "out-of-service"))
    stride = width * bits // 8 + 64
    made = program["frame"](program["read"](picture), sysfs(tmp_path, width, height, bits, stride))
    assert len(made) == stride * height
    shown = Image.frombytes("RGB", (width, height), made, "raw", mode, stride).convert("L")
    wanted = Image.open(picture)
    scale = min(width / wanted.width, height / wanted.height)
    size = int(wanted.width * scale), int(wanted.height * scale)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    box = (left, top, left + size[0], top + size[1])
    # the words are where they were drawn, and nothing is beside them
    expected = wanted.resize(size, Image.Resampling.NEAREST).point(lambda v: 255 * (v > 127))
    alike = sum(
        a == b
        for a, b in zip(
            shown.crop(box).point(lambda v: 255 * (v > 127)).tobytes(),
            expected.tobytes(),
            strict=True,
        )
    )
    assert alike / (size[0] * size[1]) > 0.97
    shown.paste(0, box)
    assert shown.getextrema() == (0, 0)


def test_it_stays_until_it_is_ended(picture: Path, tmp_path: Path) -> None:
    buffer = tmp_path / "fb0"
    buffer.touch()
    process = subprocess.Popen(
        [
            *(sys.executable, "-I", str(SYSTEMD / "out-of-service"), str(picture), str(buffer)),
            str(sysfs(tmp_path, 320, 200, 32, 1280)),
        ]
    )
    try:
        while process.poll() is None and buffer.stat().st_size < 1280 * 200:
            time.sleep(0.01)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_a_picture_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(b"P6 1 1 255 abc")
    done = subprocess.run(
        [sys.executable, "-I", str(SYSTEMD / "out-of-service"), str(tmp_path / "p"), os.devnull],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode != 0 and "P5" in done.stderr
