"""Whole visits that end with copies, through everything that a kiosk runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.machine.views import actions
from tests.visits.papers import CARD, DECISION, DEGREE, MARRIAGE
from tests.visits.visit import Visitor, audit, verify

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_one_page(visitor: Visitor, tmp_path: Path) -> None:
    before, slips = len(await visitor.copies()), visitor.slips()
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose()
    await visitor.pay()
    assert await visitor.collect() >= 1
    await visitor.leave()
    made = (await visitor.copies())[before:]
    assert len(made) == 1
    assert not verify(visitor.app, made[0], tmp_path)
    assert not audit(visitor.app)
    assert (await visitor.steps())[-1] == "handed_over"
    await visitor.soon(lambda: visitor.slips() == slips + 1)


async def test_two_pages_twice(visitor: Visitor, tmp_path: Path) -> None:
    before = len(await visitor.copies())
    await visitor.begin()
    await visitor.paper(*DECISION)
    await visitor.choose(copies=2)
    await visitor.pay()
    sheets = await visitor.collect()
    await visitor.leave(slip=False)
    made = (await visitor.copies())[before:]
    assert len(made) == 1, "one electronic copy goes to the ward, however often it is printed"
    assert not verify(visitor.app, made[0], tmp_path)
    assert not audit(visitor.app)
    # Two pages and the statement, twice.
    assert sheets >= 4 and sheets % 2 == 0


async def test_two_papers_in_one_request(visitor: Visitor, tmp_path: Path) -> None:
    before = len(await visitor.copies())
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.press("another")
    await visitor.paper(MARRIAGE)
    assert visitor.shown.detail is not None and visitor.shown.detail.args == {"n": 2}
    await visitor.choose()
    await visitor.pay()
    await visitor.collect()
    await visitor.leave(slip=False)
    made = (await visitor.copies())[before:]
    assert len(made) == 2, "a number and a copy for each original"
    assert len({one.number for one in made}) == 2
    for one in made:
        assert not verify(visitor.app, one, tmp_path)
    assert not audit(visitor.app)


async def test_a_card_has_two_sides(visitor: Visitor) -> None:
    before = len(await visitor.copies())
    await visitor.begin()
    await visitor.page(CARD[0])
    await visitor.on("kind", "yes")
    await visitor.see("place")
    assert visitor.shown.title.key == "pages.back_side"
    await visitor.page(CARD[0], angle=9.0)
    assert visitor.name == "trouble" and visitor.shown.title.key == "q.same"
    await visitor.press("retry")
    await visitor.page(CARD[1])
    await visitor.see("pages")
    await visitor.choose()
    await visitor.pay()
    await visitor.collect()
    await visitor.leave(slip=False)
    assert len(await visitor.copies()) == before + 1


async def test_on_paper(visitor: Visitor) -> None:
    before = len(await visitor.copies())
    await visitor.begin()
    await visitor.paper(DEGREE)
    await visitor.choose("paper")
    await visitor.pay()
    await visitor.see("collect")
    assert visitor.shown.detail is not None and visitor.shown.detail.key == "print.to_counter"
    assert await visitor.collect() >= 1
    await visitor.leave(slip=False)
    assert len(await visitor.copies()) == before, "signed by hand: nothing electronic exists"
    assert not audit(visitor.app)


async def test_in_english(visitor: Visitor) -> None:
    await visitor.see("attract")
    await visitor.press("language")
    await visitor.until(lambda kiosk: kiosk.shown.name == "home" and spoken(visitor) == "en")
    await visitor.press("copy")
    await visitor.identify()
    await visitor.paper(DEGREE)
    await visitor.choose()
    await visitor.pay()
    await visitor.collect()
    slips = visitor.slips()
    await visitor.leave()
    await visitor.soon(lambda: visitor.slips() == slips + 1)
    assert spoken(visitor) == "vi", "the next visitor begins in the house's language"


def spoken(visitor: Visitor) -> str:
    return visitor.shown.prefs.language


async def test_by_finger_on_the_drawn_targets(visitor: Visitor) -> None:
    await visitor.see("attract")
    await visitor.touch("copy")
    assert visitor.name == "begin"
    await visitor.touch("start")
    assert visitor.name == "consent"
    await visitor.touch("no")
    assert visitor.name == "declined"
    await visitor.touch("ok")
    assert {"copy", "lookup", "ticket"} <= {choice.action for choice in actions(visitor.shown)}
    await visitor.away()
