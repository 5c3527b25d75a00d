"""Machine-readable lines: check digits, layouts, what they say, and what is never accepted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.documents.mrz_decide import decide
from daemon.documents.mrz_glyphs import Chances
from daemon.documents.mrz_layout import (
    GLYPHS,
    TD1_VNM,
    check_digit,
    holds,
    layout_of,
)
from daemon.documents.mrz_parse import parse

CARD = """IDVNM1901234569079190123456<<9
9011056F3011054VNM<<<<<<<<<<<8
NGUYEN<<THI<MAU<<<<<<<<<<<<<<<"""
PASSPORT = """P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<
C1234567<0VNM9011056F3409109079190123456<<94"""
UTOPIA = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10"""
"""The example of ICAO Doc 9303 part 4, appendix A."""
TODAY = dt.date(2026, 11, 30)


def _chances(text: str, doubts: dict[tuple[int, int], dict[str, float]] | None = None) -> Chances:
    """A network sure of every letter but those in doubt."""
    lines = text.split("\n")
    table = np.full((len(lines), len(lines[0]), len(GLYPHS)), 1e-5)
    for row, line in enumerate(lines):
        for column, letter in enumerate(line):
            for glyph, chance in (doubts or {}).get((row, column), {letter: 1.0}).items():
                table[row, column, GLYPHS.index(glyph)] = chance
    table /= table.sum(axis=2, keepdims=True)
    return table.reshape(-1, len(GLYPHS))


def test_check_digits_of_the_standards_examples() -> None:
    # ICAO Doc 9303 part 3, 4.9 and appendix A
    assert check_digit("520727") == 3
    assert check_digit("AB2134<<<") == 5


@pytest.mark.parametrize("text", [CARD, PASSPORT, UTOPIA])
def test_examples_hold_and_one_wrong_checked_letter_does_not(text: str) -> None:
    lines = text.split("\n")
    layout = layout_of(lines)
    assert layout is not None
    assert holds(lines, layout)
    for row, column in layout.checked():
        for other in "1372":
            if check_digit(other) == check_digit(lines[row][column]):
                continue  # C is worth 12: no check digit tells it from a 2
            changed = list(lines)
            changed[row] = lines[row][:column] + other + lines[row][column + 1 :]
            assert not holds(changed, layout), (row, column, other)


def test_a_card_says_who_and_when() -> None:
    card = parse(CARD, TODAY)
    assert card is not None
    assert (card.format, card.document_code, card.issuing_state) == ("TD1", "ID", "VNM")
    assert (card.document_number, card.person_number) == ("190123456", "079190123456")
    assert (card.birth_date, card.expiry) == (dt.date(1990, 11, 5), dt.date(2030, 11, 5))
    assert (card.sex, card.nationality) == ("F", "VNM")
    assert (card.surname, card.given_names) == ("NGUYEN", "THI MAU")
    assert not card.cut_name
    assert "NGUYEN" not in repr(card)


def test_passports_of_here_and_elsewhere() -> None:
    own = parse(PASSPORT, TODAY)
    assert own is not None
    assert (own.format, own.document_number, own.person_number) == (
        "TD3", "C1234567", "079190123456",
    )  # fmt: skip
    assert own.expiry == dt.date(2034, 9, 10)
    foreign = parse(UTOPIA, TODAY)
    assert foreign is not None
    assert (foreign.document_number, foreign.person_number) == ("L898902C3", "")
    assert (foreign.birth_date, foreign.expiry) == (dt.date(1974, 8, 12), dt.date(2012, 4, 15))
    assert foreign.name == "ERIKSSON ANNA MARIA"


def test_a_personal_number_field_may_be_blank() -> None:
    first = "P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<"
    body = "C1234567<0VNM9011056F3409109" + "<" * 14
    for digit in "<0":
        second = body + digit
        whole = check_digit(second[:10] + second[13:20] + second[21:43])
        assert parse(f"{first}\n{second}{whole}", TODAY) is not None
    assert parse(PASSPORT.replace("<<94", "<<<4"), TODAY) is None, "not blank, so it has a digit"


def _card(born: str, until: str, number: str = "079190123456") -> str:
    first = f"IDVNM{number[3:]}{check_digit(number[3:])}{number}<<{check_digit(number + '<<')}"
    start = f"{born}{check_digit(born)}F{until}{check_digit(until)}VNM" + "<" * 11
    whole = check_digit(first[5:] + start[:7] + start[8:15] + start[18:])
    return f"{first}\n{start}{whole}\nNGUYEN<<THI<MAU<<<<<<<<<<<<<<<"


