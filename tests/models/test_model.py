"""The released model: whole, described, and right about papers it was not trained on."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import msgspec
import pytest

from daemon.documents.classify import MODELS, Classifier
from daemon.documents.pipeline import examine
from models.specimens import draw, photograph
from models.training.labels import ALIKE, LABELS


@pytest.fixture(scope="module")
def told() -> dict[str, object]:
    found: dict[str, object] = msgspec.json.decode((MODELS / "kinds.json").read_bytes())
    return found


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    pytest.importorskip("ai_edge_litert")
    return Classifier.open()


def test_the_digest_is_that_of_the_model(told: dict[str, object]) -> None:
    content = (MODELS / "kinds.tflite").read_bytes()
    assert hashlib.sha256(content).hexdigest() == told["sha256"]
    assert len(content) < 6_000_000


def test_the_labels_are_those_of_the_training(told: dict[str, object]) -> None:
    assert told["labels"] == list(LABELS)


def test_the_stored_pictures_cover_most_kinds_and_are_small(told: dict[str, object]) -> None:
    stored = told["selftest"]
    assert isinstance(stored, dict)
    assert set(stored.values()) <= set(LABELS)
    assert len(set(stored.values())) >= 30
    files = sorted(path.name for path in (MODELS / "selftest").iterdir())
    assert files == sorted(stored)
    assert all(name.startswith("mau_") for name in files)
    assert sum((MODELS / "selftest" / name).stat().st_size for name in files) < 800_000


def test_the_card_tells_the_figures_of_this_model(told: dict[str, object]) -> None:
    card = (MODELS / "CARD.md").read_text(encoding="utf-8")
    assert f"Version {told['version']}." in card


def test_it_is_all_integers(classifier: Classifier) -> None:
    kinds_of = {str(t["dtype"]) for t in classifier._network._runtime.get_tensor_details()}
    assert not any("float" in name for name in kinds_of), kinds_of


def test_flat_pages_that_it_has_not_seen(classifier: Classifier) -> None:
    """Two pages of each kind that the picture alone can tell, as a scanner would give them."""
    import numpy as np

    right = {}
    for kind in LABELS:
        pages = [np.asarray(draw(kind, seed, dpi=110)) for seed in (900, 901)]
        right[kind] = sum(classifier.classify(page).guess == kind for page in pages)
    told = {kind: count for kind, count in right.items() if kind not in ALIKE}
    lost = [kind for kind, count in told.items() if count == 0]
    assert len(lost) <= 2, lost
    assert sum(told.values()) >= 0.85 * 2 * len(told), right


def test_it_tells_what_it_sees(classifier: Classifier) -> None:
    import numpy as np

    assert classifier.width == 1280
    page = np.asarray(draw("the_bhyt", 3, dpi=150))
    seen = classifier.features(page)
    assert seen.shape == (classifier.width,)
    assert seen.min() >= 0
    assert np.count_nonzero(seen) > 100


def test_photographs_through_the_whole_pipeline(classifier: Classifier) -> None:
    papers = [kind for kind in LABELS if kind != "khong_phai_giay_to"][::4]
    right = 0
    for n, kind in enumerate(papers):
        photo = photograph(draw(kind, 950 + n, dpi=200), 950 + n, (1600, 1200), 1, mat=True)
        held = io.BytesIO()
        photo.image.save(held, "JPEG", quality=90)
        right += examine(held.getvalue(), classifier).guess == kind
    assert right >= len(papers) - 1


def test_a_changed_model_is_not_trusted(tmp_path: Path) -> None:
    from daemon.documents.errors import ModelCorrupt

    for path in MODELS.glob("kinds.*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    content = bytearray((tmp_path / "kinds.tflite").read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "kinds.tflite").write_bytes(content)
    with pytest.raises(ModelCorrupt, match="sha256"):
        Classifier.open(tmp_path)
