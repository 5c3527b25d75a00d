"""Numbers on further papers: right structure, right check digits, never issued."""

from __future__ import annotations

import random

import pytest

from models.specimens import people
from models.specimens.fonts import Split
from models.specimens.numbers import check_digit


@pytest.mark.parametrize("split", ["train", "eval"])
def test_the_two_lines_of_a_passport_carry_right_check_digits(split: Split) -> None:
    for seed in range(30):
        facts = people.facts(random.Random(seed), split)
        first, second = facts["p2.mrz3"].split("\n")
        assert {len(first), len(second)} == {44}
        assert first.startswith("P<VNM")
        assert second[:9].rstrip("<") == facts["p2.passport"]
        assert second[28:42].rstrip("<") == facts["p2.number"]
        for start, end in ((0, 9), (13, 19), (21, 27), (28, 42)):
            assert check_digit(second[start:end]) == int(second[end])
        whole = second[:10] + second[13:20] + second[21:43]
        assert check_digit(whole) == int(second[43])


def test_check_digits_of_the_printed_example() -> None:
    # a made-up passport: C1234567<0VNM9011056F3409109079190123456<<94
    assert check_digit("C1234567<") == 0
    assert check_digit("079190123456<<") == 9
    assert check_digit("C1234567<0" + "9011056" + "3409109079190123456<<9") == 4


def test_no_number_is_one_that_is_issued() -> None:
    for seed in range(40):
        facts = people.facts(random.Random(seed), "train")
        assert facts["p1.cmnd"].startswith("999")
        assert facts["p1.health"].startswith("99")
        assert facts["p1.health15"][3:5] == "99"
        assert facts["p1.licence"].startswith("99")
        assert facts["plate"].startswith("00-")
        assert facts["plate.car"].startswith("00")
        assert facts["land.old"][:2] in ("MU", "SP")
        assert len(facts["land.new"]) == len("MU 01234567")
        assert facts["household"].startswith("99")


def test_a_new_fact_leaves_those_before_alone() -> None:
    """The further numbers take nothing from the generator that draws the people."""
    rng = random.Random(5)
    assert people.facts(rng, "eval")["p1.number"] == "048297680499"
    assert rng.random() == pytest.approx(0.9967268145367039)
