"""A request from the kiosk's line to the officer's page and the decision back."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest_asyncio

from daemon.desk.people import today
from daemon.machine.events import Decided
from daemon.machine.values import Box
from tests.desk.kiosk import Line
from tests.desk.ward import Officer, Ward, soon, ward

MARK = "Trần Thị Dấu Riêng"


class Desk(NamedTuple):
    """A ward with a kiosk on the line and an officer who has entered."""

    ward: Ward
    line: Line
    officer: Officer
    stack: AsyncExitStack

    async def another(self, name: str, **term: Any) -> Officer:
        """One officer more."""
        files = self.ward.officer(name, f"Người {name}", **term)
        made = await self.stack.enter_async_context(Officer(self.ward, files))
        assert await made.enter() == 200
        return made

    async def asked(self, pages: int = 1, **more: Any) -> tuple[str, asyncio.Task[Decided]]:
        """A request that has come to the desk."""
        request, answer = self.line.ask(pages, **more)
        board = self.ward.desk.board
        await soon(lambda: any(one.id == request for one in board.open_ones()))
        return request, answer

    def state(self, request: str) -> str:
        return self.ward.desk.board.find(request).state


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(ward(tmp_path, away=1.0))
        line = Line(place, "26824-k01", place.kiosk("26824-k01"))
        await stack.enter_async_context(line.running())
        officer = await stack.enter_async_context(Officer(place, place.officer("tvchung")))
        assert await officer.enter() == 200
        await soon(lambda: line.present[-1][0])
        yield Desk(place, line, officer, stack)


async def test_accept_goes_down_once_and_is_written_down(desk: Desk) -> None:
    request, answer = await desk.asked(2, requester=MARK)
    found = desk.ward.desk.board.find(request)
    assert not found.pages, "pages before anybody opened it"
    assert MARK not in repr(found.summary)
    officer = desk.officer
    form = await officer.open(request)
    await officer.complete(request)
    status, text = await officer.get(f"/request/{request}")
    assert status == 200
    assert MARK in text
    assert (await officer.get(f"/request/{request}/page/1"))[0] == 200
    assert await officer.act(request, "accept", form) == 403, "the checklist"
    assert await officer.act(request, "accept", form, checked="yes") == 200
    decided = await asyncio.wait_for(answer, 10)
    assert (decided.verdict, decided.by.reveal()) == ("accepted", "tvchung")
    assert "tvchung" not in repr(decided), "journals and logs name no officer"
    desk.line.certifier.settled("")
    await soon(lambda: desk.state(request) == "taken")
    assert not found.pages
    assert not found.name
    assert (await officer.get(f"/request/{request}/page/1"))[0] == 410
    assert await officer.act(request, "accept", form, checked="yes") == 410, "a form sent twice"
    last = desk.ward.desk.chain.entries()[-1]
    assert (last.who, last.what, last.request) == ("tvchung", "accepted", request)
    assert MARK.encode() not in (desk.ward.folder / "desk" / "audit.jsonl").read_bytes()
    assert desk.line.spent[0][0] == "accepted"


async def test_two_officers_and_hand_over(desk: Desk) -> None:
    second = await desk.another("lthai")
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    assert (await second.open(request))["status"] == "403", "somebody else has it"
    assert (await second.get(f"/request/{request}/page/0"))[0] == 403
    assert await second.act(request, "accept", form, checked="yes") == 403, "another's form"
    assert await desk.officer.act(request, "hand", form, to="lthai") == 200
    assert not desk.ward.desk.board.find(request).pages, "the pages went with the first officer"
    assert (await desk.officer.open(request))["status"] == "403", "it is meant for the other"
    theirs = await second.open(request)
    await second.complete(request)
    assert await desk.officer.act(request, "accept", form, checked="yes") == 403, "the old form"
    assert await second.act(request, "counter", theirs) == 200
    assert (await asyncio.wait_for(answer, 10)).verdict == "counter"


async def test_barred_from_ones_own(desk: Desk) -> None:
    second = await desk.another("lthai")
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    assert await desk.officer.act(request, "barred", form) == 200
    assert (await desk.officer.open(request))["status"] == "403"
    assert (await second.open(request))["status"] == "200"
    answer.cancel()


async def test_refuse_only_on_a_ground_and_relay_with_a_mark(desk: Desk) -> None:
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    for reason in ("", "expired_paper", "nonsense"):
        assert await desk.officer.act(request, "refuse", form, reason=reason) == 403
    assert await desk.officer.act(request, "refuse", form, reason="altered") == 200
    assert await asyncio.wait_for(answer, 10) == Decided("refused", "altered", by=_by("tvchung"))
    request, answer = await desk.asked(2)
    form = await desk.officer.open(request)
    await desk.officer.act(request, "relay", form, reason="glare", page="1", cell="9")
    decided = await asyncio.wait_for(answer, 10)
    assert (decided.verdict, decided.reason, decided.page) == ("relay", "glare", "page-2")
    assert decided.where == Box(2 / 3, 0.0, 1 / 3, 1 / 3)
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    fields = {"reason": "cut", "page": "0", "box": "0.1,0.2,0.3,0.4"}
    await desk.officer.act(request, "relay", form, **fields)
    assert (await asyncio.wait_for(answer, 10)).where == Box(0.1, 0.2, 0.3, 0.4)


async def test_live_inspection_is_demanded(desk: Desk) -> None:
    request, answer = await desk.asked(inspection="by_live_camera")
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    assert await desk.officer.act(request, "accept", form, checked="yes") == 403
    desk.ward.desk.board.watching(request, "tvchung", 5.0)
    assert await desk.officer.act(request, "accept", form, checked="yes") == 200
    assert (await asyncio.wait_for(answer, 10)).verdict == "accepted"


async def test_nobody_decides_outside_the_term(desk: Desk) -> None:
    over = await desk.another("cuu", valid_to=today() - dt.timedelta(days=1))
    coming = await desk.another("moi", valid_from=today() + dt.timedelta(days=1))
    request, answer = await desk.asked()
    for officer in (over, coming):
        form = await officer.open(request)
        await officer.complete(request)
        assert await officer.act(request, "accept", form, checked="yes") == 403
        assert await officer.act(request, "close", form) == 200
    assert desk.ward.desk.present() == 1
    answer.cancel()


async def test_a_decision_after_the_citizen_left(desk: Desk) -> None:
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    answer.cancel()
    await soon(lambda: desk.state(request) == "gone")
    assert not desk.ward.desk.board.find(request).pages
    assert await desk.officer.act(request, "accept", form, checked="yes") == 410


async def test_a_line_cut_in_the_middle_of_a_decision(desk: Desk) -> None:
    """Sent, and the line broke before the kiosk had it: the next line brings it, once."""
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    kiosk = desk.ward.desk.kiosks.all["26824-k01"]
    kiosk.outbox = asyncio.Queue()  # what is sent now goes nowhere, as in a cut cable
    assert await desk.officer.act(request, "accept", form, checked="yes") == 200
    assert desk.state(request) == "decided"
    assert not answer.done()
    socket = desk.line.line._socket
    assert socket is not None
    await socket.close()
    decided = await asyncio.wait_for(answer, 10)
    assert decided.verdict == "accepted"
    desk.line.certifier.settled("")
    await soon(lambda: desk.state(request) == "taken")
    again = desk.ward.desk.board.find(request).decision
    assert again is not None
    desk.line.certifier.came(again)  # said once more: nothing happens but the same answer
    assert desk.line.certifier.waiting is None
    assert [what[0] for what in desk.line.spent] == ["accepted"]


async def test_a_decision_that_comes_too_late_is_told_to_the_desk(desk: Desk) -> None:
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    kiosk = desk.ward.desk.kiosks.all["26824-k01"]
    lost: asyncio.Queue[bytes] = asyncio.Queue()
    kiosk.outbox, real = lost, kiosk.outbox
    await desk.officer.act(request, "accept", form, checked="yes")
    answer.cancel()  # the citizen took the slip while nothing came
    assert real is not None
    real.put_nowait(lost.get_nowait())
    kiosk.outbox = real
    await soon(lambda: desk.state(request) == "gone")
    assert desk.ward.desk.board.find(request).wrong == "gone"
    await soon(lambda: desk.ward.desk.chain.entries()[-1].what == "not_taken")


async def test_a_decision_that_the_register_cannot_take(desk: Desk) -> None:
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    await desk.officer.act(request, "accept", form, checked="yes")
    await asyncio.wait_for(answer, 10)
    desk.line.certifier.settled("clock_untrusted")
    await soon(lambda: desk.state(request) == "gone")
    assert desk.ward.desk.board.find(request).wrong == "clock_untrusted"
    assert "đồng hồ của máy chưa tin được" in (await desk.officer.get("/"))[1]


async def test_a_decision_that_cannot_be_written_down_is_none(desk: Desk) -> None:
    request, answer = await desk.asked()
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    log = desk.ward.folder / "desk" / "audit.jsonl"
    log.rename(log.with_suffix(".away"))
    log.mkdir()
    assert await desk.officer.act(request, "accept", form, checked="yes") == 409
    assert not answer.done()
    log.rmdir()
    log.with_suffix(".away").rename(log)
    form = await desk.officer.open(request)
    await desk.officer.complete(request)
    assert await desk.officer.act(request, "accept", form, checked="yes") == 200
    assert (await asyncio.wait_for(answer, 10)).verdict == "accepted"


async def test_a_kiosk_that_started_anew_asks_nothing_any_more(desk: Desk) -> None:
    request, answer = await desk.asked()
    await desk.officer.open(request)
    desk.line.certifier.waiting = None  # as after a crash
    socket = desk.line.line._socket
    assert socket is not None
    await socket.close()
    await soon(lambda: desk.state(request) == "gone")
    answer.cancel()


async def test_a_page_that_is_closed_frees_the_request(desk: Desk) -> None:
    second = await desk.another("lthai")
    request, answer = await desk.asked()
    await desk.officer.open(request)  # and no page of it is ever shown
    await soon(lambda: desk.state(request) == "waiting")
    assert (await second.open(request))["status"] == "200"
    answer.cancel()


async def test_money_at_the_counter(desk: Desk) -> None:
    told: list[Any] = []

    async def pay(what: Any) -> None:
        told.append(what)

    desk.line.certifier.pay = pay
    desk.line.certifier.paying("SYABCDEF", 8000)
    kiosk = desk.ward.desk.kiosks.all["26824-k01"]
    await soon(lambda: kiosk.memo == "SYABCDEF")
    csrf = await desk.officer.csrf()
    assert "8.000" in (await desk.officer.get("/"))[1]
    status, _ = await desk.officer.post(
        "/pay/26824-k01", csrf=csrf, memo="SYABCDEF", receipt="0012/BL"
    )
    assert status == 200
    await soon(lambda: not kiosk.memo)
    assert (told[0].memo, told[0].receipt) == ("SYABCDEF", "0012/BL")
    entry = desk.ward.desk.chain.entries()[-1]
    assert (entry.who, entry.what, entry.reason) == ("tvchung", "paid_at_counter", "0012/BL")
    status, _ = await desk.officer.post(
        "/pay/26824-k01", csrf=csrf, memo="SYABCDEF", receipt="0012/BL"
    )
    assert status == 410, "the same form again"


def _by(name: str) -> Any:
    from daemon.machine.personal import Personal

    return Personal(name)
