"""What the ward says to everybody: announcements, opening hours; and what one thinks of it."""

from __future__ import annotations

from daemon.machine import rating
from daemon.machine.effects import TellHours
from daemon.machine.events import AnyEvent, HoursTold, Pressed
from daemon.machine.state import HOME, Move, Now, Scene, go
from daemon.machine.views import Choice, Lines, Say, View


class Menu(Scene, frozen=True):
    """The announcements that hold now."""


class Hours(Scene, frozen=True):
    """Opening hours and the next days off; empty while they are being read."""

    sections: tuple[tuple[str, tuple[str, ...]], ...] = ()


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this flow; None where it means nothing."""
    match scene, event:
        case Menu(), Pressed("hours"):
            return go(Hours(), TellHours(now.prefs.language))
        case Menu(), Pressed("rate"):
            return go(rating.Ask())
        case Menu(), Pressed("back"):
            return HOME
        case Hours(), HoursTold(sections):
            return go(Hours(sections))
        case Hours(), Pressed("back"):
            return go(Menu())
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this flow looks."""
    match scene:
        case Menu():
            news = tuple(
                Say(
                    "lookup.line", args={"text": item.vi if now.prefs.language == "vi" else item.en}
                )
                for item in now.world.news
            )
            return View(
                name="info.menu",
                body=Lines(news),
                title=Say("info.title" if news else "info.none"),
                choices=(
                    Choice("hours", Say("info.hours"), icon="info"),
                    Choice("rate", Say("info.rate"), icon="face5"),
                ),
            )
        case Hours(sections):
            lines: list[Say] = []
            for section, rows in sections:
                lines.append(Say(f"info.section.{section}"))
                lines.extend(Say("lookup.line", args={"text": row}) for row in rows)
            return View(
                name="info.hours",
                body=Lines(tuple(lines)),
                title=Say("info.hours" if sections else "lookup.opening"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Hours():
            return (HoursTold((("today", ("07:30-11:30",)),)),)
    return ()
