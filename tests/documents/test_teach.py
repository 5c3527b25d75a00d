"""A further kind taught on the kiosk: the head, its file, the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from daemon.documents import taught, teach, teaching
from daemon.documents.classify import MODELS, Classifier
from daemon.documents.decode import decode
from daemon.documents.errors import ModelCorrupt, ModelMissing
from daemon.documents.pipeline import examine
from daemon.documents.taught import UNIT, Head, Taught

WIDTH = 64


def _cloud(rng: np.random.Generator, centre: np.ndarray, count: int) -> np.ndarray:
    rows = centre + rng.normal(0, 0.3, (count, WIDTH))
    return np.clip(rows, 0, 6).astype(np.float32)


@pytest.fixture
def clouds() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of a new kind, further ones of it, and rows of eight others."""
    rng = np.random.default_rng(5)
    centres = rng.uniform(0, 2, (9, WIDTH))
    others = np.concatenate([_cloud(rng, centre, 20) for centre in centres[1:]])
    return _cloud(rng, centres[0], 30), _cloud(rng, centres[0], 40), others


def _head(name: str, kernel: np.ndarray, bias: float, rows: np.ndarray) -> Head:
    samples = np.clip(np.round(rows / UNIT), 0, 255).astype(np.uint8).tobytes()
    return Head(
        name=name, photographs=len(rows), kernel=kernel.astype("<f4").tobytes(), bias=bias,
        samples=samples,
    )  # fmt: skip


def test_a_head_knows_its_kind_and_leaves_the_others_alone(clouds) -> None:  # type: ignore[no-untyped-def]
    shown, asked, others = clouds
    kernel, bias = teaching.fit(shown, others)
    assert ((asked @ kernel + bias) > 0).mean() >= 0.95
    assert ((others @ kernel + bias) > -1).mean() <= 0.01


def test_probabilities_are_shared_between_the_model_and_the_taught(clouds) -> None:  # type: ignore[no-untyped-def]
    shown, _, others = clouds
    kernel, bias = teaching.fit(shown, others)
    known = Taught("m", WIDTH, UNIT, (_head("the_moi", kernel, bias, shown),))
    own = np.array([0.7, 0.2, 0.1])
    for row, is_new in ((shown[0], True), (others[0], False)):
        joined = known.joined(own, row)
        assert joined.sum() == pytest.approx(1)
        assert (int(joined.argmax()) == 3) == is_new
        assert joined[0] / joined[1] == pytest.approx(3.5)


def test_the_file_comes_back_and_a_changed_one_is_refused(clouds, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    shown, _, others = clouds
    kernel, bias = teaching.fit(shown, others)
    path = tmp_path / "taught"
    Taught("m", WIDTH, UNIT, (_head("the_moi", kernel, bias, shown),)).save(path)
    back = taught.load(path)
    assert (back.model, back.names, back.heads[0].photographs) == ("m", ("the_moi",), len(shown))
    assert np.abs(back.samples("the_moi") - shown).max() <= UNIT / 2 + 1e-6
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelCorrupt, match="changed"):
        taught.load(path)
    with pytest.raises(ModelMissing):
        taught.load(tmp_path / "nothing")
    with pytest.raises(ModelCorrupt, match="kernel"):
        Taught("m", 3, UNIT, back.heads)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    pytest.importorskip("ai_edge_litert")
    made = Classifier.open()
    if not made.width or made.described.reference is None:
        pytest.skip("the released model tells no features")
    return made


def test_kinds_taught_to_another_model_are_not_used(classifier: Classifier) -> None:
    with pytest.raises(ModelCorrupt, match="another model"):
        classifier.learn(Taught("other", classifier.width, UNIT, ()))
    sha = classifier.described.sha256
    with pytest.raises(ModelCorrupt, match="features"):
        classifier.learn(Taught(sha, 3, UNIT, ()))


def test_a_reference_that_was_changed_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    told = classifier.described.reference
    assert told is not None
    with pytest.raises(ModelMissing):
        teaching.reference(tmp_path, classifier)
    (tmp_path / told.file).write_bytes((MODELS / told.file).read_bytes() + b"x")
    with pytest.raises(ModelCorrupt):
        teaching.reference(tmp_path, classifier)


def test_taught_from_photographs_by_the_command(
    classifier: Classifier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Photographs of a card that no training has seen; then the kiosk knows it and forgets it."""
    from models.specimens import OTHER, draw, photograph

    photos = []
    for seed in range(teaching.FEWEST + 1):
        page = draw(OTHER, seed, 1, 150, "eval", "the_thu_vien")
        photo = photograph(page, seed, (900, 675), 1, mat=True)
        path = tmp_path / f"mau_{seed}.jpg"
        photo.image.save(path, quality=90)
        photos.append(str(path))
    file = tmp_path / "taught"
    assert teach.main(["the_thu_vien", *photos[:-1], "--taught", str(file)]) == 0
    said = capsys.readouterr().out
    assert f"taught from {teaching.FEWEST} photographs" in said
    made = Classifier.open(taught=file)
    assert made.described.labels[-1] == "the_thu_vien"
    seen = examine(Path(photos[-1]).read_bytes(), None)
    asked = decode(seen.page_jpeg)
    assert made.classify(asked).guess == "the_thu_vien"
    strict = Classifier.open(known=frozenset(classifier.described.labels), taught=file)
    answer = strict.classify(asked)
    assert (answer.kind, answer.guess) == ("", "the_thu_vien"), "the catalogue has no name for it"
    old = np.asarray(draw("the_bhyt", 77, 1, 150))
    assert made.classify(old).guess == classifier.classify(old).guess
    assert teach.main(["--list", "--taught", str(file)]) == 0
    assert "the_thu_vien: 8 photographs" in capsys.readouterr().out
    assert teach.main(["the_thu_vien", "--forget", "--taught", str(file)]) == 0
    assert Classifier.open(taught=file).described.labels == classifier.described.labels


def test_what_cannot_be_taught_is_said(
    classifier: Classifier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "mau.jpg"
    photo.write_bytes(b"no picture")
    file = str(tmp_path / "taught")
    assert teach.main(["quyet_dinh", str(photo), "--taught", file]) == 1
    assert "knows this kind" in capsys.readouterr().err
    assert teach.main(["giay_la", str(photo), "--taught", file]) == 1
    assert "at least 8" in capsys.readouterr().err
    assert teach.main(["giay_la", str(tmp_path / "none.jpg"), "--taught", file]) == 1
    assert "none.jpg" in capsys.readouterr().err
    assert teach.main(["giay_la", "--forget", "--taught", file]) == 1
    with pytest.raises(SystemExit) as stopped:
        teach.main(["Giấy Lạ", str(photo), "--taught", file])
    assert stopped.value.code == 2
    assert not Path(file).exists()
