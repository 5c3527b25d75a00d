"""The copy flow by examples: the way, and each branch that a citizen can take."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from daemon.machine.effects import (
    BeginVisit,
    CallOfficer,
    CancelPayment,
    Consent,
    DropPage,
    EndVisit,
    HandedOver,
    Later,
    OfferPayment,
    Paper,
    Print,
    PrintTicket,
    Rated,
    Refuse,
    Seal,
    Submit,
    Void,
    Withdraw,
)
from daemon.machine.events import (
    BedChanged,
    Captured,
    CaptureFailed,
    CardRead,
    CopyFound,
    Decided,
    DeviceBack,
    DeviceLost,
    Elapsed,
    Examined,
    ExamineFailed,
    PaperSeen,
    PaymentSeen,
    Pressed,
    PrintFailed,
    PrintProgress,
    Sealed,
    SealFailed,
    SecretFound,
    TrayChanged,
    Typed,
)
from daemon.machine.personal import Personal
from daemon.machine.values import Box
from daemon.machine.views import Picture
from tests.machine.walk import (
    HOUSE,
    Walk,
    shoot,
    to_collect,
    to_deciding,
    to_fee,
    to_name,
    to_pages,
    to_place,
    to_sealing,
)


def later(walk: Walk) -> list[str]:
    """Reasons of the requests that were passed on."""
    return [effect.reason for effect in walk.asked(Later)]


def test_the_whole_way_of_one_paper_and_two_copies() -> None:
    walk = to_collect(Walk())
    assert walk.scene == "Collect"
    walk(TrayChanged(True), TrayChanged(False)).press("none", "star=5", "ok")
    assert walk.scene == "Attract"
    paper = Paper("giay_khai_sinh", ("page-1",))
    name = Personal("Nguyễn Thị Mẫu")
    assert walk.asked(Submit) == [Submit((paper,), 2, "digital", name)]
    assert walk.asked(Seal) == [Seal((paper,), 2, "digital", name)]
    assert walk.asked(Print) == [Print(2, "digital")]
    assert walk.asked(OfferPayment) == [OfferPayment(4000)]
    assert len(walk.asked(HandedOver)) == 1
    assert walk.asked(Rated) == [Rated(5)]
    assert walk.asked(EndVisit) == [EndVisit("done", "copy", "Rate")]
    assert len(walk.asked(BeginVisit)) == 1


def test_consent_comes_before_anything_is_photographed() -> None:
    walk = Walk().press("copy", "start")
    assert walk.scene == "ConsentAsked"
    walk.press("no")
    assert walk.scene == "Declined"
    assert not walk.asked(Consent)
    walk.press("ok")
    assert walk.scene == "Home"


def test_yes_and_no_to_consent_weigh_the_same() -> None:
    choices = {choice.action: choice for choice in Walk().press("copy", "start").view.choices}
    assert choices["yes"].tone == choices["no"].tone == "plain"


def test_a_name_is_required_unless_the_house_says_otherwise() -> None:
    walk = to_name(Walk()).press("ok")
    assert (walk.scene, walk.view.title.key) == ("NameAsked", "name.empty")
    free = to_name(Walk(replace(HOUSE, ask_name="optional"))).press("skip")
    assert free.scene == "Place"


@pytest.mark.parametrize(("verdict", "key"), [("unread", "id.unread"), ("expired", "id.expired")])
def test_a_card_that_cannot_be_used_keeps_what_was_typed(verdict: str, key: str) -> None:
    walk = to_name(Walk())(Typed(Personal("Lê")), CardRead(verdict))  # type: ignore[arg-type]
    assert walk.view.title.key == key
    assert walk.view.body.text == Personal("Lê")


def test_a_card_is_confirmed_before_its_name_is_used() -> None:
    card = CardRead("ok", Personal("Trần Văn Mẫu"), Personal("•••• 1234"))
    walk = to_name(Walk())(card)
    assert walk.scene == "CardShown"
    assert shoot(walk.press("yes")).press("yes", "done", "digital", "copies=1").asked(Submit)[
        0
    ].requester == Personal("Trần Văn Mẫu")


def test_the_shot_comes_by_itself_only_where_the_paper_lies_still() -> None:
    walk = to_place(Walk())(PaperSeen("found"), Elapsed("shot"))
    assert walk.scene == "Place"
    walk(PaperSeen("still"), Elapsed("shot"))
    assert walk.scene == "Shooting"


def test_a_moving_paper_stops_the_ring() -> None:
    walk = to_place(Walk())(PaperSeen("still"), PaperSeen("moving"), Elapsed("shot"))
    assert walk.scene == "Place"


def test_the_page_just_taken_is_not_photographed_again_by_itself() -> None:
    walk = to_pages(Walk()).press("next")(PaperSeen("still"), Elapsed("shot"))
    assert walk.scene == "Place"
    walk(PaperSeen("moving"), PaperSeen("still"), Elapsed("shot"))
    assert walk.scene == "Shooting"


@pytest.mark.parametrize("quality", ["glare", "blur", "cut", "two", "empty", "dark", "small"])
def test_a_bad_picture_is_named_and_can_be_taken_again(quality: str) -> None:
    walk = shoot(to_place(Walk()), quality=quality, where=Box(0.8, 0.1, 0.1, 0.1))
    assert (walk.scene, walk.view.title.key) == ("Trouble", f"q.{quality}")
    assert walk.view.title.args["where"] == "top_right"
    walk.press("retry")
    assert walk.scene == "Place"
    assert walk.asked(DropPage) == [DropPage("page-1")]


def test_a_moved_picture_is_taken_once_more_before_anybody_is_troubled() -> None:
    walk = shoot(to_place(Walk()), quality="moved")
    assert walk.scene == "Shooting"
    walk(Captured("page-1"), Examined("page-1", "moved"))
    assert walk.scene == "Trouble"


def test_the_third_failure_offers_an_officer_first() -> None:
    walk = to_place(Walk())
    for _ in range(3):
        shoot(walk, quality="glare")
        first = walk.view.primary
        if walk.scene == "Trouble" and first is not None and first.action == "officer":
            break
        walk.press("retry")
    assert walk.view.primary is not None
    assert walk.view.primary.action == "officer"
    assert walk.view.title.key == "q.third"


def test_a_late_answer_for_another_page_changes_nothing() -> None:
    walk = to_place(Walk()).press("shoot")(Captured("page-7"))
    assert walk.scene == "Shooting"


@pytest.mark.parametrize(
    "event", [CaptureFailed("page-1", "stall"), Elapsed("shot.late")], ids=["failed", "late"]
)
def test_a_camera_that_fails_is_said_and_may_be_tried_again(event: object) -> None:
    walk = to_place(Walk()).press("shoot")(event)  # type: ignore[arg-type]
    assert walk.view.title.key == "q.camera"


def test_a_worker_that_dies_twice_costs_the_page_a_retry() -> None:
    walk = to_place(Walk()).press("shoot")(Captured("page-1"), ExamineFailed("page-1", "killed"))
    assert walk.view.title.key == "q.unreadable"


def test_a_secret_paper_is_erased_at_once() -> None:
    walk = shoot(to_place(Walk()), secret=True)
    assert walk.scene == "Refused"
    assert DropPage("page-1") in walk.effects
    assert Refuse("secret") in walk.effects


@pytest.mark.parametrize(
    ("kind", "verdicts", "reason"),
    [
        ("giay_khai_sinh", {"already_copy": True}, "copy"),
        ("ban_sao_chung_thuc", {}, "copy"),
        ("nuoc_ngoai", {}, "foreign"),
    ],
)
def test_what_may_not_be_copied_here_gets_a_lawful_way_out(
    kind: str, verdicts: dict[str, bool], reason: str
) -> None:
    walk = shoot(to_place(Walk()), kind, **verdicts)
    assert walk.view.title.key == f"ref.{reason}"
    walk.press("slip")
    assert PrintTicket("refusal", {"reason": reason}) in walk.effects
    assert "officer" in {choice.action for choice in walk.view.choices}


def test_a_copy_that_is_only_known_by_its_words_is_refused_before_the_decision() -> None:
    walk = to_deciding(Walk())(CopyFound("page-1"))
    assert walk.view.title.key == "ref.copy"
    assert Withdraw() in walk.effects
    assert DropPage("page-1") in walk.effects
    walk.press("retry")
    assert walk.scene == "Place"


def test_a_secret_that_is_only_known_by_its_words_goes_before_the_decision() -> None:
    walk = to_deciding(Walk())(SecretFound("page-1"))
    assert walk.view.title.key == "ref.secret"
    assert {Withdraw(), DropPage("page-1"), Refuse("secret")} <= set(walk.effects)
    walk.press("slip")
    assert PrintTicket("refusal", {"reason": "secret"}) in walk.effects


def test_one_copy_among_two_papers_leaves_the_other() -> None:
    walk = shoot(to_pages(Walk()).press("another")).press("yes")(CopyFound("page-1"))
    job = walk.press("retry").state.scene.job  # type: ignore[attr-defined]
    assert job.all_pages == ("page-2",)


def test_after_the_yes_a_copy_is_for_the_certifier_to_have_seen() -> None:
    walk = to_fee(Walk())(CopyFound("page-1"))
    assert walk.scene == "FeeShown"


def test_an_unsure_recognition_is_picked_from_pictures() -> None:
    walk = shoot(to_place(Walk()), kind="")
    assert walk.scene == "KindPick"
    walk.press("kind=giay_khai_sinh")
    assert walk.scene == "PagesShown"


def test_a_wrong_recognition_is_put_right() -> None:
    walk = shoot(to_place(Walk()), "cccd_gan_chip_2021").press("other", "kind=giay_khai_sinh")
    assert walk.state.scene.job.kind == "giay_khai_sinh"  # type: ignore[attr-defined]


def test_a_two_sided_paper_asks_for_its_other_side() -> None:
    walk = shoot(to_place(Walk()), "cccd_gan_chip_2021").press("yes")
    assert (walk.scene, walk.view.title.key) == ("Place", "pages.back_side")
    walk.press("back", "done")
    assert walk.scene == "SideMissing"


def test_the_same_side_twice_is_noticed() -> None:
    walk = shoot(to_pages(Walk()).press("next"), duplicate=True)
    assert walk.view.title.key == "q.same"


def test_another_kind_of_page_is_the_same_paper_or_a_new_one() -> None:
    walk = shoot(to_pages(Walk()).press("next"), "cccd_gan_chip_2021")
    assert walk.scene == "OtherKind"
    job = walk.press("new").state.scene.job  # type: ignore[attr-defined]
    assert job.papers == (Paper("giay_khai_sinh", ("page-1",)),)


def test_pages_are_moved_and_deleted() -> None:
    walk = shoot(to_pages(Walk()).press("next"))
    walk(Pressed("page", "page-2")).press("up")
    assert walk.state.scene.job.pages == ("page-2", "page-1")  # type: ignore[attr-defined]
    walk.press("delete")
    assert walk.state.scene.job.pages == ("page-1",)  # type: ignore[attr-defined]
    assert walk.effects[0] == DropPage("page-2")


def test_two_papers_are_one_request() -> None:
    walk = shoot(to_pages(Walk()).press("another")).press("yes", "done", "paper", "copies=3")
    (request,) = walk.asked(Submit)
    assert [paper.pages for paper in request.papers] == [("page-1",), ("page-2",)]
    assert (request.copies, request.product) == (3, "paper")


@pytest.mark.parametrize("typed", ["", "0", "21", "99"])
def test_a_number_of_copies_out_of_range_is_asked_again(typed: str) -> None:
    walk = to_pages(Walk()).press("done", "digital", "other")
    for digit in typed:
        walk(Pressed("digit", digit))
    walk.press("ok")
    assert walk.scene == "CopiesAsked"
    assert not walk.asked(Submit)


def test_a_number_of_copies_is_typed_with_the_pad() -> None:
    walk = to_pages(Walk()).press("done", "digital", "other")
    walk(Pressed("digit", "1"), Pressed("digit", "3"), Pressed("digit", "back"))
    walk(Pressed("digit", "2")).press("ok")
    assert walk.asked(Submit)[0].copies == 12


def test_without_a_page_printer_paper_is_not_offered_and_says_why() -> None:
    walk = to_pages(Walk())(DeviceLost("page_printer")).press("done")
    paper = next(choice for choice in walk.view.choices if choice.action == "paper")
    assert paper.why_not is not None
    assert walk(Pressed("paper")).scene == "ProductAsked"


def test_a_refusal_by_the_certifier_costs_nothing() -> None:
    walk = to_deciding(Walk())(Decided("refused", "altered"), Pressed("pay"))
    assert walk.scene == "NotCertified"
    assert not walk.asked(OfferPayment)
    assert walk.press("stop").asked(EndVisit)[0].outcome == "refused"


def test_a_page_can_be_asked_for_again_by_the_certifier() -> None:
    walk = to_deciding(Walk())(Decided("relay", "unclear")).press("retry")
    assert walk.scene == "Place"
    assert DropPage("page-1") in walk.effects


def test_the_marked_page_is_shown_with_its_mark_and_taken_again_into_its_place() -> None:
    walk = to_pages(Walk()).press("next")
    shoot(walk).press("done", "digital", "copies=2")
    mark = Box(0.5, 0.1, 0.2, 0.2)
    walk(Decided("relay", "glare", page="page-1", where=mark))
    assert walk.view.body == Picture("page-1", mark)
    walk.press("retry")
    assert walk.asked(DropPage) == [DropPage("page-1")]
    shoot(walk).press("done", "digital", "copies=1")
    assert walk.asked(Submit)[-1].papers == (Paper("giay_khai_sinh", ("page-1", "page-2")),)


def test_of_two_originals_only_the_marked_page_goes() -> None:
    walk = to_pages(Walk()).press("another")
    shoot(walk, "cccd_gan_chip_2021").press("yes")
    shoot(walk, "cccd_gan_chip_2021").press("done", "digital", "copies=2")
    walk(Decided("relay", "cut", page="page-1", where=Box(0, 0, 1, 0.5))).press("retry")
    shoot(walk).press("yes", "done", "digital", "copies=2")
    kinds = {paper.kind: paper.pages for paper in walk.asked(Submit)[-1].papers}
    assert kinds == {"giay_khai_sinh": ("page-1",), "cccd_gan_chip_2021": ("page-2", "page-3")}


def test_a_page_of_no_request_marks_the_last_one() -> None:
    walk = to_deciding(Walk())(Decided("relay", "cut", page="page-9")).press("retry")
    assert walk.asked(DropPage) == [DropPage("page-1")]


def test_by_live_camera_the_original_is_asked_to_stay() -> None:
    walk = to_deciding(Walk(replace(HOUSE, inspection="by_live_camera")))
    assert walk.view.detail is not None
    assert walk.view.detail.key == "seal.show_original"


def test_a_slow_certifier_leaves_the_choice() -> None:
    walk = to_deciding(Walk())(Elapsed("certifier"))
    assert walk.view.name == "copy.deciding_slow"
    assert walk.press("wait").view.name == "copy.deciding"
    walk(Elapsed("certifier")).press("later")
    assert Withdraw() in walk.effects
    assert later(walk) == ["certifier_busy"]


def test_the_original_goes_back_before_money_is_asked_for() -> None:
    walk = to_deciding(Walk())(Decided("accepted"))
    assert walk.scene == "TakeBack"
    assert walk(Elapsed("bed.officer")).asked(CallOfficer) == [CallOfficer("bed_left")]
    assert walk(BedChanged(False)).scene == "FeeShown"


def test_money_is_asked_for_only_after_the_yes() -> None:
    assert not to_deciding(Walk()).asked(OfferPayment)
    assert to_fee(Walk()).press("pay").asked(OfferPayment) == [OfferPayment(4000)]


def test_cancelling_before_money_is_seen_costs_nothing() -> None:
    walk = to_fee(Walk()).press("pay", "home", "yes")
    assert walk.scene == "Home"
    assert walk.asked(CancelPayment)
    assert not walk.asked(Seal)


@pytest.mark.parametrize("verdict", ["short", "over"])
def test_a_wrong_amount_goes_to_the_ward(verdict: str) -> None:
    walk = to_fee(Walk()).press("pay")(PaymentSeen(verdict))  # type: ignore[arg-type]
    walk.press("slip")
    assert later(walk) == ["wrong_amount"]


def test_whoever_walks_away_after_a_wrong_amount_loses_nothing() -> None:
    walk = to_fee(Walk()).press("pay")(PaymentSeen("short"), Elapsed("idle"), Elapsed("idle.end"))
    assert later(walk) == ["wrong_amount"]


def test_failed_sealing_voids_and_passes_the_request_on() -> None:
    walk = to_sealing(Walk())(SealFailed("token_absent"))
    assert walk.asked(Void) == [Void("token_absent")]
    walk.press("slip")
    assert later(walk) == ["seal_failed"]


def test_whoever_paid_for_nothing_may_have_the_money_back() -> None:
    walk = to_sealing(Walk())(SealFailed("token_absent")).press("refund")
    assert later(walk) == ["refund"]


def test_sealing_that_never_answers_ends_like_a_failure() -> None:
    assert to_sealing(Walk())(Elapsed("seal.slow"), Elapsed("seal.fail")).scene == "LaterAsked"


def test_paper_that_runs_out_is_waited_for() -> None:
    walk = to_sealing(Walk())(Sealed(("17",)), PrintProgress(1, 2), PrintFailed("no_paper"))
    assert walk.view.title.key == "print.nopaper"
    walk(PrintProgress(2, 2))
    assert walk.view.name == "copy.printing"


def test_a_printer_that_says_nothing_is_not_waited_for_for_ever() -> None:
    walk = to_sealing(Walk())(Sealed(("17",)), Elapsed("print.late"))
    assert walk.view.name == "copy.print_trouble"
    walk(Elapsed("print.hold"))
    assert walk.scene == "LaterDone"


def test_a_bad_print_is_printed_once_more_only() -> None:
    walk = to_collect(Walk()).press("bad")
    assert walk.asked(Print)[-1] == Print(2, "digital", again=True)
    from daemon.machine.events import Printed

    assert "bad" not in {choice.action for choice in walk(Printed(2)).view.choices}


def test_sheets_left_in_the_tray_block_the_next_visit() -> None:
    walk = to_collect(Walk())(TrayChanged(True), Elapsed("tray.officer"))
    assert walk.view.name == "left_tray"
    assert not walk.state.visit
    assert walk(TrayChanged(False)).scene == "Bye"


def test_a_paper_left_on_the_bed_is_never_forgotten() -> None:
    walk = shoot(to_place(Walk()))(Elapsed("idle"), Elapsed("idle.end"))
    assert walk.view.name == "left_bed"
    assert EndVisit("timeout", "copy", "KindAsked") in walk.effects
    assert walk(Elapsed("left.officer")).asked(CallOfficer) == [CallOfficer("bed_left")]
    assert walk(BedChanged(False)).scene == "Bye"


def test_without_the_wards_book_nobody_is_asked_and_nobody_pays() -> None:
    asked = to_pages(Walk())(DeviceLost("numbers")).press("done", "digital", "copies=2")
    assert (asked.scene, asked.view.detail.key) == ("LaterAsked", "later.no_numbers")
    paying = to_fee(Walk())(DeviceLost("numbers")).press("pay")
    assert (paying.scene, paying.view.detail.key) == ("LaterAsked", "later.no_numbers")
    back = to_fee(Walk())(DeviceLost("numbers"), DeviceBack("numbers")).press("pay")
    assert back.scene == "Paying"
