"""The command for scripts: one object a photo whatever the files are, and honest exit statuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from daemon.documents.__main__ import main
from daemon.documents.classify import MODELS
from tests.documents.hostile import paper, saved


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "paper.jpg"
    path.write_bytes(saved(paper()))
    return str(path)


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_bad_files_have_an_error_and_the_next_one_follows(
    photo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = tmp_path / "drawing.jpg"
    svg.write_bytes(b"<svg/>")
    names = [str(svg), str(tmp_path / "missing.jpg"), str(tmp_path), "/dev/zero", photo]
    assert main([*names, "--json", "--no-text"]) == 1
    told = objects(capsys)
    assert [one["photo"] for one in told] == names
    assert [one.get("error") for one in told] == [
        "not_a_picture",
        "No such file or directory",
        "Is a directory",
        "too_many_bytes",
        None,
    ]
    assert {frozenset(one) - {"error"} for one in told} == {frozenset(told[-1])}
    assert told[-1]["corners"]


def test_all_examined_is_0(photo: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([photo, "--json", "--no-text"]) == 0
    assert len(objects(capsys)) == 1


@pytest.mark.parametrize("arguments", [[], ["--json"], ["x", "--engine", "none"], ["x", "--sav"]])
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


@pytest.mark.parametrize("how", ["missing", "corrupt"])
def test_a_model_that_cannot_be_used_is_said_in_one_line(
    photo: str, tmp_path: Path, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    if how == "corrupt":
        for name in ("kinds.json", "kinds.tflite"):
            shutil.copy(MODELS / name, folder)
        data = bytearray((folder / "kinds.tflite").read_bytes())
        data[len(data) // 2] ^= 1
        (folder / "kinds.tflite").write_bytes(data)
    assert main([photo, "--json", "--models", str(folder)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert f"model_{how}" in said.err


def test_without_the_vietnamese_data_the_photo_is_still_examined(
    photo: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert main([photo, "--json"]) == 1
    (told,) = objects(capsys)
    assert str(told["error"]).startswith("reader_missing")
    assert told["corners"]
