"""How content is the visitor: five faces with words, and why, if he likes.  Tied to nobody."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.effects import After, Rated
from daemon.machine.events import AnyEvent, Elapsed, Pressed
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.views import Choice, Faces, Lines, Say, View

WHY_END = "rating.end"
BEST_WITHOUT = 4
"""From so many stars on nobody is asked why."""


class Ask(Scene, frozen=True):
    """Asked for from the notices."""


class Why(Scene, frozen=True):
    """The reasons that are named; none has to be."""

    stars: int
    chosen: tuple[str, ...] = ()
    of: str = "rating"
    """The flow that is rated: the visit is reported as one of it."""


def rated(stars: int, now: Now, of: str = "rating") -> Move:
    """After a face was pressed, on whatever screen it stood: asks why, or ends the visit."""
    if stars >= BEST_WITHOUT:
        return end("done", Rated(stars))
    return go(Why(stars, of=of), After(now.house.limits.receipt, WHY_END))


def faces() -> tuple[Choice, ...]:
    """The five levels as choices."""
    return tuple(Choice("star", Say(f"rate.{n}"), value=str(n)) for n in range(1, 6))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this flow; None where it means nothing."""
    match scene, event:
        case Ask(), Pressed("star", "1" | "2" | "3" | "4" | "5" as stars):
            return rated(int(stars), now)
        case Ask(), Pressed("skip" | "back"):
            return end("done")
        case Why(_, chosen), Pressed("why", reason) if reason in now.house.rating_reasons:
            named = {*chosen} ^ {reason}
            kept = tuple(one for one in now.house.rating_reasons if one in named)
            return go(replace(scene, chosen=kept), After(now.house.limits.receipt, WHY_END))
        case Why(stars, chosen), (Pressed("ok" | "back") | Elapsed("rating.end")):
            return end("done", Rated(stars, chosen))
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this flow looks."""
    match scene:
        case Ask():
            return View(
                name="rating.ask",
                body=Faces(),
                title=Say("rate.ask"),
                choices=faces(),
                primary=Choice("skip", Say("common.skip")),
            )
        case Why(_, chosen):
            return View(
                name="rating.why",
                body=Lines(()),
                title=Say("rate.why"),
                choices=(
                    *_reasons(now.house.rating_reasons, chosen),
                    Choice("ok", Say("rate.send"), tone="go", icon="forward"),
                ),
                bar_off=("back",),
            )
    return None


def _reasons(offered: tuple[str, ...], chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice("why", Say(f"rate.reason.{one}"), value=one, icon="yes" if one in chosen else "")
        for one in offered
    )


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Ask():
            return (Pressed("star", "6"),)
        case Why():
            return (Pressed("why", "weather"), Elapsed(WHY_END))
    return ()
