"""Training drawings: varied, worn, and still the paper that they were."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image

from models.specimens import draw, form_names, page_count, vary, wear
from models.specimens.forms import Element, Fields, Table, kind


def _form(kind_id: str, name: str):  # type: ignore[no-untyped-def]
    return next(form for form in kind(kind_id).forms if form.name == name)


def test_the_same_generator_gives_the_same_printing() -> None:
    form = _form("giay_khai_sinh", "blank_2020")
    assert vary.varied(form, random.Random(3)) == vary.varied(form, random.Random(3))
    assert len({str(vary.varied(form, random.Random(n))) for n in range(20)}) == 20


def test_only_training_forms_vary() -> None:
    """Two seeds of the evaluation's only form stand in the same place, those of training do not."""
    name = form_names("can_cuoc_2024", "eval")[0]
    chips = set()
    for seed in range(4):
        page = np.asarray(draw("can_cuoc_2024", seed, 2, 100, "eval", name).convert("HSV"))
        gold = (page[..., 0] > 22) & (page[..., 0] < 38) & (page[..., 1] > 110)
        chips.add(int(np.median(np.nonzero(gold)[1])) // 4)
    assert len(chips) == 1


@pytest.mark.parametrize("seed", range(12))
def test_things_stay_on_the_card(seed: int) -> None:
    for form in kind("giay_phep_lai_xe").forms:
        for side in vary.varied(form, random.Random(seed)).sides:
            for block in side.blocks:
                if isinstance(block, Element) and block.what in ("portrait", "qr", "text"):
                    assert 0 <= block.x <= form.size_mm[0]
                    assert 0 <= block.y <= form.size_mm[1]
                    if block.what != "text":
                        assert block.x + block.w <= form.size_mm[0]


def test_tables_keep_their_columns_together() -> None:
    for kind_id in ("bang_diem", "hoc_ba", "gcn_ho_ngheo"):
        for form in kind(kind_id).forms:
            for seed in range(15):
                for side in vary.varied(form, random.Random(seed)).sides:
                    for block in side.blocks:
                        if isinstance(block, Table):
                            assert len(block.head) == len(block.widths)
                            assert len(block.cells) % len(block.widths) == 0
                        if isinstance(block, Fields):
                            assert block.rows


def test_a_paper_has_the_same_pages_whenever_it_is_drawn() -> None:
    for seed in range(3):
        count = page_count("hop_dong_lao_dong", seed, "train")
        first = draw("hop_dong_lao_dong", seed, count, 40, "train")
        assert first.tobytes() == draw("hop_dong_lao_dong", seed, count, 40, "train").tobytes()


def test_wear_changes_a_page_but_little() -> None:
    page = Image.new("RGB", (420, 594), "#ffffff")
    changed = []
    for seed in range(60):
        used = np.asarray(wear.worn(page, (210, 297), random.Random(seed)), float)
        changed.append(float(np.abs(used - 255).mean()))
    assert np.mean(np.asarray(changed) > 0) > 0.4
    assert max(changed) < 60
    assert np.asarray(page).min() == 255, "the page given stays as it is"
