"""The guided dossier, screen by screen."""

from __future__ import annotations

from typing import Any

from daemon.machine.dossier.begin import EXAMPLE
from daemon.machine.dossier.parts import FormField, Question, Wanted
from daemon.machine.effects import (
    AnyEffect,
    CheckPaper,
    Consent,
    DropPage,
    EndVisit,
    FillForm,
    FindDossier,
    OpenDossier,
    PackDossier,
    PrintTicket,
    Refuse,
)
from daemon.machine.events import (
    CopyFound,
    DossierFailed,
    DossierKept,
    Elapsed,
    Examined,
    FormFilled,
    Found,
    NotPlanned,
    PaperChecked,
    Planned,
    Pressed,
    SecretFound,
    Shown,
    TicketFailed,
    Typed,
)
from daemon.machine.personal import Personal
from tests.machine.walk import Walk, shoot

CODE = "1.004492"
PLAN = Planned(
    CODE,
    CODE,
    "Nhóm trẻ",
    (Question("rented", "Thuê nhà?"),),
    (
        Wanted(f"{CODE}/1", "Tờ khai"),
        Wanted(f"{CODE}/2", "Hợp đồng thuê", form="copy", case="rented"),
        Wanted(f"{CODE}/3", "Giấy khai sinh", form="copy", kinds=("giay_khai_sinh",)),
        Wanted(f"{CODE}/4", "Căn cước", form="shown", kinds=("cccd_gan_chip_2021",)),
        Wanted(f"{CODE}/5", "Giấy khác", if_any=True),
    ),
)
FILLED = FormFilled((FormField("name", Personal("NGUYỄN MẪU")), FormField("phone")))


def scene(walk: Walk) -> Any:
    """The scene, whose own fields a test knows."""
    return walk.state.scene


def last(walk: Walk, kind: type[AnyEffect]) -> Any:
    """The last effect of a type."""
    return walk.asked(kind)[-1]


def planned(walk: Walk | None = None) -> Walk:
    walk = (walk or Walk()).press("dossier")(Typed(Personal("nhom tre")), Found(((CODE, "N"),)))
    return walk.press(f"open={CODE}")(PLAN)


def agreed(answer: str = "no") -> Walk:
    return planned().press("yes", answer)


def paper(walk: Walk, kind: str = "", **verdict: object) -> Walk:
    """Photographs a first page; the check says so."""
    shoot(walk.press("photograph"), kind)
    page = scene(walk).page
    told: dict[str, Any] = {"verdict": "right", "kind": kind, **verdict}
    return walk(PaperChecked(page, **told))


def decided() -> Walk:
    """All papers: one unchecked, a copy, a card to be shown, and one that there is not."""
    walk = paper(agreed(), verdict="unchecked").press("done")
    return paper(walk, "giay_khai_sinh").press("done", "brought", "lack")


def kept() -> Walk:
    return decided()(FILLED).press("ok", "hand_in")(DossierKept("123456782"))


def names(walk: Walk) -> str:
    return walk.view.title.key


def test_nothing_is_photographed_before_a_yes() -> None:
    walk = planned()
    assert walk.view.name == "dossier.consent" and not walk.asked(Consent)
    assert walk.asked(OpenDossier) == [OpenDossier(CODE, "vi")]
    walk.press("no")
    assert walk.scene == "Home" and not walk.asked(Consent)


def test_a_no_leaves_the_papers_of_that_case_out() -> None:
    assert scene(agreed("no")).job.asked == (0, 2, 3, 4)
    for answer in ("yes", "unsure"):
        assert scene(agreed(answer)).job.asked == (0, 1, 2, 3, 4)


def test_going_back_takes_an_answer_back() -> None:
    walk = agreed("yes").press("photograph", "back")
    assert walk.scene == "PaperAsked" and "back" in walk.view.bar_off, "nothing lies before it"
    two = Walk()
    plan = Planned(CODE, CODE, "N", (Question("a", "A"), Question("b", "B")), PLAN.wanted)
    two.press("dossier")(Typed(Personal("n")), Found(((CODE, "N"),))).press(f"open={CODE}")(plan)
    two.press("yes", "yes", "back", "no", "no")
    assert scene(two).job.yes == ()


def test_what_the_recognition_cannot_know_is_marked_unchecked() -> None:
    walk = paper(agreed(), verdict="unchecked")
    assert walk.view.detail is not None and walk.view.detail.key == "dossier.unchecked"


