"""What systemd's watchdog is fed with: children that are there and a screen that draws."""

from __future__ import annotations

import dataclasses

from daemon.alive import STARTS, Alive
from daemon.machine.views import Lines, Say, View
from ui_kivy import messages as msg
from ui_kivy.client import ScreenClient


@dataclasses.dataclass
class Part:
    name: str
    up: bool = True


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_child_may_be_restarted_but_must_come_back() -> None:
    time, part = Time(), Part("camera")
    alive = Alive([Part("screen"), part], lambda: 0.0, patience=10.0, clock=time)
    part.up = False
    assert alive.trouble() == ""
    time.now += STARTS * 10.0
    assert alive.trouble() == ""
    time.now += 1.0
    assert "camera" in alive.trouble()
    part.up = True
    assert alive.trouble() == ""
    part.up = False  # a new absence begins at zero
    assert alive.trouble() == ""


def test_a_screen_that_answers_but_draws_nothing_is_no_life() -> None:
    waits = 0.0
    alive = Alive([Part("screen")], lambda: waits, patience=10.0)
    assert alive.trouble() == ""
    waits = STARTS * 10.0 + 1.0
    assert "draws nothing" in alive.trouble()


def test_only_the_newest_view_on_the_glass_counts_as_drawn() -> None:
    screen = ScreenClient(lambda event, seq: None, lambda seq: None)
    assert screen.undrawn() == 0.0
    view = View(name="home", body=Lines(()), title=Say("home.title"))
    first = screen.show(view)
    second = screen.show(view)
    assert screen.undrawn() > 0.0
    screen.message(msg.Drawn(first), [])
    assert screen.undrawn() > 0.0
    screen.message(msg.Drawn(second), [])
    assert screen.undrawn() == 0.0
