"""The parts of the training that need no TensorFlow."""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from daemon.catalogue import kinds as catalogue
from models import train
from models.training import samples, weights
from models.training.labels import LABELS
from models.training.samples import Job


def test_samples_are_the_same_for_the_same_job() -> None:
    job = Job("giay_khai_sinh", "illustration_blank", 5, 2, "eval")
    first, second = list(samples.make(job)), list(samples.make(job))
    assert [s.jpeg for s in first] == [s.jpeg for s in second]
    assert len({s.jpeg for s in first}) == 2


def test_a_sample_is_the_page_turned_as_it_says() -> None:
    """The pages of this kind stand upright: turned by one quarter they lie."""
    job = Job("giay_khai_sinh", "illustration_blank", 7, 6, "eval")
    turns = set()
    for sample in samples.make(job):
        wide, high = Image.open(io.BytesIO(sample.jpeg)).size
        assert (wide > high) == (sample.turn % 2 == 1)
        assert max(wide, high) == samples.LONG_SIDE
        turns.add(sample.turn)
    assert len(turns) > 1


def test_jobs_cover_every_form_and_never_mix_the_splits() -> None:
    train_jobs, unseen = samples.jobs("train", 6, 1, 9), samples.jobs("eval", 6, 1, 6)
    assert {job.split for job in train_jobs} == {"train"}
    assert len(train_jobs) == 6 * (len(LABELS) + 1) + 9
    shared = {(j.kind, j.form) for j in train_jobs} & {(j.kind, j.form) for j in unseen}
    # the drawings of things have no wording; some of them serve both splits in other styles
    assert {kind for kind, _ in shared} <= {"khong_phai_giay_to"}


def test_cards_are_known_by_their_size() -> None:
    assert samples.is_card("cccd_gan_chip_2021", "shifted")
    assert samples.is_card("the_bhyt", "illustrated")
    assert not samples.is_card("giay_khai_sinh", "illustration_blank")
    assert not samples.is_card("ho_chieu", "illustrated_cover")


def test_the_model_learns_every_kind_of_the_catalogue() -> None:
    assert set(LABELS) == set(catalogue.load())
    assert list(LABELS) == sorted(LABELS)
    assert {job.kind for job in samples.jobs("train", 1, 1, 0)} == set(LABELS)


def test_cut_out_straightens_a_quadrilateral() -> None:
    picture = np.zeros((400, 400, 3), np.uint8)
    picture[100:300, 150:250] = 200
    cut = samples.cut_out(picture, ((150, 100), (250, 100), (250, 300), (150, 300)))
    assert cut.shape == (samples.LONG_SIDE, samples.LONG_SIDE // 2, 3)
    assert cut[20:-20, 20:-20].min() > 190


class _Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return os.system, ("true",)


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.pth"
    path.write_bytes(pickle.dumps(_Evil()))
    with pytest.raises(weights.WeightsError, match="system"):
        weights.read(path)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(pickle.dumps(12))
    with pytest.raises(weights.WeightsError, match=r"other\.pth"):
        weights.read(path)


def test_wrong_arguments_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        train.main(["--epochs", "many"])
    assert stopped.value.code == 2
    with pytest.raises(SystemExit) as stopped:
        train.main(["--help"])
    assert stopped.value.code == 0
    assert "--pages" in capsys.readouterr().out
