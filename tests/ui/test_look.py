"""A page looked at closely: the right part is on the glass, sharp, once, and forgotten."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from daemon.link import Link, pair
from daemon.machine.copy.look import PARTS
from daemon.machine.events import Pressed
from daemon.machine.views import Choice, Picture, Say, View
from ui_kivy import messages as msg
from ui_kivy.client import ScreenClient
from ui_kivy.glass import glass
from ui_kivy.widgets.pictures import LARGEST_NEAR, LARGEST_PICTURE, page_picture

COLOURS = (
    (200, 30, 30),
    (30, 160, 30),
    (30, 30, 200),
    (200, 180, 30),
    (160, 30, 160),
    (20, 20, 20),
)
"""One for the middle of each part."""


def coloured(side: int = 1200) -> bytes:
    """A page whose six sixths have a colour each."""
    image = Image.new("RGB", (side, round(side * 1.414)), "white")
    draw = ImageDraw.Draw(image)
    w, h = image.width / 2, image.height / 3
    for n, colour in enumerate(COLOURS):
        x, y = n % 2 * w, n // 2 * h
        draw.rectangle((x, y, x + w - 1, y + h - 1), fill=colour)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def looked(part: int) -> View:
    return View(
        name=f"look{part}",
        body=Picture("page-1", near=PARTS[part - 1] if part else None, parts=PARTS),
        title=Say("look.page", args={"n": 1, "of": 1}),
        choices=(Choice("part", Say("look.larger"), value="1"),),
        primary=Choice("ok", Say("look.done")),
    )


def shares(path: Path) -> list[int]:
    """Pixels of each of the six colours."""
    pixels = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3).astype(int)
    return [int((np.abs(pixels - colour).sum(axis=1) < 12).sum()) for colour in COLOURS]


def test_each_part_fills_the_picture(tmp_path: Path) -> None:
    with glass() as screen:
        screen.picture("page-1", coloured())
        screen.show(looked(0))
        screen.photograph(tmp_path / "whole.png")
        whole = shares(tmp_path / "whole.png")
        assert min(whole) > 0.6 * max(whole)
        for part in range(1, 7):
            screen.show(looked(part))
            screen.photograph(tmp_path / "part.png")
            found = shares(tmp_path / "part.png")
            assert found.index(max(found)) == part - 1, (part, found)
            assert max(found) > 2 * whole[part - 1]


@pytest.mark.parametrize(("shown", "touched"), [(0, "5"), (5, "0")])
def test_a_touch_on_a_place_enlarges_it_and_one_on_the_part_shows_all(
    shown: int, touched: str
) -> None:
    with glass() as screen:
        screen.picture("page-1", coloured())
        screen.show(looked(shown))
        event, _ = screen.tap("part", touched)
        assert event == Pressed("part", touched)


@pytest.mark.parametrize(("near", "largest"), [(False, LARGEST_PICTURE), (True, LARGEST_NEAR)])
def test_a_page_is_decoded_no_larger_than_the_glass_shows(near: bool, largest: int) -> None:
    out = io.BytesIO()
    Image.new("RGB", (3000, 4200), "white").save(out, "JPEG")
    assert max(page_picture(out.getvalue(), near=near).size) == largest


def received(link: Link[msg.Down]) -> list[msg.Pix]:
    """The pictures that were sent so far."""
    found: list[msg.Pix] = []
    link.sock.setblocking(False)
    while True:
        try:
            message, fds = link.receive()
        except BlockingIOError:
            return found
        for fd in fds:
            os.close(fd)
        if isinstance(message, msg.Pix):
            found.append(message)


def test_a_restarted_screen_gets_the_one_sharp_page_again() -> None:
    client = ScreenClient(lambda event, seq: None, lambda seq: None)
    client.picture("page-1", b"small")
    client.enlarge("page-1", b"one")
    client.enlarge("page-2", b"two")
    ours, theirs = pair()
    client.up(Link(ours, msg.Up))
    assert received(Link(theirs, msg.Down)) == [msg.Pix("page-1"), msg.Pix("page-2", near=True)]
    client.wipe()
    again, there = pair()
    client.up(Link(again, msg.Up))
    assert received(Link(there, msg.Down)) == []
