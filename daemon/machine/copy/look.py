"""The look at a page: the whole of it, or one part enlarged; the other pages by turning."""

from __future__ import annotations

from daemon.machine.copy.job import Job, button, screen
from daemon.machine.copy.scenes import PageLooked, PagesShown
from daemon.machine.effects import EnlargePage
from daemon.machine.events import AnyEvent, Pressed
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.values import Box
from daemon.machine.views import Choice, Picture, Say, View

PARTS = tuple(Box(x, y, 0.54, 0.38) for y in (0.0, 0.31, 0.62) for x in (0.0, 0.46))
"""Six parts in reading order, each a little over its neighbours: a line at an edge is whole once.

Twice as large as the whole page on a panel of this width, which a finger reaches by touching the
place, and the hardware keys by going on from part to part.
"""


def look(job: Job, at: int) -> Move:
    """Opens the look at one page."""
    return go(PageLooked(job, at), EnlargePage(job.pages[at]))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case PageLooked(job, at), Pressed("part", part) if part in _numbers():
            return go(PageLooked(job, at, int(part)))
        case PageLooked(job, at), Pressed("before") if at > 0:
            return look(job, at - 1)
        case PageLooked(job, at), Pressed("after") if at + 1 < len(job.pages):
            return look(job, at + 1)
        case PageLooked(job, at, part), Pressed("back") if part:
            return go(PageLooked(job, at))
        case PageLooked(job, at), Pressed("ok" | "back"):
            return go(PagesShown(job, at))
    return None


def _numbers() -> tuple[str, ...]:
    """Numbers of the parts; 0 = the whole page."""
    return tuple(str(n) for n in range(len(PARTS) + 1))


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case PageLooked(job, at, part):
            where: dict[str, str | int] = {"n": at + 1, "of": len(job.pages)}
            zoom: tuple[Choice, ...]
            if part:
                title = Say("look.part", args={**where, "k": part, "parts": len(PARTS)})
                following = str(part % len(PARTS) + 1)
                zoom = (
                    button("part", "look.next_part", following, icon="zoom_next"),
                    button("part", "look.whole", "0", icon="zoom_out"),
                )
            else:
                title = Say("look.page", args=where)
                zoom = (button("part", "look.larger", "1", icon="zoom_in"),)
            turn = []
            if at > 0:
                turn.append(button("before", "look.before", icon="back"))
            if at + 1 < len(job.pages):
                turn.append(button("after", "look.after", icon="next"))
            return screen(
                "look",
                2,
                Picture(job.pages[at], near=PARTS[part - 1] if part else None, parts=PARTS),
                title,
                choices=(*zoom, *turn),
                primary=button("ok", "look.done"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case PageLooked():
            return (*(Pressed("part", one) for one in _numbers()), Pressed("part", "9"))
    return ()
