"""What one gets wrong about certified copies, and where each of it is tested.

`PITFALLS` is the table; the first test says which of its tests is not there.  What had no better
place is tested here.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from functools import cache
from pathlib import Path

import pytest

from daemon.services.tickets.words import load

ROOT = Path(__file__).parents[2]

PITFALLS: dict[str, tuple[str, ...]] = {
    "1 the machine certifies": (
        "register/saga: a_refusal_authorises_nothing, only_what_was_accepted_is_sealed, "
        "a_certifier_out_of_term_certifies_nothing",
        "machine/explore: no_rule_is_broken_on_any_path, it_finds_money_before_the_decision",
    ),
    "2 SAO Y, sao y bản chính, công chứng on the copy": (
        "register/form: the_statement_letter_by_letter",
    ),
    "3 dead law is cited": ("register/pitfalls: no_text_cites_dead_law",),
    "4 a number a visit, a copy, a volume, a scan; two series in one book": (
        "register/numbers: one_number_a_paper_whatever_the_copies, "
        "the_same_original_in_the_morning_and_in_the_afternoon, "
        "what_is_not_signed_takes_no_number, a_new_volume_goes_on_after_the_old_one, "
        "counter_and_kiosk_share_one_series",
        "register/anything: whatever_happens",
    ),
    "5 the year of the request, days of UTC": (
        "register/numbers: the_new_year_begins_with_01_of_the_day_of_signing",
        "register/saga: the_year_begins_at_midnight_in_vietnam",
        "register/bound: a_month_is_of_vietnam",
    ),
    "6 15:00, weekends in code, swapped days": (
        "catalogue/calendar: due, the_rule_is_on_vietnam_time_whatever_the_zone_given, "
        "saturday_mornings_are_data, the_appointment_slip_says_hour_and_day",
    ),
    "7 fee by sides or sums, the cap for a request": (
        "payment/tariff: fee_of_one_copy, pages_of_different_originals_are_never_added_up, "
        "the_cap_is_for_each_copy, the_worked_example_of_three_originals",
    ),
    "8 lệ phí, 0 đồng online, a slip that passes for a biên lai": (
        "register/pitfalls: the_fee_is_a_fee_and_the_slip_no_receipt",
    ),
    "9 trang and tờ": (
        "register/form: the_statement_is_never_on_a_loose_sheet, "
        "seams_join_at_most_five_sheets_and_overlap",
        "register/places: the_statement_follows_the_content_of_the_last_page, "
        "sheets_are_numbered_and_have_places_for_the_seam_stamp",
    ),
    "10 one side of a card, retouched or rough pictures, text instead of the picture": (
        "machine/copy: a_two_sided_paper_asks_for_its_other_side",
        "documents/pdf: the_jpeg_is_the_one_that_came, "
        "the_hidden_text_is_found_where_it_stands_and_not_seen",
        "register/form: nothing_of_the_original_is_hidden",
        "register/places: cards_lie_at_true_size_on_one_sheet",
    ),
    "11 expired papers, foreign passports and diplomas; an apostille before its day": (
        "catalogue/refusals: what_is_no_ground_refuses_nothing, "
        "passports_and_diplomas_need_no_legalisation, an_apostille_is_enough_from_its_day",
        "services/tickets: an_apostille_is_a_way_out_from_its_day",
    ),
    "12 a seal's colour as a proof; calling a paper false": (
        "catalogue/refusals: only_a_person_judges_the_content",
        "register/pitfalls: nobody_is_told_that_a_paper_is_false",
        "services/tickets: no_slip_accuses_or_pretends_to_be_an_officers_form",
    ),
    "13 a secret page is kept for the officer": (
        "shell/secret: the_certifier_is_not_asked_before_everything_was_read, "
        "nothing_of_it_is_passed_on_either",
        "machine/copy: a_secret_paper_is_erased_at_once",
    ),
    "14 something is drawn after the signatures": (
        "register/signatures: what_was_added_after_the_signatures_is_found, "
        "a_changed_byte_is_found_wherever_it_is, poppler_says_the_same",
    ),
    "15 a person in the QR, address, report, log, job title or memo": (
        "visits/privacy: nobody_is_found",
        "register/privacy: errors_hold_no_name, the_name_is_on_the_disk_for_the_ward_only",
        "register/page: nothing_leaves_the_phone",
    ),
    "16 codes to count through, a page that shows pictures, deleted lines": (
        "register/proof: every_changed_bit_is_refused_or_not_signed",
        "register/saga: void_keeps_the_number_and_takes_back_what_has_not_left",
        "register/page: each_kind_of_bad_code_has_its_verdict",
        "register/chain: the_tables_themselves_refuse",
    ),
    "17 CRC, lengths, amounts and memos of the payment code; shown is not paid": (
        "payment/vietqr: a_payload_letter_by_letter, published_payloads_are_read, "
        "what_it_cannot_carry",
        "payment/matching: the_memo_is_found_in_what_banks_make_of_it, "
        "a_repeated_notice_counts_once",
        "shell/shell_money: a_transfer_is_booked_before_it_is_shown",
    ),
    "18 a PIN kept, no time stamp, test certificates without MẪU": (
        "register/token: a_wrong_pin_is_tried_once",
        "register/timestamp: required_and_not_there_delivers_nothing_and_keeps_the_number",
        "register/form: the_statement_letter_by_letter, under_the_states_root_nothing_says_sample",
    ),
    "19 scans are kept, consent is bundled or ticked": (
        "register/retention: digests_and_unused_codes_go_after_their_days",
        "machine/copy: consent_comes_before_anything_is_photographed, "
        "yes_and_no_to_consent_weigh_the_same",
        "visits/ways: whoever_walks_away_leaves_nothing",
    ),
    "20 decomposed letters, fonts without ữ ợ Đ": (
        "register/places: every_vietnamese_letter_is_drawn, every_font_is_embedded_as_a_subset",
        "register/pitfalls: every_printed_word_is_composed",
        "services/search: forms_of_unicode_do_not_matter",
    ),
    "21 wards, titles, tariff, calendar and forms in code": (
        "register/form: the_certifiers_title_is_configuration, a_wrong_template_is_named",
        "payment/tariff: the_table_of_the_day_holds",
        "payment/endings: exemptions_are_data",
        "catalogue/procedures: wards",
    ),
    "22 no way out, a limit that eats the paper, money before the decision": (
        "machine/explore: it_finds_a_screen_without_a_way_home, it_finds_a_forgotten_copy",
        "machine/copy: the_original_goes_back_before_money_is_asked_for, "
        "money_is_asked_for_only_after_the_yes",
    ),
}


@cache
def names_in(place: str) -> frozenset[str]:
    """Names of the functions in a file of tests."""
    room, _, name = place.partition("/")
    there = [ROOT / "tests" / room / f"test_{part}.py" for part in (f"{room}_{name}", name)]
    (path,) = [one for one in there if one.is_file()]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


@pytest.mark.parametrize("pitfall", PITFALLS)
def test_each_pitfall_has_its_tests(pitfall: str) -> None:
    for line in PITFALLS[pitfall]:
        place, _, names = line.partition(": ")
        for name in names.split(", "):
            assert f"test_{name}" in names_in(place), f"{place} has no test {name}"


def texts(language: str) -> dict[str, str]:
    """Everything that is shown or printed in a language, by key."""
    found = dict(load()["vi" if language == "vi" else "en"])
    po = (ROOT / f"ui_kivy/locale/{language}/LC_MESSAGES/kiosk.po").read_text(encoding="utf-8")
    for block in po.split("\n\n"):
        key = re.search(r'^msgid "(.+)"', block, re.M)
        if key is not None:
            found[key[1]] = " ".join(re.findall(r'^msgstr(?:\[\d\])? "(.*)"', block, re.M))
    return found


DEAD = ("13/2023", "79/2007", "20/2015/TT", "Phòng Tư pháp", "07/2025")
"""Replaced decrees, and an office that is no more."""


@pytest.mark.parametrize("name", ["form.toml", "bound.py", "export.py"])
def test_no_form_cites_dead_law(name: str) -> None:
    content = (ROOT / "daemon" / "register" / name).read_text(encoding="utf-8")
    assert not [word for word in DEAD if word in content]


def test_no_text_cites_dead_law() -> None:
    for language in ("vi", "en"):
        for key, text in texts(language).items():
            assert not [word for word in DEAD if word in text], key


def test_the_fee_is_a_fee_and_the_slip_no_receipt() -> None:
    shown = texts("vi")
    own = {key: text for key, text in shown.items() if key.startswith(("pay.", "receipt.", "free"))}
    assert len(own) > 20
    for key, text in own.items():
        assert "lệ phí" not in text.casefold(), key
        assert "0 đồng" not in text and "trực tuyến" not in text, key
    assert "biên lai" in shown["receipt.not_fiscal"]
    assert "không" in shown["receipt.not_fiscal"].casefold()


def test_nobody_is_told_that_a_paper_is_false() -> None:
    for key, text in texts("vi").items():
        assert not re.search(r"giấy (tờ )?giả|giả mạo|làm giả", text, re.I), key
    for key, text in texts("en").items():
        assert not re.search(r"\b(fake|forged|forgery|counterfeit)\b", text, re.I), key


def test_every_printed_word_is_composed() -> None:
    for name in ("form.toml", "bound.py", "export.py"):
        content = (ROOT / "daemon" / "register" / name).read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", content), name
    for language in ("vi", "en"):
        for key, text in texts(language).items():
            assert unicodedata.is_normalized("NFC", text), key
