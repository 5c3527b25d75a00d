"""Machine-readable zones on pages and in photographs; the network's rules of trust."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from daemon.documents import mrz, mrz_cells, mrz_find, pipeline
from daemon.documents.classify import MODELS
from daemon.documents.decode import Pixels, decode
from daemon.documents.errors import ModelCorrupt, ModelMissing, SelfTestFailed
from daemon.documents.mrz_glyphs import SELFTESTS, Glyphs
from models.codes import mrz as zones
from models.codes import papers
from models.specimens import FontMissingError, draw

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def glyphs() -> Glyphs:
    return Glyphs.open(MODELS)


def _page(seed: int, form: str, level: int) -> tuple[Pixels, str]:
    try:
        return zones.page(seed, form, level)
    except FontMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("level", [0, 2])
@pytest.mark.parametrize("form", ["TD1", "TD3"])
def test_zones_are_read_exactly(glyphs: Glyphs, form: str, level: int) -> None:
    for seed in range(3):
        page, text = _page(seed, form, level)
        zone = mrz.read(page, glyphs)
        assert zone is not None
        assert zone.code.text == text
        assert zone.code.type == "MRZ"
        assert zone.mrz.format == form
        assert 0 < zone.code.confidence <= 1


@pytest.mark.parametrize("scale", [0.5, 2.0])
def test_a_pages_resolution_does_not_matter(glyphs: Glyphs, scale: float) -> None:
    page, text = _page(5, "TD1", 0)
    other = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    zone = mrz.read(np.asarray(other, np.uint8), glyphs)
    assert zone is not None
    assert zone.code.text == text
    low, high = np.array(zone.code.corners).min(axis=0), np.array(zone.code.corners).max(axis=0)
    assert (low > 0).all()
    assert high[1] > 0.9 * other.shape[0]


@pytest.mark.parametrize("angle", [-2.5, 2.5])
def test_rows_may_run_askew_and_bent(glyphs: Glyphs, angle: float) -> None:
    page, text = _page(6, "TD1", 1)
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.95)
    turned = cv2.warpAffine(page, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    bent = cv2.remap(
        turned, x, y + 9 * np.sin(x / width * np.pi).astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    zone = mrz.read(np.asarray(bent, np.uint8), glyphs)
    assert zone is not None
    assert zone.code.text == text


@pytest.mark.parametrize("seed", [1, 5])
def test_a_pitch_that_changes_along_the_rows_is_followed(glyphs: Glyphs, seed: int) -> None:
    """Seen so far askew that the last letters stand an eighth closer than the first."""
    page, text = _page(seed, "TD3", 3)
    zone = mrz.read(page, glyphs)
    assert zone is not None
    assert zone.code.text == text


def test_letters_lost_or_touching_do_not_shift_the_others() -> None:
    page, _ = _page(7, "TD1", 0)
    (rows, *_) = mrz_find.find(page)
    whole = mrz_cells.fit(rows)
    assert whole is not None
    kept = [
        mrz_find.Row(np.delete(row.boxes, [0, 7, 8 + n, -1], axis=0), row.height)
        for n, row in enumerate([rows[0], rows[1]])
    ]
    joined = rows[2].boxes.copy()
    joined[4, 2] = joined[5, 0] + joined[5, 2] - joined[4, 0]
    kept.append(mrz_find.Row(np.delete(joined, 5, axis=0), rows[2].height))
    partly = mrz_cells.fit(kept)
    assert partly is not None
    assert np.abs(partly.centres - whole.centres).max() < 0.12 * whole.height


def test_pages_without_a_zone_have_none(glyphs: Glyphs) -> None:
    rng = np.random.default_rng(1)
    assert mrz.read(np.full((700, 1000, 3), 230, np.uint8), glyphs) is None
    assert mrz.read(rng.integers(0, 256, (700, 1000, 3), dtype=np.uint8), glyphs) is None
    assert mrz.read(np.zeros((64, 64, 3), np.uint8), glyphs) is None
    for kind in ("quyet_dinh", "bang_diem"):
        assert mrz.read(np.asarray(draw(kind, 3, dpi=200)), glyphs) is None


def test_only_papers_that_may_have_a_zone_are_searched() -> None:
    assert mrz.carries("")
    assert mrz.carries("ho_chieu")
    assert not mrz.carries("giay_khai_sinh")


@pytest.mark.parametrize("paper", papers.PAPERS)
def test_a_specimen_on_a_desk_yields_its_codes_exactly(glyphs: Glyphs, paper: papers.Paper) -> None:
    try:
        shown = papers.read(paper, 7100, 1, glyphs)
    except FontMissingError as error:
        pytest.skip(str(error))
    assert {code.type: code.text for code in shown.found} == shown.true


def test_the_door_tells_codes_in_pixels_of_the_photograph(tmp_path: Path) -> None:
    try:
        data, true = papers.photo("2024 back", 7100, 1, (2028, 1520))
    except FontMissingError as error:
        pytest.skip(str(error))
    photo = tmp_path / "mau.jpg"
    photo.write_bytes(data)
    command = [sys.executable, "-m", "daemon.documents", str(photo), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert {code["type"]: code["text"] for code in told["codes"]} == true
    page = np.array(told["corners"], np.float32)
    for code in told["codes"]:
        for x, y in code["corners"]:
            assert cv2.pointPolygonTest(page, (x, y), False) > 0
    # The zone runs along the lower edge, as one reads the card.
    zone = next(code for code in told["codes"] if code["type"] == "MRZ")
    middle = np.mean(zone["corners"], axis=0)
    lower, upper = page[2:].mean(axis=0), page[:2].mean(axis=0)
    assert np.linalg.norm(middle - lower) < np.linalg.norm(middle - upper)


def _copy(folder: Path) -> Path:
    (folder / SELFTESTS).mkdir()
    described = json.loads((MODELS / "mrz.json").read_bytes())
    for name in ("mrz.json", "mrz.tflite", *(f"{SELFTESTS}/{n}" for n in described["selftest"])):
        shutil.copy(MODELS / name, folder / name)
    return folder


def test_a_model_that_is_not_the_released_one_is_not_loaded(tmp_path: Path) -> None:
    home = _copy(tmp_path)
    assert Glyphs.open(home).described.version
    content = bytearray((home / "mrz.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (home / "mrz.tflite").write_bytes(content)
    with pytest.raises(ModelCorrupt, match="sha256"):
        Glyphs.open(home)
    (home / "mrz.tflite").unlink()
    with pytest.raises(ModelMissing):
        Glyphs.open(home)


@pytest.mark.parametrize(
    ("key", "value"), [("labels", ["A"]), ("input", [16, 16]), ("model", "../mrz.tflite")]
)
def test_a_description_of_something_else_is_refused(
    tmp_path: Path, key: str, value: object
) -> None:
    home = _copy(tmp_path)
    told = json.loads((home / "mrz.json").read_bytes())
    (home / "mrz.json").write_text(json.dumps({**told, key: value}))
    with pytest.raises(ModelCorrupt):
        Glyphs.open(home)


def test_a_model_that_reads_the_stored_letters_wrongly_is_refused(tmp_path: Path) -> None:
    home = _copy(tmp_path)
    told = json.loads((home / "mrz.json").read_bytes())
    name, letters = next(iter(told["selftest"].items()))
    told["selftest"] = {name: letters.replace("7", "8")}
    (home / "mrz.json").write_text(json.dumps(told))
    with pytest.raises(SelfTestFailed):
        Glyphs.open(home)
    (home / SELFTESTS / name).unlink()
    with pytest.raises(SelfTestFailed):
        Glyphs.open(home)


@pytest.mark.parametrize("seed", [11, 12])
def test_a_page_on_its_head_is_read_and_said_to_be(glyphs: Glyphs, seed: int) -> None:
    page, text = _page(seed, "TD1", 1)
    upright, turned = (
        mrz.read(page, glyphs),
        mrz.read(np.ascontiguousarray(page[::-1, ::-1]), glyphs),
    )
    assert upright is not None
    assert turned is not None
    assert (upright.code.text, upright.upside_down) == (text, False)
    assert (turned.code.text, turned.upside_down) == (text, True)
    mirrored = np.array([page.shape[1], page.shape[0]]) - 1 - np.array(turned.code.corners)
    assert np.abs(mirrored - np.array(upright.code.corners)).max() < 3


def test_a_card_photographed_upside_down_is_turned_by_its_zone(glyphs: Glyphs) -> None:
    kind = "cccd_gan_chip_2021"
    flat = draw(kind, 7002, 2, 300, form="illustration_card")
    height, width = flat.height + 400, flat.width + 400
    for quarters in (0, 2):
        desk = np.full((height, width, 3), (90, 70, 50), np.uint8)
        card = np.rot90(np.asarray(flat), quarters)
        desk[200:-200, 200:-200] = card
        _, jpeg = cv2.imencode(".jpg", desk[..., ::-1])
        seen = pipeline.examine(jpeg.tobytes(), None, glyphs=glyphs)
        first = np.array(seen.corners[0])
        assert (first < np.array([width, height]) / 2).all() == (quarters == 0)
        zone = mrz.read(decode(seen.page_jpeg), glyphs)
        assert zone is not None
        assert not zone.upside_down
