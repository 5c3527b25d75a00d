"""The dossier's parts without a machine: plan, slip, person, form, manifest."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from daemon.catalogue import procedures
from daemon.catalogue.roles import Role
from daemon.machine.dossier.parts import Held
from daemon.services import tickets
from daemon.services.dossiers import form, manifest, plan, slip
from daemon.services.dossiers.person import Person, Value, compare, person_of

FILE = procedures.load()
BIRTH = FILE.shown()["1.001193"]


def told(**values: str) -> dict[Role, Value]:
    return {role: Value(text, 0.97) for role, text in values.items()}  # type: ignore[misc]


def test_every_procedure_that_is_shown_can_be_planned() -> None:
    for code, item in FILE.shown().items():
        for language in ("vi", "en"):
            made = plan.planned(FILE, item, language)
            assert made.code == code and made.name
            assert len(made.wanted) == len(item.required_papers)
            ids = [one.id for one in made.wanted]
            assert len(set(ids)) == len(ids) and all(one.startswith(f"{code}/") for one in ids)
            asked = {question.id for question in made.questions}
            assert {one.case for one in made.wanted} - {""} == asked


def test_a_component_keeps_its_id_and_is_found_by_it() -> None:
    assert plan.places(BIRTH, {"1.001193/2", "1.001193/99", "2.000001/1"}) == (1,)


def test_a_slip_is_nine_digits_and_finds_every_single_wrong_one() -> None:
    code = slip.new_slip()
    assert slip.is_slip(code) and len({slip.new_slip() for _ in range(50)}) == 50
    for at, digit in itertools.product(range(9), "0123456789"):
        wrong = code[:at] + digit + code[at + 1 :]
        assert slip.is_slip(wrong) == (wrong == code)
    for junk in ("", "1", "12345678x", "١٢٣٤٥٦٧٨٩", code + "0", f" {code[1:]}"):
        assert not slip.is_slip(junk)
    assert slip.is_slip("123456782")  # Luhn's sum by hand: 1+4+3+8+5+3+7+7 = 38, so 2


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (told(person_number="1"), told(person_number="1"), "same"),
        (told(person_number="1", name="A B"), told(person_number="2", name="C D"), "other"),
        (told(name="Nguyễn Thị Mẫu"), told(name="NGUYỄN THỊ MẪU"), "same"),
        (told(name="Nguyễn Thị Mẫu"), told(name="TRẦN VĂN VÍ"), "other"),
        # a child's birth certificate is its mother's paper, too, although it has another number
        (
            told(person_number="1", name="TRẦN THỊ THỬ"),
            told(person_number="2", name="LÊ MẪU AN", mother_name="TRẦN THỊ THỬ"),
            "same",
        ),
        (told(name="LÊ VÍ"), told(wife_name="MAI VẼ", husband_name="LÊ VÍ"), "same"),
        (told(name="LÊ VÍ"), told(issue_date="01/01/2020"), "unknown"),
        (told(person_number="1"), told(name="LÊ VÍ"), "unknown"),
        ({}, told(name="LÊ VÍ"), "unknown"),
    ],
)
def test_whose_paper_it_is(
    first: dict[Role, Value], second: dict[Role, Value], expected: str
) -> None:
    assert compare(person_of(first), second) == expected


def test_what_was_not_read_for_sure_accuses_nobody() -> None:
    unsure: dict[Role, Value] = {"name": Value("TRẦN VĂN VÍ", 0.7)}
    assert compare(Person("1", "nguyen thi mau"), unsure) == "unknown"
    assert person_of(unsure) is None


def test_a_person_never_prints() -> None:
    person = person_of(told(name="NGUYỄN THỊ MẪU", person_number="079190000001"))
    assert "0791" not in repr(person) and "nguyen" not in repr(person)
    assert "NGUYỄN" not in repr(Value("NGUYỄN THỊ MẪU", 1.0))


def test_the_form_takes_the_surest_value_and_leaves_out_what_is_not() -> None:
    filled = form.filled(
        [
            {"name": Value("NGUYỄN MẪU", 0.8), "birth_date": Value("01/02/1990", 0.6)},
            {"name": Value("NGUYỄN THỊ MẪU", 0.95), "address": Value("Phường Thí Dụ", 0.9)},
        ]
    )
    lines = {one.name: one.value.reveal() for one in filled}
    assert lines == {
        "name": "NGUYỄN THỊ MẪU",
        "birth_date": "",
        "person_number": "",
        "sex": "",
        "residence": "Phường Thí Dụ",
        "phone": "",
    }


def test_the_manifest_names_what_is_enclosed_with_its_digest() -> None:
    wanted = plan.planned(FILE, BIRTH, "vi").wanted
    pdf = b"%PDF-1.7 a paper"
    found = manifest.components(
        BIRTH,
        wanted,
        (Held(1, ("page-1", "page-2"), "", "unchecked", other=True),),
        brought=(2,),
        missing=(0,),
        files={1: pdf},
    )
    assert [(one.id, one.status) for one in found] == [
        ("1.001193/1", "missing"),
        ("1.001193/2", "enclosed"),
        ("1.001193/3", "shown_at_counter"),
    ]
    file = found[1].file
    assert file is not None and file.sha256 == hashlib.sha256(pdf).hexdigest()
    assert (file.name, file.bytes, file.pages) == ("1.001193-2.pdf", len(pdf), 2)
    assert found[1].other_person and found[1].checked == "unchecked"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_slip_lists_papers_and_is_no_receipt(language: str) -> None:
    values = {"code": "123456782", "procedure": "1.001193", "have": "2,3", "missing": "1"}
    whole = tickets.render("dossier", values, language, "Phường Thí Dụ")  # type: ignore[arg-type]
    bare = {**values, "have": "", "missing": ""}
    short = tickets.render("dossier", bare, language, "Phường Thí Dụ")  # type: ignore[arg-type]
    assert whole.height > short.height + 100
    with pytest.raises(tickets.SlipError):
        tickets.render("dossier", {**values, "procedure": "0"}, "vi", "P")


def test_the_wards_receipt_is_printed_as_it_is_even_if_it_is_hostile() -> None:
    lines = "GIẤY TIẾP NHẬN\n\x1b@\x1dV\x00'; DROP TABLE\n" + "x" * 500
    assert tickets.render("official", {"lines": lines}, "vi", "P").width == 576