def test_a_check_that_never_comes_leaves_it_unchecked() -> None:
    walk = shoot(agreed().press("photograph"), "")(Elapsed("check.late"))
    assert walk.view.detail is not None and walk.view.detail.key == "dossier.unchecked"


def test_the_wrong_paper_is_named_and_the_visitor_decides() -> None:
    walk = paper(paper(agreed(), verdict="unchecked").press("done"), "cccd", verdict="other")
    assert names(walk) == "dossier.doubt.kind"
    page = scene(walk).page
    again = walk.press("again")
    assert again.scene == "Place" and DropPage(page) in again.effects
    walk = paper(paper(agreed(), verdict="unchecked").press("done"), "cccd", verdict="other")
    walk.press("keep")
    assert scene(walk).job.at_hand.checked == "unchecked"
    assert last(walk, CheckPaper).kinds == ("giay_khai_sinh",)


def test_another_persons_and_an_expired_paper_are_asked_about_and_marked() -> None:
    for verdict, key, mark in (
        ({"person": "other"}, "dossier.doubt.other", "other"),
        ({"expired": True}, "dossier.doubt.expired", "expired"),
    ):
        start = paper(agreed(), verdict="unchecked").press("done")
        walk = paper(start, "giay_khai_sinh", **verdict)
        assert names(walk) == key
        walk.press("keep", "done")
        held = scene(walk).job.papers[-1]
        assert getattr(held, mark) and held.checked == "right"


def test_several_pages_make_one_paper() -> None:
    walk = paper(agreed(), verdict="unchecked").press("next")
    shoot(walk, "")
    assert walk.scene == "PaperShown" and len(scene(walk).job.pages) == 2
    last = scene(walk).job.pages[-1]
    walk.press("back")
    assert DropPage(last) in walk.effects and walk.scene == "PaperShown"


def test_a_secret_paper_goes_at_once_whenever_it_is_seen() -> None:
    walk = paper(agreed(), verdict="unchecked").press("done")
    walk(SecretFound("page-1"))
    assert walk.scene == "Gone" and DropPage("page-1") in walk.effects
    assert Refuse("secret") in walk.effects
    assert scene(walk.press("ok")).job.at == 0, "its paper is asked for again"


def test_a_copy_is_no_reason_to_stop_a_dossier() -> None:
    walk = paper(agreed(), verdict="unchecked")
    assert walk(CopyFound("page-1")).scene == "PaperShown"


def test_the_form_is_confirmed_and_can_be_changed() -> None:
    walk = decided()(FormFilled((FormField("name"), FormField("phone"))))
    assert names(walk.press("ok")) == "dossier.form_needs_name"
    walk.press("change", "field=name")(Typed(Personal("TRẦN MẪU"))).press("ok", "ok")
    assert walk.scene == "Summary"
    papers = last(walk, FillForm).papers
    assert [one.kind for one in papers] == ["", "giay_khai_sinh"]


def test_of_another_persons_paper_nothing_goes_into_the_form() -> None:
    walk = paper(
        paper(agreed(), verdict="unchecked").press("done"), "giay_khai_sinh", person="other"
    )
    walk.press("keep", "done", "brought", "lack")
    assert len(last(walk, FillForm).papers) == 1


def test_lacking_papers_never_end_the_flow() -> None:
    walk = agreed("yes").press("lack", "lack", "lack", "lack", "lack")(FILLED).press("ok")
    assert names(walk) == "dossier.partial" and walk.view.title.args == {"n": 4}
    walk.press("hand_in")
    packed = walk.asked(PackDossier)[-1]
    assert packed.missing == (0, 1, 2, 3), "one that is brought if there is any does not lack"


def test_one_that_lacked_is_there_after_all() -> None:
    walk = agreed("yes").press("lack", "lack", "lack", "lack", "lack")(FILLED).press("ok")
    paper(walk.press("paper=0"), verdict="unchecked").press("done")
    assert walk.scene == "Summary" and walk.view.title.args == {"n": 3}


def test_the_slip_tells_what_is_there_and_what_lacks() -> None:
    walk = kept()
    (slip,) = walk.asked(PrintTicket)
    assert slip.args == {
        "code": "123456782",
        "procedure": CODE,
        "have": "1,3,4",
        "missing": "",
        "unchecked": "1",
    }
    assert walk.view.body.number == "123456782"