@pytest.mark.parametrize(
    ("born", "number", "year"),
    [("901105", "079190123456", 1990), ("050101", "079305123456", 2005),
     ("300101", "079130123456", 1930), ("300101", "001126000000", 1930)],
)  # fmt: skip
def test_the_century_of_a_birth(born: str, number: str, year: int) -> None:
    card = parse(_card(born, "301105", number), TODAY)
    assert card is not None
    assert card.birth_date is not None
    assert card.birth_date.year == year


@pytest.mark.parametrize("born", ["901305", "900230", "A01105"])
def test_a_day_that_does_not_exist_is_no_reading(born: str) -> None:
    assert parse(_card(born, "301105"), TODAY) is None


def test_the_numbers_of_a_card_agree_with_each_other() -> None:
    lines = _card("901105", "301105").split("\n")
    other = "190123457"
    lines[0] = f"IDVNM{other}{check_digit(other)}{lines[0][15:]}"
    whole = check_digit(lines[0][5:] + lines[1][:7] + lines[1][8:15] + lines[1][18:29])
    lines[1] = lines[1][:29] + str(whole)
    assert not holds(lines, TD1_VNM)


@given(st.text(max_size=120) | st.text(alphabet=GLYPHS + "\n", max_size=100))
def test_any_text_gets_an_answer(text: str) -> None:
    found = parse(text, TODAY)
    assert found is None or "\n".join(found.lines) == text


@given(st.data())
def test_nothing_is_accepted_with_a_wrong_check_digit(data: st.DataObject) -> None:
    lines = CARD.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        row, column = data.draw(st.integers(0, 2)), data.draw(st.integers(0, 29))
        letter = data.draw(st.sampled_from(GLYPHS))
        lines[row] = lines[row][:column] + letter + lines[row][column + 1 :]
    found = parse("\n".join(lines), TODAY)
    if found is not None:
        layout = layout_of(found.lines)
        assert layout is not None
        assert holds(found.lines, layout)


def test_letters_that_cannot_stand_there_are_not_read() -> None:
    doubts = {(0, 15): {"O": 0.9, "0": 0.1}, (1, 3): {"I": 0.8, "1": 0.2}}
    decided = decide(_chances(CARD, doubts), 3)
    assert decided is not None
    assert "\n".join(decided.lines) == CARD
    assert not decided.repaired


def test_one_doubtful_letter_is_repaired_where_the_digits_prove_it() -> None:
    decided = decide(_chances(PASSPORT, {(1, 4): {"6": 0.6, "4": 0.4}}), 2)
    assert decided is not None
    assert "\n".join(decided.lines) == PASSPORT
    assert decided.repaired


def test_two_ways_to_make_it_right_are_no_proof() -> None:
    place = (1, 2)
    assert UTOPIA.split("\n")[1][2] == "9"
    assert check_digit("9") == check_digit("J"), "19: no check digit tells them apart"
    assert decide(_chances(UTOPIA, {place: {"4": 0.5, "9": 0.3, "J": 0.2}}), 2) is None
    decided = decide(_chances(UTOPIA, {place: {"4": 0.6, "9": 0.4}}), 2)
    assert decided is not None
    assert "\n".join(decided.lines) == UTOPIA


def test_a_letter_the_network_excludes_repairs_nothing() -> None:
    wrong = PASSPORT.replace("C1234567", "C1234667")
    assert decide(_chances(wrong), 2) is None


def test_two_wrong_letters_are_not_repaired() -> None:
    doubts = {(1, 4): {"6": 0.6, "4": 0.4}, (1, 14): {"8": 0.6, "0": 0.4}}
    assert decide(_chances(PASSPORT, doubts), 2) is None


def test_cells_without_letters_are_no_zone() -> None:
    flat = np.full((90, len(GLYPHS)), 1 / len(GLYPHS))
    assert decide(flat, 3) is None


@given(st.integers(0, 2**32 - 1), st.sampled_from([CARD, PASSPORT, UTOPIA]), st.integers(0, 6))
def test_whatever_the_network_says_only_what_holds_is_accepted(
    seed: int, text: str, wrong: int
) -> None:
    rng = np.random.default_rng(seed)
    table = _chances(text) + rng.random((len(text.replace("\n", "")), len(GLYPHS))) * 0.01
    for place in rng.integers(len(table), size=wrong):
        table[place] = rng.random(len(GLYPHS)) ** 6
    table /= table.sum(axis=1, keepdims=True)
    decided = decide(table, text.count("\n") + 1)
    if decided is not None:
        layout = layout_of(decided.lines)
        assert layout is not None
        assert holds(decided.lines, layout)
