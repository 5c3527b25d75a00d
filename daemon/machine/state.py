"""The state of the kiosk: what is on the screen, what lies around it, who is standing there.

A *scene* is one screen of one flow.  Everything a visitor gave hangs on the scene (in the copy flow
on its `Job`), so leaving the scene leaves nothing behind.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.effects import AnyEffect
from daemon.machine.events import NewsItem, NoticeName, Today
from daemon.machine.personal import Personal
from daemon.machine.values import House, Outcome, Part, Prefs


class Scene(msgspec.Struct, frozen=True, tag=True, tag_field="scene"):
    """The common base of all screens' states."""


class World(msgspec.Struct, frozen=True):
    """What is true whoever stands there."""

    bed: bool = False
    tray: bool = False
    headset: bool = False
    lost: frozenset[Part] = frozenset()
    maintenance: bool = False
    reason: str = ""
    """Why there is maintenance, for the screen."""
    notice: NoticeName = ""
    """What the ward has to say to everybody."""
    number: str = ""
    """Queue number that is called now; empty = none."""
    counter: int = 0
    """Where to."""
    today: Today | None = None
    """Opening hours and who waits; None = not told yet."""
    called: bool = False
    """An officer was called and has not come yet."""
    late: bool = False
    """Nobody came in time: the officers were called again."""
    news: tuple[NewsItem, ...] = ()
    """The ward's announcements that hold now."""


OverlayName = Literal["", "idle", "help", "show", "called", "leave", "card"]


class State(msgspec.Struct, frozen=True):
    """The whole state."""

    scene: Scene
    world: World = World()
    prefs: Prefs = Prefs()
    overlay: OverlayName = ""
    focus: int | None = None
    spelt: Personal[str] = Personal("")
    """Where among the letters the hardware keys are."""
    visit: bool = False
    """Somebody is being served: a session key exists."""


class Step(msgspec.Struct, frozen=True):
    """What one event leads to."""

    state: State
    effects: tuple[AnyEffect, ...] = ()
    expected: bool = True
    """False: the event meant nothing here and changed nothing; the shell counts it by name."""


class Now(msgspec.Struct, frozen=True):
    """What a flow may look at besides its own scene."""

    world: World
    prefs: Prefs
    house: House

    def works(self, *parts: Part) -> bool:
        """Are all of these parts in order?"""
        return not self.world.lost.intersection(parts)


class Move(msgspec.Struct, frozen=True):
    """A flow's answer to an event: the next scene and effects, or the end of the visit."""

    scene: Scene | None = None
    effects: tuple[AnyEffect, ...] = ()
    ends: Outcome | None = None
    """Set: the visit ends so; `step.py` clears up and says goodbye."""
    home: bool = False
    """Back to the home menu inside the same presence: everything of the flow is shredded."""


def go(scene: Scene, *effects: AnyEffect) -> Move:
    """The next scene, with these effects."""
    return Move(scene, effects)


def end(outcome: Outcome, *effects: AnyEffect) -> Move:
    """The visit ends so, after these effects."""
    return Move(None, effects, ends=outcome)


HOME = Move(home=True)
