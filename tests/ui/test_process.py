"""The screen as a process: it answers, says what was touched, and comes back as it was."""

from __future__ import annotations

import asyncio
import hashlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace
from PIL import Image

from daemon.children import Child
from daemon.frames import Frames
from daemon.machine.events import Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.views import Camera, Choice, Keyboard, Notice, Picture, Say, View
from ui_kivy import messages as msg
from ui_kivy.client import ScreenClient
from ui_kivy.gallery import page
from ui_kivy.glass import Glass, glass

QUESTION = View(
    name="q",
    body=Notice("info", loop="bye"),
    title=Say("home.ask"),
    choices=(Choice("no", Say("common.no")), Choice("yes", Say("common.yes"), value="1")),
    primary=Choice("ok", Say("common.ok"), tone="go"),
)
NAME = View(name="name", body=Keyboard(Personal("")), title=Say("name.ask"))


@pytest.fixture(scope="module")
def shared() -> Iterator[Glass]:
    with glass() as screen:
        yield screen


@pytest.fixture
def screen(shared: Glass) -> Glass:
    """The screen with nobody at it; more than the pause between two touches is waited for."""
    shared.link.send(msg.Wipe())
    shared.did.clear()
    shared.missed.clear()
    return shared


def keys(screen: Glass, *names: str) -> str:
    """Touches keys of the keyboard one after the other; the text after the last one."""
    text = ""
    for name in names:
        event, _ = screen.tap("key", name)
        assert isinstance(event, Typed)
        text = event.text.reveal()
    return text


def test_it_answers(screen: Glass) -> None:
    for n in range(3):
        screen.ping(n)


def test_a_touch_carries_its_view(screen: Glass) -> None:
    screen.show(replace(QUESTION, name="before"))
    seq = screen.show(QUESTION)
    event, on = screen.tap("yes", "1")
    assert (event, on) == (Pressed("yes", "1"), seq)


def test_a_second_touch_at_once_is_ignored(screen: Glass) -> None:
    screen.show(replace(QUESTION, name="twice"))
    screen.ping(1)
    wait_for_a_quiet_screen(screen)
    screen.tap("yes", "1")
    screen.link.send(msg.Tap("ok"))
    # The screen's own answer tells that the tap was over: it comes by the same loop, later.
    wait_for_a_quiet_screen(screen)
    assert [event for event, _ in screen.did] == [Pressed("yes", "1")]


def wait_for_a_quiet_screen(screen: Glass) -> None:
    """Longer than SECOND_TOUCH, measured by answers of the screen itself."""
    import time

    end = time.monotonic() + 0.6
    n = 1000
    while time.monotonic() < end:
        n += 1
        screen.ping(n)


def test_the_mark_of_a_touch_goes_by_itself(screen: Glass, tmp_path: Path) -> None:
    """It stays until the answer is drawn; where none comes, it does not stay for ever."""
    screen.show(replace(QUESTION, name="marked", body=Notice()))
    screen.photograph(tmp_path / "before.png")
    wait_for_a_quiet_screen(screen)
    screen.tap("yes", "1")
    screen.photograph(tmp_path / "touched.png")
    before = digest(tmp_path / "before.png")
    assert digest(tmp_path / "touched.png") != before
    for _ in range(100):
        screen.photograph(tmp_path / "after.png")
        if digest(tmp_path / "after.png") == before:
            return
    raise AssertionError("the place is still marked")


def test_nothing_to_touch_is_said(screen: Glass) -> None:
    screen.show(QUESTION)
    with pytest.raises(LookupError, match="no target pay"):
        screen.tap("pay")


def test_typing(screen: Glass) -> None:
    screen.show(NAME)
    assert keys(screen, "n", "g", "u", "y", "ê", "n") == "nguyên"
    assert keys(screen, "tone:x", "space", "delete") == "nguyễn"


def test_typing_goes_on_over_views_that_lag(screen: Glass) -> None:
    """The daemon's View of a text that was typed further does not take a key away."""
    screen.show(replace(NAME, name="lag"))
    keys(screen, "l", "ê")
    screen.show(replace(NAME, name="lag", body=Keyboard(Personal("l"))))
    assert keys(screen, "n") == "lên"


def test_a_text_of_the_machine_wins(screen: Glass) -> None:
    screen.show(replace(NAME, name="cut"))
    keys(screen, "a", "b")
    screen.show(replace(NAME, name="cut", body=Keyboard(Personal("x"))))
    assert keys(screen, "y") == "xy"


