from __future__ import annotations

import io
import json
import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daemon.documents import borders
from daemon.documents.decode import decode
from daemon.documents.geometry import ordered
from models.pages import cases, fit, measure, papers
from models.pages.__main__ import main
from models.pages.world import Camera, Paper, Weather, World


def world(curl: tuple[float, ...] = (), tilt: float = 12) -> World:
    camera = Camera((800, 600), 420, tilt, 40, 1.1, 0.0, 0.0)
    sheet = papers.text_page(random.Random(4))
    return World("dark", [Paper(sheet, (6, -4), 9, curl)], camera, Weather(), 5)


def test_the_corners_are_where_the_drawing_has_them() -> None:
    made = world()
    truth = ordered(made.corners()[0])
    found = borders.exact(np.asarray(made.shoot()), truth + 2)
    assert np.abs(found.quad - truth).max() < 0.6


def test_a_curled_sheet_bends_its_borders_and_keeps_its_length() -> None:
    curl = tuple(15 * np.sin(np.linspace(0, np.pi, 25)) ** 2)
    sheet = world(curl).papers[0]
    t = np.linspace(0, 1, 2000)
    along = sheet.surface(t, np.zeros(2000))
    length = np.linalg.norm(np.diff(along, axis=0), axis=1).sum()
    assert length == pytest.approx(sheet.size()[0], rel=0.01)
    assert along[:, 2].max() == pytest.approx(15, rel=0.1)


def test_a_case_is_the_same_for_the_same_number() -> None:
    one, same, other = (cases.made("small_card", n) for n in (3, 3, 4))
    assert one.jpeg == same.jpeg
    assert one.jpeg != other.jpeg


def test_corners_are_told_for_the_picture_as_it_is_shown() -> None:
    made = cases.made("exif", 7)
    assert Image.open(io.BytesIO(made.jpeg)).getexif()[0x0112] in (3, 6, 8)
    shown = decode(made.jpeg)
    truth = ordered(made.quads[0])
    assert (truth < [shown.shape[1], shown.shape[0]]).all()
    assert np.abs(borders.exact(shown, truth).quad - truth).max() < 6


def test_draw_measure_and_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", str(tmp_path), "--case", "small_card", "--count", "2"]) == 0
    assert main(["measure", str(tmp_path), "--case", "small_card", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["small_card"]
    assert told["photographs"] == 2
    assert told["above_95"] == 1.0
    weights = fit.fit(tmp_path, ["small_card"])
    assert weights.photographs == 2
    fit.store(weights, tmp_path / "weights.json")
    assert "apart_min" in json.loads((tmp_path / "weights.json").read_text())["weight"]


def test_faults_are_counted_by_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faults", "--each", "2", "--fault", "dark"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"dark": {"dark": 2}, "none": {"ok": 2}}


def test_nothing_to_measure_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["measure", str(tmp_path)]) == 1
    assert "no photographs" in capsys.readouterr().err


def test_an_answer_is_right_only_with_its_verdict() -> None:
    answer = measure.Answer("cut_off", "1", "cut", "ok", 0.9, (0.97,), 0.97, 0.1)
    assert not answer.good
    assert measure.Answer("two", "1", "two", "two", 0.9, (0.97, 0.96), 0.97, 0.1).good
    assert not measure.Answer("two", "1", "two", "two", 0.9, (0.97, 0.5), 0.97, 0.1).good