def test_a_slip_that_is_not_printed_stands_on_the_screen() -> None:
    walk = kept()(TicketFailed("out"))
    assert walk.view.detail is not None and walk.view.detail.key == "dossier.slip_failed"
    walk.press("print")
    assert len(walk.asked(PrintTicket)) == 2


def test_what_cannot_be_packed_is_still_there() -> None:
    walk = decided()(FILLED).press("ok", "hand_in")(DossierFailed("vault"))
    assert names(walk) == "dossier.not_kept.vault"
    assert walk.press("hand_in")(DossierKept("123456782")).scene == "Kept"


def test_certified_copies_are_made_of_what_the_procedure_wants_so() -> None:
    walk = kept().press("copies")
    assert walk.scene == "ProductAsked"
    (original,) = scene(walk).job.originals
    assert original.kind == "giay_khai_sinh"
    assert scene(walk).job.requester == Personal("NGUYỄN MẪU")


def test_no_copy_of_what_was_not_recognised() -> None:
    start = paper(agreed(), verdict="unchecked").press("done")
    walk = paper(start, "cccd_gan_chip_2021", verdict="other").press("keep", "done", "lack", "lack")
    walk(FILLED).press("ok", "hand_in")(DossierKept("123456782"))
    assert not [one for one in walk.view.choices if one.action == "copies"]


def test_the_visit_ends_well() -> None:
    walk = kept().press("done")
    ended = walk.asked(EndVisit)[-1]
    assert ended.outcome == "done" and ended.flow == "dossier"


def test_at_the_camera_it_is_the_dossiers_visit() -> None:
    walk = agreed().press("photograph")
    assert walk.view.name == "dossier.place" and walk.view.steps[1] == "step.papers"
    shoot(walk, "")
    page = scene(walk).page
    walk(PaperChecked(page, "unchecked")).press("done", "photograph", "home")
    assert walk.state.overlay == "leave", "a paper is at stake"
    walk.press("yes")
    assert last(walk, EndVisit).flow == "dossier"


# -- going on with a slip -------------------------------------------------------------------


def typed(walk: Walk, code: str) -> Walk:
    return walk(*(Pressed("digit", digit) for digit in code)).press("ok")


def test_a_slip_goes_on_with_what_lacks() -> None:
    walk = typed(Walk().press("dossier", "continue"), "123456782")
    assert walk.effects[0] == FindDossier("123456782", "vi")
    plan = Planned("123456782", CODE, "N", PLAN.questions, PLAN.wanted, (0, 2, 3), ("rented",))
    walk(plan).press("yes")
    assert scene(walk).job.at == 1, "no question twice; the first paper that lacks"
    walk.press("lack", "lack")(FILLED).press("ok", "hand_in")
    assert last(walk, PackDossier).slip == "123456782"


def test_wrong_codes_lead_to_the_counter_and_a_dead_line_costs_no_try() -> None:
    walk = typed(Walk().press("dossier", "continue"), "1")
    for _ in range(4):
        typed(walk(NotPlanned("1", "down")), "1")
    for _ in range(2):
        typed(walk(NotPlanned("1", "unknown")), "1")
    walk(NotPlanned("1", "unknown"))
    assert walk.scene == "Choose" and names(walk) == "dossier.not.counter"


def test_an_answer_to_another_question_means_nothing() -> None:
    walk = Walk().press("dossier")(Typed(Personal("n")), Found(((CODE, "N"),)))
    walk.press(f"open={CODE}")(EXAMPLE)
    assert walk.scene == "Planning"


def test_a_house_without_dossiers_offers_none() -> None:
    from msgspec.structs import replace

    from tests.machine.walk import HOUSE

    walk = Walk(replace(HOUSE, dossiers=False))
    assert "dossier" not in [one.action for one in walk.view.choices]
    assert walk(Pressed("dossier")).scene == "Attract"


def test_a_procedures_page_leads_into_its_dossier() -> None:
    walk = Walk().press("lookup")(Typed(Personal("nhom tre")), Found(((CODE, "N"),)))
    walk.press(f"open={CODE}")(Shown(CODE, "N", (("papers", ("A",)),))).press("here", "dossier")
    assert walk.effects[0] == OpenDossier(CODE, "vi")
    assert walk(PLAN).view.name == "dossier.consent"


def test_examined_again_after_a_check_is_ignored() -> None:
    walk = paper(agreed(), verdict="unchecked")
    assert walk(Examined("page-1", "ok")).scene == "PaperShown"
