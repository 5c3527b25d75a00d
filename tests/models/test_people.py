"""Fictional people: numbers of valid structure that nobody alive can hold."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata

from models.specimens import people

PROVINCES = {
    int(code)
    for code in [
        "001",
        "002",
        "004",
        "006",
        "008",
        "010",
        "011",
        "012",
        "014",
        "015",
        "017",
        "019",
        "020",
        "022",
        "024",
        "025",
        "026",
        "027",
        "030",
        "031",
        "033",
        "034",
        "035",
        "036",
        "037",
        "038",
        "040",
        "042",
        "044",
        "045",
        "046",
        "048",
        "049",
        "051",
        "052",
        "054",
        "056",
        "058",
        "060",
        "062",
        "064",
        "066",
        "067",
        "068",
        "070",
        "072",
        "074",
        "075",
        "077",
        "079",
        "080",
        "082",
        "083",
        "084",
        "086",
        "087",
        "089",
        "091",
        "092",
        "093",
        "094",
        "095",
        "096",
    ]
}


def test_personal_numbers_have_the_valid_structure_and_lie_in_the_future() -> None:
    rng = random.Random(5)
    for split in ("train", "eval"):
        for _ in range(200):
            who = people.person(rng, split)
            number = who.number
            assert len(number) == 12
            assert number.isascii()
            assert number.isdigit()
            assert int(number[:3]) in PROVINCES
            assert int(number[3]) == 2 + who.woman, "century 2000-2099 and sex"
            assert int(number[4:6]) == who.born.year % 100
            assert who.born > dt.date(2059, 12, 31)


def test_parents_are_older_than_their_child() -> None:
    for seed in range(40):
        facts = people.facts(random.Random(seed), "eval")
        child = int(facts["p1.year"])
        assert child - int(facts["wife.year"]) >= 18
        assert child - int(facts["husband.year"]) >= 18


def test_the_splits_share_no_name_and_no_place() -> None:
    seen: dict[str, set[str]] = {}
    for split in ("train", "eval"):
        words = set()
        for seed in range(150):
            facts = people.facts(random.Random(seed), split)
            words |= {facts["p1.name"], facts["ward"], facts["school"], facts["firm"]}
        seen[split] = words
    assert not seen["train"] & seen["eval"]


def test_machine_readable_lines_carry_right_check_digits() -> None:
    for seed in range(30):
        facts = people.facts(random.Random(seed), "eval")
        first, second, third = facts["p1.mrz"].split("\n")
        assert {len(first), len(second), len(third)} == {30}
        assert people.check_digit(first[5:14]) == int(first[14])
        assert people.check_digit(second[:6]) == int(second[6])
        assert people.check_digit(second[8:14]) == int(second[14])
        whole = first[5:30] + second[:7] + second[8:15] + second[18:29]
        assert people.check_digit(whole) == int(second[29])
        assert facts["p1.number"] in first


def test_check_digit_of_the_standards_example() -> None:
    # ICAO Doc 9303 part 3, 4.9: the date 520727 has check digit 3; part 5: L898902C3 has 6
    assert people.check_digit("520727") == 3
    assert people.check_digit("L898902C3") == 6


def test_texts_are_composed() -> None:
    facts = people.facts(random.Random(1), "train")
    for text in facts.values():
        assert text == unicodedata.normalize("NFC", text)


def test_dates_in_words() -> None:
    said = people.date_words(dt.date(2065, 4, 25))
    assert said == "ngày hai mươi lăm, tháng bốn, năm hai nghìn không trăm sáu mươi lăm"
    assert people.date_words(dt.date(2005, 11, 1)) == (
        "ngày một, tháng mười một, năm hai nghìn không trăm linh năm"
    )
