"""The certifier's desk with a real browser: how soon, how smooth, how few keys.

Also alone: `python -m tests.bench.desk`.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure, figure, machine_name
from tests.desk.browser import Browser, browser, missing
from tests.desk.kiosk import Line
from tests.desk.ward import PIN, Ward, soon, ward
from tests.visits.papers import DEGREE, flat

REQUESTS = 12
WATCH = 6.0
"""Seconds over which the live view is measured."""
KIOSKS = 10

SHOWN = "return [...document.querySelectorAll('figure img')].every((i) => i.naturalWidth > 0)"
OPEN = "return document.activeElement.hasAttribute('data-open')"
READY = "return document.body.dataset.request && !document.querySelector('#go').disabled"
DRAWN = "return Number(document.querySelector('#live').dataset.drawn || 0)"


async def measure() -> list[Figure]:
    """Ordinary copies of two pages, one officer, ten kiosks of which one asks."""
    if missing():
        return []
    page = flat(*DEGREE)
    with TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        async with contextlib.AsyncExitStack() as stack:
            place = await stack.enter_async_context(ward(folder, live_seconds=0.5))
            lines = []
            for number in range(1, KIOSKS + 1):
                kiosk = f"26824-k{number:02d}"
                line = Line(place, kiosk, place.kiosk(kiosk))
                await stack.enter_async_context(line.running())
                lines.append(line)
            files = place.officer("tvchung")
            one = await stack.enter_async_context(browser(place, files, folder))
            await one.go(place.url + "/enter")
            await one.type(PIN)
            await one.press("Enter")
            await one.until_path("/")
            moving = asyncio.create_task(_move(lines))
            try:
                return [
                    *await _copies(place, lines[0], one, page),
                    *await _live(lines[0], one, page),
                    *await _board(lines, one),
                ]
            finally:
                moving.cancel()


async def _move(lines: list[Line]) -> None:
    """Every bed moves, fifteen times a second; drawn once, since ten cameras are ten machines."""
    lines[0].draw(1)
    frame = lines[0].frames.newest()
    assert frame is not None
    while True:
        frame = frame.copy()
        frame[::7] ^= 1
        for line in lines:
            line.frames.write(frame)
        await asyncio.sleep(1 / 15)


async def _copies(place: Ward, line: Line, one: Browser, page: bytes) -> list[Figure]:
    seen, told, keys, officer = [], [], [], []
    for _ in range(REQUESTS):
        await one.until_path("/")
        began, strokes = time.perf_counter(), one.strokes
        request, answer = line.ask(2, inspection="by_live_camera", jpeg=page)
        await one.until(OPEN)
        opened = time.perf_counter()
        await one.press("Enter")
        await one.until_path(f"/request/{request}")
        await one.until(SHOWN)
        seen.append(time.perf_counter() - began)
        await one.press("c")
        await one.until(READY)
        pressed = time.perf_counter()
        await one.press("a")
        await asyncio.wait_for(answer, 20)
        now = time.perf_counter()
        line.certifier.settled("")
        told.append(now - pressed)
        officer.append(now - opened)
        keys.append(float(one.strokes - strokes))
        await soon(lambda request=request: place.desk.board.find(request).state == "taken")
    return [
        figure("desk: asked → both pages drawn at the desk", seen, "s", "≤ 1"),
        figure("desk: key → decision at the kiosk", told, "s", "≤ 0.3"),
        figure("desk: keys for an ordinary copy", keys, "", "≤ 3"),
        figure("desk: officer's time, scripted, 0.5 s live", officer, "s", note="no thinking"),
    ]


async def _live(line: Line, one: Browser, page: bytes) -> list[Figure]:
    request, answer = line.ask(1, inspection="by_live_camera", jpeg=page)
    await one.until(OPEN)
    await one.press("Enter")
    await one.until_path(f"/request/{request}")
    await one.until(SHOWN)
    count = _count(line)
    before, began = await one.script(DRAWN), time.perf_counter()
    sent = count()
    await asyncio.sleep(WATCH)
    took = time.perf_counter() - began
    drawn = await one.script(DRAWN) - before
    rate = (count() - sent) / took / 1e6
    await one.press("Escape")
    await one.until_path("/")
    answer.cancel()
    return [
        figure("desk: live view, pictures drawn", [drawn / took], "/s", "≥ 5"),
        figure("desk: live view, up the line", [rate], "MB/s", "≤ 1"),
    ]


async def _board(lines: list[Line], one: Browser) -> list[Figure]:
    """Thumbnails of all kiosks in one tab."""
    counts = [_count(line) for line in lines]
    before = [count() for count in counts]
    began = time.perf_counter()
    await asyncio.sleep(WATCH)
    took = time.perf_counter() - began
    rate = sum(count() - sent for count, sent in zip(counts, before, strict=True)) / took / 1e3
    drawn = await one.script(
        "return [...document.querySelectorAll('[data-thumb]')].filter((i) => i.naturalWidth).length"
    )
    return [
        figure("desk: kiosks with a live thumbnail", [float(drawn)], "", "10"),
        figure("desk: all thumbnails together", [rate], "kB/s"),
    ]


def _count(line: Line) -> Callable[[], int]:
    """Bytes of pictures that the line was given so far."""
    return lambda: line.sent


if __name__ == "__main__":
    if missing():
        sys.exit(f"desk: {missing()}")
    print(machine_name())
    for found in asyncio.run(measure()):
        print(found)