def test_pads_press_digits(screen: Glass) -> None:
    screen.show(View(name="pad", body=Keyboard(Personal("1"), "number"), title=Say("copies.ask")))
    assert screen.tap("digit", "2")[0] == Pressed("digit", "2")
    assert screen.tap("digit", "back")[0] == Pressed("digit", "back")


def test_the_page_is_drawn_and_wiped(screen: Glass, tmp_path: Path) -> None:
    screen.picture("page-1", page(1))
    view = replace(QUESTION, name="picture", body=Picture("page-1"))
    screen.show(view)
    screen.photograph(tmp_path / "with.png")
    screen.link.send(msg.Wipe())
    screen.ping(5)
    screen.photograph(tmp_path / "without.png")
    with_page, without = (reds(tmp_path / name) for name in ("with.png", "without.png"))
    assert with_page > 200
    assert without == 0


def reds(path: Path) -> int:
    """Pixels in the red of the made-up page."""
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    return int(((red > 150) & (green < 90) & (blue < 90)).sum())


def test_a_picture_that_is_none_is_survived(screen: Glass) -> None:
    screen.picture("page-9", b"not a picture")
    screen.ping(6)


def test_live_frames_are_drawn(screen: Glass, tmp_path: Path) -> None:
    fd = Frames.create(64, 48)
    try:
        frames = Frames(fd, writable=True)
        frames.write(np.full((48, 64, 3), (10, 200, 30), np.uint8))
        screen.link.send(msg.Live(True), [fd])
        screen.show(replace(QUESTION, name="live", body=Camera()))
        screen.link.send(msg.Outline(((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)), "found"))
        path = tmp_path / "live.png"
        for _ in range(50):
            screen.ping(7)
            screen.photograph(path)
            pixels = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3).astype(int)
            green = int((np.abs(pixels - (10, 200, 30)).sum(axis=1) < 12).sum())
            if green > 50_000:
                break
        assert green > 50_000
        frames.close()
    finally:
        os.close(fd)


def test_nothing_typed_is_written(tmp_path: Path) -> None:
    marked = Personal("Mã Dấu Riêng")
    one = Glass()
    try:
        one.show(replace(NAME, body=Keyboard(marked)))
        one.ping(1)
    finally:
        errors = one.close()
    assert "Dấu" not in errors
    assert "Traceback" not in errors


def digest(path: Path) -> str:
    """Of the screen without its clock."""
    image = Image.open(path).convert("RGB").crop((0, 170, 1080, 1920))
    return hashlib.sha256(image.tobytes()).hexdigest()


@pytest.mark.asyncio
async def test_killed_it_comes_back_with_the_same_screen(tmp_path: Path) -> None:
    drawn: asyncio.Queue[int] = asyncio.Queue()
    did: asyncio.Queue[tuple[Pressed | Typed, int]] = asyncio.Queue()
    client = ScreenClient(lambda event, seq: did.put_nowait((event, seq)), drawn.put_nowait)
    child = Child("screen", client, environment={"SDL_VIDEODRIVER": "offscreen"})
    task = asyncio.create_task(child.run())
    try:
        async with asyncio.timeout(60):
            client.picture("page-1", page(1))
            seq = client.show(replace(QUESTION, body=Picture("page-1")))
            while await drawn.get() != seq:
                pass
            await child.ready.wait()
            assert await client.photograph(tmp_path / "before.png")
            first = child.pid
            os.kill(first, signal.SIGKILL)
            while await drawn.get() != seq:
                pass
            assert child.pid != first
            assert await client.photograph(tmp_path / "after.png")
            client.tap("yes", "1")
            assert await did.get() == (Pressed("yes", "1"), seq)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert digest(tmp_path / "before.png") == digest(tmp_path / "after.png")


@pytest.mark.asyncio
async def test_stopped_it_is_replaced() -> None:
    drawn: asyncio.Queue[int] = asyncio.Queue()
    client = ScreenClient(lambda event, seq: None, drawn.put_nowait)
    child = Child("screen", client, environment={"SDL_VIDEODRIVER": "offscreen"})
    task = asyncio.create_task(child.run())
    try:
        async with asyncio.timeout(60):
            seq = client.show(QUESTION)
            while await drawn.get() != seq:
                pass
            await child.ready.wait()
            os.kill(child.pid, signal.SIGSTOP)
            while await drawn.get() != seq:
                pass
            assert child.starts == 2
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
