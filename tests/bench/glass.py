"""The screen process alone: first frame, frames while pages turn and in preview, memory.

`python -m tests.bench.glass [--visits N] [--seconds S]` measures it by itself.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import sys
import threading
import time
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from daemon.frames import Frames
from daemon.machine.personal import Personal
from daemon.machine.views import Camera, Keyboard, Lines, Say, View
from drivers.camera_messages import CameraConfig
from tests.bench.figures import Figure, figure, machine_name, processor_time, resident
from ui_kivy import messages as msg
from ui_kivy.gallery import house, page, visit
from ui_kivy.glass import Glass, glass

VISITS = 1000
WARM = 50
"""Visits before memory is first read: fonts, textures and the driver's own pools are there then."""
LOOKS = 10
"""Visits of which the least memory counts, at each end."""
SECONDS = 10.0
TURNS = 60
CAMERA_FPS = 30


def first_frame(runs: int = 5) -> Figure:
    """From the start of the process until its first View is on the glass."""
    view = next(visit(house()))
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        with glass() as screen:
            screen.show(view)
            taken.append(time.perf_counter() - began)
    return figure("screen process: start to first frame", taken, "s", "≤ 3")


def turning() -> list[Figure]:
    """Pages of a long text, one after the other: the kiosk's way of scrolling."""
    lines = tuple(Say(key) for key in ("consent.what", "consent.why", "consent.keep") * 12)
    view = View(name="bench", body=Lines(lines), title=Say("home.ask"))
    with glass() as screen:
        screen.show(view)
        _pace(screen)
        worked = processor_time(screen.process.pid)
        for n in range(TURNS):
            # What a turned page costs: another text on the same screen.
            part = lines[n % len(lines) :] + lines[: n % len(lines)]
            screen.show(replace(view, body=Lines(part)))
        took, _ = _pace(screen)
        worked = processor_time(screen.process.pid) - worked
    return _quantiles("frame while pages turn", took, worked, "≤ 0.1")


def preview(seconds: float = SECONDS) -> list[Figure]:
    """The live view with the page outlined, from a camera that gives 30 frames a second."""
    config = CameraConfig()
    wide, high = config.preview_width, config.preview_height
    fd = Frames.create(wide, high)
    frames = Frames(fd, writable=True)
    noise = np.random.default_rng(1).integers(0, 255, (high, wide, 3), np.uint8)
    stop = threading.Event()

    def film() -> None:
        for n in itertools.count():
            frames.write(np.roll(noise, n * 8, axis=1))
            if stop.wait(1 / CAMERA_FPS):
                return

    view = View(name="bench", body=Camera(), title=Say("bed.place"))
    with glass() as screen:
        screen.link.send(msg.Live(True), [fd])
        screen.show(view)
        thread = threading.Thread(target=film)
        thread.start()
        try:
            end = time.monotonic() + 1.0
            _follow(screen, end)
            _pace(screen)
            worked = processor_time(screen.process.pid)
            _follow(screen, end + seconds)
            took, apart = _pace(screen)
            worked = processor_time(screen.process.pid) - worked
        finally:
            stop.set()
            thread.join()
    frames.close()
    os.close(fd)
    rate = figure(
        "preview with outline: frames a second",
        [len(apart) / sum(apart)],
        "/s",
        "≥ 20",
        f"{wide} × {high}, over {seconds:.0f} s",
    )
    return [rate, *_quantiles("frame in preview", took, worked, "≤ 0.05")]


def _follow(screen: Glass, end: float) -> None:
    """The outline moves as under a hand, until `end`."""
    for n in itertools.count():
        if time.monotonic() > end:
            return
        x = 0.1 + 0.02 * math.sin(n / 3)
        corners = ((x, 0.1), (0.9, 0.1), (0.9, 0.9), (x, 0.9))
        screen.link.send(msg.Outline(corners, "found"))
        screen.ping(n)
        time.sleep(0.12)  # the pace of the document worker, not a wait


def memory(visits: int = VISITS) -> Figure:
    """PSS of the screen process at the end of `visits` visits, against the first ones.

    What is freed goes back to the system by fits: of ten visits the least counts.
    """
    shown = _short(list(visit(house())))
    warm = min(WARM, visits // 2)
    early: list[float] = []
    late: list[float] = []
    with glass() as screen:
        for n in range(1, visits + 1):
            _one_visit(screen, shown, n)
            told = early if warm < n <= warm + LOOKS else late if n > visits - LOOKS else None
            if told is not None:
                screen.show(shown[0])
                told.append(resident(screen.process.pid))
    first, last = min(early), min(late)
    note = f"{first:.1f} → {last:.1f} MiB from visit {warm} to {visits}"
    return figure("screen: memory grows over visits", [(last / first - 1) * 100], "%", "≤ 2", note)


def _short(views: list[View]) -> list[View]:
    """One View of each name: every template, every drawing, both codes."""
    seen: dict[str, View] = {}
    for one in views:
        seen.setdefault(one.name + (one.overlay.name if one.overlay else ""), one)
    wanted = (
        *("attract", "home", "copy.consent", "copy.name", "copy.place", "copy.kind"),
        *("copy.pages", "copy.look", "copy.fee", "copy.pay", "copy.sealing", "copy.collect"),
        *("copy.rate", "bye"),
    )
    return [seen[name] for name in wanted]


def _one_visit(screen: Glass, shown: list[View], n: int) -> None:
    """Other names, other pages, and the end that forgets them."""
    for number in (1, 2):
        screen.picture(f"page-{number}", _PAGES[(n + number) % len(_PAGES)])
    for one in shown:
        body = one.body
        if isinstance(body, Keyboard):
            typed = f"Nguyễn Thị {n}"
            one = replace(one, body=replace(body, text=Personal(typed)))
        screen.show(one)
    screen.link.send(msg.Wipe())


_PAGES = tuple(page(number) for number in (1, 2, 3, 4))


def _pace(screen: Glass) -> tuple[tuple[float, ...], tuple[float, ...]]:
    screen.link.send(msg.AskPace())
    answer = screen.wait(lambda one: isinstance(one, msg.Pace))
    assert isinstance(answer, msg.Pace)
    return answer.took, answer.apart


def _quantiles(name: str, took: tuple[float, ...], worked: float, aim: str) -> list[Figure]:
    """The median and the slowest of a hundred, and what of it the processor worked."""
    ordered = sorted(took)
    rows = []
    for share in (50, 99):
        value = ordered[min(len(ordered) - 1, math.ceil(len(ordered) * share / 100) - 1)]
        goal = aim if share == 99 else ""
        rows.append(figure(f"{name}: p{share}", [value], "s", goal, f"{len(ordered)} frames"))
    note = "all threads; what a busy machine does not change"
    rows.append(figure(f"{name}: processor time", [worked / len(ordered)], "s", "", note))
    return rows


def measure(visits: int = VISITS, seconds: float = SECONDS) -> Iterator[Figure]:
    """All of it."""
    yield first_frame()
    yield from turning()
    yield from preview(seconds)
    yield memory(visits)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.glass", description=__doc__)
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    given = parser.parse_args()
    print(machine_name(), flush=True)
    for row in measure(given.visits, given.seconds):
        print(row, flush=True)
    sys.exit(0)
