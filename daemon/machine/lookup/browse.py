"""Without words: by what happened in a life, or by field."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.effects import Browse, Lookup
from daemon.machine.events import AnyEvent, Browsed, Pressed
from daemon.machine.lookup.scenes import Ask, Groups, Listed, Opening
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.views import Choice, Lines, Say, View


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does here; None where it means nothing."""
    match scene, event:
        case Groups(by), Browsed(read, "", entries) if read == by:
            return go(replace(scene, entries=entries))
        case Groups(by, entries), Pressed("group", of) if of in dict(entries):
            return go(Listed(scene, of), Browse(by, of, now.prefs.language))
        case Groups(), Pressed("back"):
            return go(Ask())
        case Listed(back, of), Browsed(by, read, entries) if (by, read) == (back.by, of):
            return go(replace(scene, entries=entries))
        case Listed(entries=entries), Pressed("open", code) if code in dict(entries):
            return go(Opening(scene, code), Lookup(code, now.prefs.language))
        case Listed(back), Pressed("back"):
            return go(back)
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How these screens look."""
    match scene:
        case Groups(by, entries):
            return View(
                name=f"lookup.groups_{by}",
                body=Lines(()),
                title=Say(f"lookup.choose.{by}" if entries else "lookup.opening"),
                choices=_buttons("group", entries),
            )
        case Listed(back, of, entries):
            named = dict(back.entries).get(of, "")
            return View(
                name="lookup.listed",
                body=Lines(()),
                title=Say("lookup.hit", args={"name": named}) if entries else Say("lookup.opening"),
                choices=_buttons("open", entries),
            )
    return None


def _buttons(action: str, entries: tuple[tuple[str, str], ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(action, Say("lookup.hit", args={"name": name}), value=value)
        for value, name in entries
    )


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Groups(by):
            return (
                Browsed(by, "", (("birth", "A"), ("death", "B"))),
                Browsed("event" if by == "field" else "field", "", (("x", "X"),)),
                Pressed("group", "weather"),
            )
        case Listed(back, of):
            return (Browsed(back.by, of, (("1.001193", "A"),)), Browsed(back.by, "other", ()))
    return ()
