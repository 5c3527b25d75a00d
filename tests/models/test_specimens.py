"""Specimens: complete, the same for the same seed, marked, and split without overlap."""

from __future__ import annotations

import numpy as np
import pytest

from daemon.catalogue import kinds as catalogue
from models.specimens import (
    OTHER,
    FormError,
    NoSuchPageError,
    draw,
    form_names,
    kinds,
    marks,
    page_count,
)
from models.specimens.fonts import Split
from models.specimens.forms import kind
from models.training.labels import LABELS


def test_every_kind_is_one_of_the_catalogue() -> None:
    known = {path.stem for path in catalogue.FOLDER.glob("*.json")}
    assert set(kinds()) == known
    assert set(LABELS) <= known


@pytest.mark.parametrize("kind_id", [*kinds(), OTHER])
def test_same_seed_same_page_and_another_seed_another(kind_id: str) -> None:
    first = draw(kind_id, 3, dpi=60)
    assert first.tobytes() == draw(kind_id, 3, dpi=60).tobytes()
    assert first.info["dpi"] == (60, 60)
    assert first.info["specimen"] == "true"
    other = draw(kind_id, 4, dpi=60)
    assert other.size != first.size or other.tobytes() != first.tobytes()


@pytest.mark.parametrize("kind_id", kinds())
@pytest.mark.parametrize("split", ["train", "eval"])
def test_every_form_draws(kind_id: str, split: Split) -> None:
    for form in form_names(kind_id, split):
        page = draw(kind_id, 5, dpi=50, split=split, form=form)
        assert page.mode == "RGB"
        assert min(page.size) > 60


@pytest.mark.parametrize("kind_id", [*kinds(), OTHER])
def test_every_page_says_that_it_is_a_specimen(
    kind_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = np.asarray(draw(kind_id, 2, dpi=60), int)
    monkeypatch.setattr(marks, "specimen", lambda sheet, rng: None)
    bare = np.asarray(draw(kind_id, 2, dpi=60), int)
    changed = np.abs(marked - bare).max(2) > 8
    rows, columns = np.nonzero(changed)
    assert changed.mean() > 0.01, "MẪU / SPECIMEN has to be seen"
    assert np.ptp(rows) > changed.shape[0] * 0.4
    assert np.ptp(columns) > changed.shape[1] * 0.4


def test_the_splits_share_no_form() -> None:
    for kind_id in (*kinds(), OTHER):
        if kind(kind_id).things:
            continue
        train, unseen = form_names(kind_id, "train"), form_names(kind_id, "eval")
        assert train
        assert unseen
        assert not set(train) & set(unseen)


def test_a_card_has_a_back_and_a_contract_two_pages() -> None:
    for seed in range(1, 5):
        assert page_count("cccd_gan_chip_2021", seed) == 2
        assert page_count("hop_dong_lao_dong", seed) == 2
    front, back = (draw("cccd_gan_chip_2021", 1, page, 100) for page in (1, 2))
    assert front.size == back.size
    assert front.tobytes() != back.tobytes()
    with pytest.raises(NoSuchPageError):
        draw("cccd_gan_chip_2021", 1, 3, 50)


def test_pages_break_alike_at_every_resolution() -> None:
    for seed in range(1, 4):
        counts = page_count("quyet_dinh", seed)
        with pytest.raises(NoSuchPageError):
            draw("quyet_dinh", seed, counts + 1, 140)
        draw("quyet_dinh", seed, counts, 140)


def test_a_sheet_has_its_true_size() -> None:
    a4 = draw("giay_khai_sinh", 1, dpi=100)
    assert a4.size == (827, 1169)
    card = draw("cccd_gan_chip_2021", 1, dpi=300)
    assert card.size == (1011, 638)


def test_unknown_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(FormError, match="giay_khai_sinh"):
        draw("giay_khai_tu", 1)
    with pytest.raises(FormError, match="illustration_blank"):
        draw("giay_khai_sinh", 1, form="blank_2020", split="eval")
