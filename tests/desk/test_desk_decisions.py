"""A request from the kiosk's line to the officer's page and the decision back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.desk.kiosk import Line
from tests.desk.ward import Officer, Ward, soon, ward


async def _wait_for(desk: Ward, request: str) -> None:
    await soon(lambda: any(one.id == request for one in desk.desk.board.open_ones()))


async def test_accept_goes_down_once_and_is_written_down(tmp_path: Path) -> None:
    async with ward(tmp_path) as desk:
        files = desk.officer("tvchung")
        line = Line(desk, "26824-k01", desk.kiosk("26824-k01"))
        async with line.running(), Officer(desk, files) as officer:
            assert await officer.enter() == 200
            await soon(lambda: line.present[-1][0])
            request, answer = line.ask(2)
            await _wait_for(desk, request)
            assert not desk.desk.board.find(request).pages, "pages before anybody opened it"
            form = await officer.open(request)
            await officer.complete(request)
            status, _ = await officer.get(f"/request/{request}/page/1")
            assert status == 200
            assert await officer.act(request, "accept", form) == 403, "the checklist"
            assert await officer.act(request, "accept", form, checked="yes") == 200
            decided = await asyncio.wait_for(answer, 10)
            assert (decided.verdict, decided.by.reveal()) == ("accepted", "tvchung")
            line.certifier.settled("")
            await soon(lambda: desk.desk.board.find(request).state == "taken")
            assert not desk.desk.board.find(request).pages
            assert await officer.act(request, "accept", form, checked="yes") == 410
            last = desk.desk.chain.entries()[-1]
            assert (last.who, last.what, last.request) == ("tvchung", "accepted", request)
            assert line.spent[0][0] == "accepted"
