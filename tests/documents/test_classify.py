from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from daemon.catalogue import kinds
from daemon.documents.classify import MODELS, Classifier
from daemon.documents.errors import ModelCorrupt, ModelMissing, SelfTestFailed

needs_model = pytest.mark.skipif(
    not (MODELS / "kinds.tflite").is_file(), reason="models/kinds.tflite is not there"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the installed model that a test may spoil."""
    for name in ("kinds.tflite", "kinds.json"):
        shutil.copy(MODELS / name, tmp_path / name)
    shutil.copytree(MODELS / "selftest", tmp_path / "selftest")
    return tmp_path


def change(folder: Path, **values: object) -> None:
    path = folder / "kinds.json"
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(path.read_bytes()), **values}))


@needs_model
def test_the_installed_model_passes_its_self_test() -> None:
    model = Classifier.open(known=frozenset(kinds.load()))
    assert model.described.selftest, "there has to be something that it is tested with"
    chances = model.chances(np.full((1754, 1240, 3), 220, np.uint8))
    assert chances.shape == (len(model.described.labels),)
    assert chances.sum() == pytest.approx(1)


@needs_model
def test_a_changed_byte_is_never_loaded(folder: Path) -> None:
    path = folder / "kinds.tflite"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelCorrupt, match="sha256"):
        Classifier.open(folder)


@needs_model
@pytest.mark.parametrize("name", ["kinds.tflite", "kinds.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelMissing, match=name):
        Classifier.open(folder)


@needs_model
def test_wrong_answers_to_the_stored_pictures_stop_it(folder: Path) -> None:
    described = msgspec.json.decode((folder / "kinds.json").read_bytes())
    labels, tests = described["labels"], described["selftest"]
    name, right = next(iter(tests.items()))
    change(folder, selftest={name: next(label for label in labels if label != right)})
    with pytest.raises(SelfTestFailed, match=right):
        Classifier.open(folder)


@needs_model
def test_a_description_that_does_not_fit_is_refused(folder: Path) -> None:
    described = msgspec.json.decode((folder / "kinds.json").read_bytes())
    change(folder, labels=described["labels"][:-1])
    with pytest.raises(ModelCorrupt, match="labels"):
        Classifier.open(folder)
    change(folder, labels=["nothing", *described["labels"][1:]])
    with pytest.raises(ModelCorrupt, match="nothing"):
        Classifier.open(folder, frozenset(kinds.load()))
    change(folder, labels=described["labels"], threshold="high")
    with pytest.raises(ModelCorrupt, match="threshold"):
        Classifier.open(folder)


@needs_model
def test_below_the_threshold_there_is_no_kind(folder: Path) -> None:
    change(folder, threshold=1.01)
    answer = Classifier.open(folder).classify(np.full((600, 400, 3), 200, np.uint8))
    assert answer.kind == ""
    assert answer.guess != ""
