"""Visits that go another way than straight to the copies, and what they leave behind."""

from __future__ import annotations

import pytest

from daemon.catalogue import services
from daemon.frames import Frames
from daemon.machine.effects import CallOfficer
from daemon.machine.events import Elapsed, PaymentSeen, Typed
from daemon.machine.personal import Personal
from daemon.machine.views import Lines, Notice, View, actions
from daemon.payment.record import REFUND
from daemon.register.envelope import Unfinished
from daemon.store.models.visits import Daily
from tests.visits.papers import COPY, DEGREE
from tests.visits.visit import NAME, Visitor, audit

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def last_later(visitor: Visitor, before: int) -> Unfinished:
    """The one request that was passed on since."""
    (sealed,) = (await visitor.facts("sealed/request"))[before:]
    content = visitor.opened(sealed)
    assert isinstance(content, Unfinished)
    return content


# -- the certifier ---------------------------------------------------------------------------


async def test_the_certifier_refuses(visitor: Visitor) -> None:
    steps, slips = await visitor.steps(), visitor.slips()
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose(verdict="refused", reason="altered")
    await visitor.see("not_certified")
    assert visitor.shown.title.terms == {"reason": "reason.altered"}
    await visitor.press("slip")
    await visitor.soon(lambda: visitor.slips() == slips + 1)
    await visitor.press("stop")
    await visitor.see("left_bed")
    visitor.world.lift()
    await visitor.gone()
    assert await visitor.steps() == steps, "no number, no entry"


