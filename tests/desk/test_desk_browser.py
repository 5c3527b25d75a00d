"""Officers at real browsers with certificates in their stores: keys, and no mouse."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
import pytest_asyncio

from daemon.desk.people import today
from daemon.machine.values import Box
from tests.desk import axe
from tests.desk.browser import Browser, browser, missing
from tests.desk.kiosk import Line
from tests.desk.ward import PIN, Ward, soon, ward
from tests.desk.wire import Cable, cable

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
    pytest.mark.asyncio(loop_scope="module"),
]

FOCUSED = "return document.activeElement.hasAttribute('data-open')"
READY = "return document.body.dataset.request && !document.querySelector('#go').disabled"
PAGES = "return [...document.querySelectorAll('figure img')].every((i) => i.naturalWidth > 0)"


class Place(NamedTuple):
    """A ward with two officers at their browsers and a kiosk."""

    ward: Ward
    line: Line
    first: Browser
    second: Browser
    cable: Cable


async def enter(ward: Ward, one: Browser) -> None:
    """The PIN, typed."""
    await one.go(ward.url + "/")
    await one.until_path("/enter")
    await one.type(PIN)
    await one.press("Enter")
    await one.until_path("/")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    folder = tmp_path_factory.mktemp("browser")
    async with contextlib.AsyncExitStack() as stack:
        desk = await stack.enter_async_context(ward(folder, live_seconds=0.5))
        wire = await stack.enter_async_context(cable(desk.server.port))
        url = f"https://localhost:{wire.port}"
        line = Line(desk, "26824-k01", desk.kiosk("26824-k01"), url=url, timeout=2.0)
        await stack.enter_async_context(line.running())
        browsers = []
        for name in ("tvchung", "lthai"):
            files = desk.officer(name, f"Cán bộ {name}")
            one = await stack.enter_async_context(browser(desk, files, folder))
            await enter(desk, one)
            browsers.append(one)
        moving = asyncio.create_task(line.moves())
        yield Place(desk, line, browsers[0], browsers[1], wire)
        moving.cancel()


async def test_an_ordinary_copy_takes_three_keys(place: Place) -> None:
    request, answer = place.line.ask(2, inspection="by_live_camera")
    one = place.first
    await one.until(FOCUSED)
    before = one.strokes
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    await one.until(PAGES)
    await soon(lambda: place.ward.desk.board.find(request).watched >= 0.5)
    await one.press("c")
    await one.until(READY)
    await one.press("a")
    assert (await asyncio.wait_for(answer, 20)).verdict == "accepted"
    assert one.strokes - before == 3
    place.line.certifier.settled("")
    await one.until_path("/")
    assert "Đã đồng ý" in await one.text()
    assert "tvchung" not in await place.second.text(), "the short name is no one's business"


async def test_refused_laid_again_and_handed_over(place: Place) -> None:
    one, two = place.first, place.second
    request, answer = place.line.ask()
    await one.until(FOCUSED)
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    await two.until("return document.body.innerText.includes('Đang xem')")
    assert not await two.script("return document.querySelector('[data-open]') !== null")
    await one.press("h")
    await one.press("C")  # the list goes to the only other officer, "Cán bộ …"
    await one.press("Tab", "Enter")
    await one.until_path("/")
    await two.until(FOCUSED)
    await two.press("Enter")
    await two.until_path(f"/request/{request}")
    await two.press("r")
    await two.press("Down")  # the second ground
    await two.press("Enter")
    decided = await asyncio.wait_for(answer, 20)
    assert (decided.verdict, decided.reason) == ("refused", "damaged")
    await two.until_path("/")

    request, answer = place.line.ask(2)
    await two.until(FOCUSED)
    await two.press("Enter")
    await two.until_path(f"/request/{request}")
    await two.until(PAGES)
    await two.press("n")
    await two.press("z")
    assert await two.script("return document.querySelector('#frame').classList.contains('zoomed')")
    await two.press("l")
    await two.press("9")
    assert await two.script(
        "return !document.querySelector('figure[data-page=\"1\"] .mark').hidden"
    )
    await two.press("Tab", "Tab", "Enter")
    decided = await asyncio.wait_for(answer, 20)
    assert (decided.verdict, decided.page) == ("relay", "page-2")
    assert decided.where == Box(2 / 3, 0.0, 1 / 3, 1 / 3)
    await two.until_path("/")


async def test_a_cut_line_and_the_citizen_who_leaves(place: Place) -> None:
    one = place.first
    request, answer = place.line.ask()
    await one.until(FOCUSED)
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    await one.until(PAGES)
    await one.press("c")
    await one.until(READY)
    place.cable.cut()
    await one.press("a")
    await one.until_path("/")
    assert place.ward.desk.board.find(request).state == "decided"
    assert not answer.done(), "the screen of the kiosk still waits, which is true"
    place.cable.mend()
    assert (await asyncio.wait_for(answer, 20)).verdict == "accepted"
    place.line.certifier.settled("")
    await soon(lambda: place.ward.desk.board.find(request).state == "taken")

    request, answer = place.line.ask()
    await one.until(FOCUSED)
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    answer.cancel()
    await one.until("return document.body.innerText.includes('đã rời máy')")
    await one.press("Enter")
    await one.until_path("/")


async def test_out_of_term_one_can_look_and_not_decide(place: Place, tmp_path: Path) -> None:
    files = place.ward.officer("cuu", "Cán bộ cũ", valid_to=today() - dt.timedelta(days=1))
    async with browser(place.ward, files, tmp_path) as one:
        await enter(place.ward, one)
        request, answer = place.line.ask()
        await one.until(FOCUSED)
        await one.press("Enter")
        await one.until_path(f"/request/{request}")
        await one.until(PAGES)
        await one.press("c", "a")
        await one.until("return document.body.innerText.includes('thời hạn chứng thực')")
        assert await one.script("return document.querySelector('#go').disabled")
        await one.press("Escape")
        await one.until_path("/")
        answer.cancel()


async def test_without_a_certificate_there_is_no_page(place: Place, tmp_path: Path) -> None:
    async with browser(place.ward, None, tmp_path) as one:
        with contextlib.suppress(RuntimeError):  # the driver may call the browser's page an error
            await one.go(place.ward.url + "/")
        assert not await one.script("return document.querySelector('form, #pin')")
        assert "ERR_" in await one.text()


async def test_nothing_stays_in_the_browser(place: Place) -> None:
    """No copy in a cache, no storage, and a page that is left does not come back."""
    one = place.first
    request, answer = place.line.ask()
    await one.until(FOCUSED)
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    await one.until(PAGES)
    await one.press("q")
    await asyncio.wait_for(answer, 20)
    await one.until_path("/")
    await one.call("POST", "/back")
    await one.until("return !document.querySelector('figure img[src]')")
    kept = await one.script_later(
        "const done = arguments[0]; caches.keys().then((keys) => "
        "done([keys.length, localStorage.length, sessionStorage.length, document.cookie]))"
    )
    assert kept == [0, 0, 0, ""]
    await one.go(place.ward.url + "/")


async def test_axe_finds_nothing(place: Place) -> None:
    if not await asyncio.to_thread(axe.source):
        pytest.skip(f"npm does not bring {axe.PACKAGE}")
    one = place.first
    place.line.certifier.paying("SYABCDEF", 8000)
    request, answer = place.line.ask(2, inspection="by_live_camera", notes=("foreign", "expired"))
    found = {}
    await one.until(FOCUSED)
    await one.until("return document.querySelector('.pay') !== null")
    found["board"] = await axe.violations(one)
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    await one.until(PAGES)
    found["request"] = await axe.violations(one)
    for key in ("r", "l", "h"):
        await one.press(key)
        found[key] = await axe.violations(one)
        await one.press("Escape")
    await one.press("Escape")
    await one.until_path("/")
    answer.cancel()
    place.line.certifier.paying("", 0)
    await one.go(place.ward.url + "/enter")
    found["enter"] = await axe.violations(one)
    await one.go(place.ward.url + "/request/none")
    found["error"] = await axe.violations(one)
    assert not {name: broken for name, broken in found.items() if broken}
    await one.go(place.ward.url + "/")
