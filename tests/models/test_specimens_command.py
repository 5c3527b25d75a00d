"""`python -m models.specimens`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from models.specimens.__main__ import main


def test_flat_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cccd_gan_chip_2021", "--pages", "3", "--dpi", "150", "--out", str(tmp_path)]) == 0
    names = sorted(p.name for p in tmp_path.iterdir())
    assert names == ["mau_cccd_gan_chip_2021_1_1.jpg", "mau_cccd_gan_chip_2021_1_2.jpg"]
    assert len(capsys.readouterr().out.split()) == 2
    with Image.open(tmp_path / names[0]) as picture:
        assert picture.info["dpi"] == (150, 150)
        assert b"specimen=true" in picture.info["comment"]


def test_photographs_with_their_corners(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["quyet_dinh", "--photo", "--size", "640x480", "--dpi", "80", "--json"]
    assert main([*command, "--fault", "glare", "--out", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["corners"]) == 4
    with Image.open(tmp_path / found["file"]) as picture:
        assert picture.size == (640, 480)


@pytest.mark.parametrize(
    "wrong", [["hoa_don"], ["quyet_dinh", "--size", "wide"], ["quyet_dinh", "--level", "9"]]
)
def test_wrong_arguments(tmp_path: Path, wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*wrong, "--out", str(tmp_path)])
    assert stopped.value.code == 2
