"""`models.evaluate` and its figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models import evaluate, metrics
from models.specimens import OTHER, draw, photograph


def test_figures_of_a_small_set_by_hand() -> None:
    truth = [0, 0, 1, 1, metrics.UNKNOWN, metrics.UNKNOWN]
    said = [0, 1, 1, 1, 0, 1]
    sure = [0.9, 0.8, 0.4, 0.95, 0.3, 0.7]
    found = metrics.report(truth, said, sure, 0.5)
    assert found["pictures"] == 4
    assert found["accuracy"] == 0.75
    assert found["accepted"] == 0.75
    assert found["wrong_and_accepted"] == 0.25
    assert found["unknown_pictures"] == 2
    assert found["unknown_refused"] == 0.5
    assert metrics.report(truth, said, sure, 0.5, nothing=1)["unknown_refused"] == 1.0
    # bins: 0.4 right (gap 0.6), 0.8 wrong (gap 0.8), 0.9 and 0.95 right (gap 0.075)
    assert found["ece"] == pytest.approx((0.6 + 0.8 + 2 * 0.075) / 4, abs=1e-4)
    assert metrics.confusion(truth, said, 2) == [[1, 1], [0, 2]]


def test_nothing_to_measure_is_said_and_not_made_up() -> None:
    found = metrics.report([], [], [], 0.5)
    assert found["accuracy"] is None
    assert found["ece"] is None
    assert found["unknown_refused"] is None


def test_a_perfectly_calibrated_answer_costs_nothing() -> None:
    right = np.array([True] * 7 + [False] * 3)
    assert metrics.expected_calibration_error(right, np.full(10, 0.7)) == pytest.approx(0, abs=1e-9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("ai_edge_litert")
    home = tmp_path_factory.mktemp("pictures")
    for kind, seed in (("cccd_gan_chip_2021", 31), ("giay_khai_sinh", 31), (OTHER, 33)):
        (home / kind).mkdir()
        photo = photograph(draw(kind, seed, dpi=200), seed, (1400, 1050), 1, mat=True)
        photo.image.save(home / kind / "mau_1.jpg", quality=90)
    (home / "giay_khai_sinh" / "mau_2.jpg").write_bytes(b"no picture")
    return home


def test_a_folder_a_kind(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.main([str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["pictures"] == 3
    assert found["unknown_pictures"] == 1
    assert found["accuracy"] == pytest.approx(2 / 3, abs=1e-3)
    assert found["unreadable"] == ["giay_khai_sinh/mau_2.jpg"]
    assert sum(map(sum, found["confusion"])) == 2
    assert found["median_seconds"] > 0


def test_below_the_least_accuracy_it_fails(folder: Path) -> None:
    assert evaluate.main([str(folder), "--json", "--least", "0.99"]) == 1


def test_pages_go_straight_to_the_classifier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ai_edge_litert")
    (tmp_path / "bang_dai_hoc").mkdir()
    draw("bang_dai_hoc", 41, dpi=120).save(tmp_path / "bang_dai_hoc" / "mau_1.png")
    assert evaluate.main([str(tmp_path), "--pages"]) == 0
    said = capsys.readouterr().out
    assert "accuracy: 1.0" in said


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_pictures_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert evaluate.main([str(tmp_path / name)]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / name) in said
    assert "expected a folder" in said


def test_recall_and_certain_mistakes_by_hand() -> None:
    truth = [0, 0, 1, 1, metrics.UNKNOWN]
    said = [0, 1, 1, 1, 0]
    assert metrics.recall(truth, said, ("a", "b", "c")) == {"a": 0.5, "b": 1.0}
    assert metrics.wrong_and_certain(truth, said, [0.9, 0.95, 0.4, 0.9, 0.99]) == 0.25
    assert metrics.wrong_and_certain(truth, said, [0.9, 0.85, 0.4, 0.9, 0.99]) == 0.0
    assert metrics.wrong_and_certain([], [], []) is None


def test_a_model_that_is_not_there_is_said(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main([str(folder), "--models", str(tmp_path)]) == 1
    assert "model_missing" in capsys.readouterr().err