async def test_the_certifier_asks_to_see_it_again(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose(verdict="relay", reason="unclear")
    await visitor.on("lay_again", "retry")
    await visitor.paper(DEGREE)
    await visitor.choose()
    await visitor.pay()
    await visitor.collect()
    await visitor.leave(slip=False)
    assert (await visitor.steps())[-1] == "handed_over"


async def test_the_certifier_sends_to_the_counter(visitor: Visitor) -> None:
    before, slips = len(await visitor.facts("sealed/request")), visitor.slips()
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose(verdict="counter")
    await visitor.on("later", "slip")
    await visitor.see("later_done")
    await visitor.soon(lambda: visitor.slips() == slips + 1)
    passed = await last_later(visitor, before)
    assert passed.requester == NAME and len(passed.pictures) == 1
    visitor.world.lift()
    await visitor.press("stop")
    await visitor.gone()


# -- money -----------------------------------------------------------------------------------


async def test_too_little_money(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose()
    before, slips = len(await visitor.facts("sealed/request")), visitor.slips()
    await visitor.pay(amount=1000)
    await visitor.on("paid_wrong", "slip")
    await visitor.see("later_done")
    await visitor.soon(lambda: visitor.slips() == slips + 1)
    assert (await last_later(visitor, before)).requester == NAME
    assert await visitor.facts(REFUND), "the ward is told what it owes back"
    await visitor.press("stop")
    await visitor.gone()
    assert not audit(visitor.app)


async def test_the_same_notice_twice_pays_once(visitor: Visitor) -> None:
    paid: list[PaymentSeen] = []
    visitor.app.watchers.append(
        lambda event, before, step: paid.append(event) if isinstance(event, PaymentSeen) else None
    )
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose()
    money = visitor.app.money
    assert money is not None
    await visitor.pay(reference="FT-1")
    memo, amount = money.memo, money.amount
    await money.notice(f"CT {memo}", amount, "FT-1")
    await visitor.collect()
    await visitor.leave(slip=False)
    assert [event.verdict for event in paid] == ["exact"]


# -- paper and slips ---------------------------------------------------------------------------


async def test_the_printer_runs_out_and_is_filled(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.paper(DEGREE)
    visitor.world.load_paper(1)
    await visitor.choose(copies=3)
    await visitor.pay()
    await visitor.see("print_trouble")
    assert visitor.shown.title.key == "print.nopaper"
    printed = len(visitor.world.tray)
    visitor.world.load_paper()
    assert await visitor.collect() > printed
    await visitor.leave(slip=False)
    assert (await visitor.steps())[-1] == "handed_over"


async def test_a_jam_is_cleared(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.paper(DEGREE)
    visitor.world.jam(now=False)
    await visitor.choose()
    await visitor.pay()
    await visitor.see("print_trouble")
    assert visitor.shown.title.key == "print.jam"
    visitor.world.clear()
    await visitor.collect()
    await visitor.leave(slip=False)
    assert (await visitor.steps())[-1] == "handed_over"


async def test_the_receipt_without_a_ticket_printer(visitor: Visitor) -> None:
    slips = visitor.slips()
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose()
    await visitor.pay()
    await visitor.collect()
    visitor.world.pull("ticket_printer")
    await visitor.on("receipt", "paper")
    await visitor.on("rate", "star", "4")
    await visitor.gone()
    await visitor.until(lambda kiosk: "ticket_printer" in kiosk.state.world.lost)
    visitor.world.plug("ticket_printer")
    await visitor.until(lambda kiosk: "ticket_printer" not in kiosk.state.world.lost)
    assert visitor.slips() == slips


# -- looking up, waiting in line ---------------------------------------------------------------


async def test_a_procedure_and_its_slip(visitor: Visitor) -> None:
    slips = visitor.slips()
    await visitor.on("attract", "lookup")
    await visitor.happens(Typed(Personal("khai sinh")))
    await visitor.until(
        lambda kiosk: any(choice.action == "open" for choice in actions(kiosk.shown))
    )
    first = next(choice for choice in actions(visitor.shown) if choice.action == "open")
    await visitor.press(first.action, first.value)
    await visitor.on("procedure", "here")
    await visitor.on("here", "print")
    await visitor.soon(lambda: visitor.slips() == slips + 1)
    await visitor.until(lambda kiosk: offers(kiosk.shown, "sheet"))
    await visitor.press("sheet")
    await visitor.until(
        lambda kiosk: (
            kiosk.shown.detail is not None and kiosk.shown.detail.key == "lookup.done.sheet"
        )
    )
    assert visitor.world.take_sheets()
    await visitor.until(lambda kiosk: not kiosk.state.world.tray)
    await visitor.press("home")
    await visitor.see("home")
    await visitor.away()


def offers(shown: View, action: str) -> bool:
    return any(choice.action == action for choice in actions(shown))


async def test_from_a_life_event_to_a_queue_number(visitor: Visitor) -> None:
    await visitor.on("attract", "lookup")
    await visitor.on("ask", "browse", "event")
    await visitor.until(lambda kiosk: offers(kiosk.shown, "group"))
    await visitor.press("group", "marriage")
    await visitor.until(lambda kiosk: offers(kiosk.shown, "open"))
    await visitor.press("open", "1.000894")
    await visitor.on("procedure", "here")
    await visitor.on("here", "ticket")
    await visitor.on("priority", "no")
    await visitor.see("taken")
    await visitor.press("ok")
    await visitor.gone()


async def test_from_a_procedure_to_copies(visitor: Visitor) -> None:
    await visitor.on("attract", "lookup")
    await visitor.happens(Typed(Personal("sao y")))
    await visitor.until(lambda kiosk: offers(kiosk.shown, "open"))
    await visitor.press("open", "2.000815")
    await visitor.on("procedure", "here")
    await visitor.on("here", "copy")
    await visitor.see("begin")
    await visitor.press("home")
    await visitor.see("home")
    await visitor.away()


@pytest.mark.parametrize(
    "typed",
    ["sao y" + " giấy" * 1200, "🙂" * 5000, '" OR NEAR(*) --', "'; DROP TABLE x; --", "\x1b@\x1dV"],
)
async def test_words_that_are_none(visitor: Visitor, typed: str) -> None:
    """The screen goes on, and what is found is what the words in it mean, or nothing."""
    await visitor.on("attract", "lookup")
    await visitor.happens(Typed(Personal(typed)))
    await visitor.until(
        lambda kiosk: (
            offers(kiosk.shown, "open")
            or kiosk.shown.title.key == "lookup.none"
            or offers(kiosk.shown, "browse")
        )
    )
    await visitor.press("back")
    await visitor.see("home")
    await visitor.away()


async def test_services_for_the_phone(visitor: Visitor) -> None:
    await visitor.on("attract", "digital")
    await visitor.until(lambda kiosk: offers(kiosk.shown, "online"))
    assert not offers(visitor.shown, "status"), "no gateway: said in grey"
    await visitor.press("online", "portal")
    await visitor.see("online")
    assert isinstance(visitor.shown.body, Notice)
    assert visitor.shown.body.qr == "https://dichvucong.gov.vn/"
    await visitor.press("ok")
    await visitor.on("menu", "guide")
    for _ in range(6):
        await visitor.press("next")
    await visitor.see("menu")
    await visitor.press("home")
    await visitor.away()


async def test_opening_hours_and_a_rating_with_reasons(visitor: Visitor) -> None:
    store = visitor.app.store
    assert store is not None
    await visitor.on("attract", "info")
    await visitor.on("menu", "hours")
    await visitor.until(
        lambda kiosk: isinstance(kiosk.shown.body, Lines) and bool(kiosk.shown.body.lines)
    )
    await visitor.press("back")
    await visitor.on("menu", "rate")
    await visitor.on("ask", "star", "2")
    await visitor.on("why", "why", "wait")
    await visitor.press("ok")
    await visitor.gone()

    def counted() -> set[str]:
        return {row.name for row in Daily.select().where(Daily.name.contains("."))}

    names: set[str] = set()
    while not {"rating.2", "complaint.wait"} <= names:
        names = await store.read(counted)
    assert "complaint.staff" not in names


async def test_help_that_does_not_come_is_called_again(visitor: Visitor) -> None:
    await visitor.see("attract", "home")
    await visitor.press("help")
    await visitor.press("call")
    await visitor.soon(lambda: visitor.world.lamps.get("help") == "breathing")
    step = await visitor.happens(Elapsed("help.late"))
    assert [effect for effect in step.effects if isinstance(effect, CallOfficer)] == [
        CallOfficer("no_answer")
    ]
    assert visitor.shown.title.key == "help.late"
    await visitor.soon(lambda: visitor.world.lamps.get("help") == "blinking")
    await visitor.press("cancel")
    await visitor.soon(lambda: visitor.world.lamps.get("help") == "off")
    await visitor.away()


async def test_a_queue_number(visitor: Visitor) -> None:
    slips = visitor.slips()
    await visitor.on("attract", "ticket")
    service = next(iter(services.load()))
    await visitor.on("service", "service", service)
    await visitor.on("priority", "no")
    await visitor.see("taken")
    await visitor.soon(lambda: visitor.slips() == slips + 1)
    await visitor.press("ok")
    await visitor.gone()


# -- leaving ------------------------------------------------------------------------------------


async def test_a_copy_is_not_copied(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.page(COPY)
    await visitor.see("refused")
    assert visitor.shown.title.key == "ref.copy"
    visitor.world.lift()
    await visitor.press("stop")
    await visitor.gone()


async def test_whoever_walks_away_leaves_nothing(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.page(DEGREE)
    await visitor.see("kind")
    assert visitor.kept() and visitor.app.screen._pages
    await visitor.happens(Elapsed("idle"))
    assert visitor.shown.overlay is not None and visitor.shown.overlay.name == "idle"
    await visitor.happens(Elapsed("idle.end"))
    await visitor.see("left_bed")
    visitor.world.lift()
    await visitor.see("bye")
    assert visitor.shown.title.key == "end.timeout"
    await visitor.gone()
    assert not visitor.kept()
    frames = Frames(visitor.app.devices.camera.frames_fd, writable=False)
    assert frames.newest() is None, "the last paper is still in the preview's memory"
    frames.close()


async def test_home_in_the_middle(visitor: Visitor) -> None:
    steps = await visitor.steps()
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.press("home")
    assert visitor.shown.overlay is not None and visitor.shown.overlay.name == "leave"
    await visitor.press("no")
    assert visitor.name == "pages"
    await visitor.press("home")
    await visitor.press("yes")
    await visitor.see("home")
    visitor.world.lift()
    await visitor.soon(lambda: not visitor.kept())
    assert not visitor.app.screen._pages
    assert await visitor.steps() == steps
    await visitor.away()


async def test_a_yes_that_nobody_uses_is_let_go(visitor: Visitor) -> None:
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose()
    await visitor.see("take_back")
    visitor.world.lift()
    await visitor.on("fee", "home")
    await visitor.press("yes")
    await visitor.see("home")
    await visitor.away()
    assert (await visitor.steps())[-1] == "dropped"
    assert not audit(visitor.app)
