"""The strangers' drawings: repeatable, true to what is told of them, refused where no paper."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest

from daemon.catalogue.kinds import OTHER
from daemon.documents import codes, pipeline
from daemon.documents.classify import Classifier
from daemon.documents.messages import FieldValue
from tests.strangers import drawing, fields, oddities

CITIZENS = drawing.layouts(drawing.CITIZENS)
FACES = tuple(face for face in drawing.FACES if face.is_file())

pytestmark = pytest.mark.skipif(not FACES, reason="none of the type faces is installed")


@pytest.mark.parametrize("number", range(len(CITIZENS)))
def test_a_page_is_drawn_the_same_again_and_says_its_truth(number: int) -> None:
    layout = CITIZENS[number]
    one, two = (drawing.draw(layout, 3, FACES) for _ in range(2))
    assert one.image.tobytes() == two.image.tobytes()
    assert one.truth == two.truth
    if "@cardqr" in layout.lines:
        said = [codes.card(code.text) for code in codes.find(np.asarray(one.image), drawing.DPI)]
        assert len(said) == 1
        assert said[0] is not None
        number_ = one.truth.get("so") or one.truth.get("so_dinh_danh") or said[0].number
        assert said[0].number == number_
        assert said[0].name.upper() == one.truth.get("ho_ten", said[0].name.upper())


@pytest.mark.parametrize("thing", ["receipt", "screen", "hand"])
def test_what_is_no_paper_is_refused(thing: str) -> None:
    cv2.setNumThreads(1)
    held = io.BytesIO()
    oddities.shoot(thing, 1, FACES).save(held, "JPEG", quality=90)
    seen = pipeline.examine(held.getvalue(), Classifier.open())
    assert not seen.corners or seen.guess == OTHER


def test_cards_are_counted_by_the_worst_of_their_three_values() -> None:
    truth = {"so": "079190123456", "ho_ten": "NGUYỄN THỊ MẪU", "ngay_sinh": "05/11/1990"}
    right = {name: FieldValue(value, 0.95) for name, value in truth.items()}
    count = fields.Cards()
    count.add(truth, right)
    count.add(truth, {name: right[name] for name in ("so", "ho_ten")})
    count.add(truth, {**right, "so": FieldValue("079190123458", 0.8)})
    count.add(truth, {**right, "so": FieldValue("079190123458", 0.95)})
    told = (count.right, count.left_out, count.doubted, count.silent)
    assert (count.drawn, told) == (4, (1, 1, 1, 1))
