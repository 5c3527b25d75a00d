"""Words, and what they found."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.effects import Browse, Lookup, Search
from daemon.machine.events import AnyEvent, Found, Pressed, Typed
from daemon.machine.lookup.scenes import Ask, By, Groups, Opening
from daemon.machine.personal import Personal
from daemon.machine.state import HOME, Move, Now, Scene, go
from daemon.machine.views import Choice, Keyboard, Say, View

SHOWN = 4
"""Results on one screen."""

LONGEST = 120
"""Letters of a query; what comes after is not read."""

WAYS: tuple[By, ...] = ("event", "field")


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does here; None where it means nothing."""
    match scene, event:
        case Ask(), Typed(text):
            kept = Personal(text.reveal()[:LONGEST])
            return go(replace(scene, text=kept), Search(kept)) if kept else go(Ask())
        case Ask(), Found(results, enough):
            return go(replace(scene, results=results[:SHOWN], nothing=enough and not results))
        case Ask(results=results), Pressed("open", code) if code in dict(results):
            return go(Opening(scene, code), Lookup(code, now.prefs.language))
        case Ask(), Pressed("browse", "event" | "field" as by):
            return go(Groups(by), Browse(by, "", now.prefs.language))
        case Ask(), Pressed("back"):
            return HOME
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How it looks: the two other ways stand there until something was found."""
    match scene:
        case Ask(text, results, nothing):
            found = tuple(
                Choice("open", Say("lookup.hit", args={"name": name}), value=code)
                for code, name in results
            )
            ways = tuple(Choice("browse", Say(f"lookup.by.{by}"), value=by) for by in WAYS)
            return View(
                name="lookup.ask",
                body=Keyboard(text, layout="search"),
                title=Say("lookup.none" if nothing else "lookup.ask"),
                choices=found or ways,
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    return (
        Typed(Personal("kh")),
        Typed(Personal("")),
        Found((("1.001193", "A"),)),
        Found(()),
        Found((), enough=False),
        Pressed("open", "0"),
        Pressed("browse", "weather"),
    )
