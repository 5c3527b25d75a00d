"""C4–C6: lay the paper, photograph it, judge the picture: for a copy and for a dossier."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from daemon.machine.copy import kinds, pages
from daemon.machine.copy.job import OFFICER, Job, button, screen
from daemon.machine.copy.scenes import Examining, NameAsked, Place, Shooting, Trouble
from daemon.machine.dossier import papers
from daemon.machine.dossier.job import Dossier
from daemon.machine.dossier.job import screen as dossier_screen
from daemon.machine.effects import After, AnyEffect, Capture, DropPage, Examine, Forget, Sound
from daemon.machine.events import (
    AnyEvent,
    BedChanged,
    Captured,
    CaptureFailed,
    Elapsed,
    Examined,
    ExamineFailed,
    PaperSeen,
    Pressed,
)
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.values import Box
from daemon.machine.views import AnyBody, Camera, Picture, Say, View, Working

SHOT = "shot"
SHOT_LATE = "shot.late"
EXAMINE_LATE = "examine.late"


def place(job: Job, now: Now, *, armed: bool = True, back_side: bool = False) -> Move:
    """Ask for the next page."""
    return go(Place(job, job.next_page(), armed=armed, back_side=back_side))


def _shoot(scene: Place | Examining, now: Now) -> Move:
    return go(
        Shooting(scene.job, scene.page, scene.tries),
        Capture(scene.page),
        After(now.house.limits.shot, SHOT_LATE),
    )


def _trouble(scene: Shooting | Examining, seen: str, now: Now, where: Box | None = None) -> Move:
    tries = min(scene.tries + 1, now.house.tries)
    trouble = Trouble(scene.job, scene.page, tries, seen, where)  # type: ignore[arg-type]
    return go(trouble, Sound("attention"))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case Place():
            return _place(scene, event, now)
        case Shooting():
            return _shooting(scene, event, now)
        case Examining():
            return _examining(scene, event, now)
        case Trouble():
            return _in_trouble(scene, event, now)
    return None


def _place(scene: Place, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case PaperSeen("still") if scene.armed:
            return go(replace(scene, ring=True, hint=""), After(now.house.limits.still, SHOT))
        case PaperSeen("cut" | "two" | "dark" as hint):
            return go(replace(scene, ring=False, hint=hint), Forget(SHOT))
        case PaperSeen("empty" | "moving"):
            return go(replace(scene, armed=True, ring=False, hint=""), Forget(SHOT))
        case PaperSeen():
            return go(replace(scene, ring=False, hint=""), Forget(SHOT))
        case BedChanged():
            return go(replace(scene, armed=True, ring=False), Forget(SHOT))
        case Elapsed("shot") if scene.ring:
            return _shoot(scene, now)
        case Pressed("shoot"):
            return _shoot(scene, now)
        case Pressed("back"):
            return _back(scene.job)
    return None


def _back(job: Job | Dossier, *effects: AnyEffect) -> Move:
    """To what was there before the camera."""
    if isinstance(job, Dossier):
        return papers.asked(job, *effects)
    return pages.show(job, *effects) if job.originals else go(NameAsked(job.requester))


def _screen(job: Job | Dossier, name: str, body: AnyBody, title: Say, **rest: Any) -> View:
    """The same screens with the steps of either flow."""
    return (dossier_screen if isinstance(job, Dossier) else screen)(name, 1, body, title, **rest)


def _shooting(scene: Shooting, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case Captured(page) if page == scene.page:
            return go(
                Examining(scene.job, scene.page, scene.tries),
                Examine(scene.page, scene.job.all_pages),
                After(now.house.limits.examine, EXAMINE_LATE),
            )
        case CaptureFailed(page) if page == scene.page:
            return _trouble(scene, "camera", now)
        case Elapsed("shot.late"):
            return _trouble(scene, "camera", now)
    return None


def _examining(scene: Examining, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case Examined(page) if page == scene.page:
            return _judge(scene, event, now)
        case ExamineFailed(page) if page == scene.page:
            return _trouble(scene, "unreadable", now)
        case Elapsed("examine.late"):
            return _trouble(scene, "unreadable", now)
        case Pressed("back"):
            return go(
                Place(scene.job, scene.page, scene.tries, armed=False),
                DropPage(scene.page),
            )
    return None


def _judge(scene: Examining, seen: Examined, now: Now) -> Move:
    job = scene.job
    if seen.secret:
        # Decree 23/2015 Art. 22(3): the picture goes at once, nothing is queued.
        if isinstance(job, Dossier):
            return papers.gone(job, scene.page)
        return kinds.refuse(job, scene.page, "secret")
    if seen.quality == "moved" and scene.tries == 0:
        # G3: once by itself, before anybody is troubled.
        return _shoot(replace(scene, tries=1), now)
    if seen.quality != "ok":
        return _trouble(scene, seen.quality, now, seen.where)
    if seen.duplicate:
        return _trouble(scene, "same", now)
    if seen.kind and kinds.is_no_paper(seen.kind, now):
        return _trouble(scene, "not_a_paper", now)
    return papers.found(job, seen, now) if isinstance(job, Dossier) else kinds.found(job, seen, now)


def _in_trouble(scene: Trouble, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case Pressed("retry" | "back"):
            return go(Place(scene.job, scene.page, scene.tries, armed=False), DropPage(scene.page))
        case Pressed("skip") if scene.job.originals:
            return _back(scene.job, DropPage(scene.page))
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Place():
            if scene.hint:
                title = Say(f"q.{scene.hint}")
            elif scene.ring:
                title = Say("bed.hold")
            else:
                title = Say("pages.back_side" if scene.back_side else "bed.place")
            return _screen(
                scene.job,
                "place",
                Camera(
                    loop="turn_paper" if scene.back_side else "lay_paper",
                    ring=now.house.limits.still if scene.ring else None,
                ),
                title,
                detail=Say("bed.nth", args={"n": len(scene.job.all_pages) + 1}),
                primary=button("shoot", "bed.shoot", tone="go"),
            )
        case Shooting():
            return _screen(scene.job, "shooting", Camera(), Say("bed.hold"), bar_off=("back",))
        case Examining():
            return _screen(scene.job, "examining", Working(loop="examine"), Say("q.looking"))
        case Trouble(tries=tries):
            retry = button("retry", "common.retry", tone="go")
            skip = (button("skip", "q.skip"),) if scene.job.originals else ()
            pictured = scene.seen not in ("camera", "empty", "unreadable")
            third = tries >= now.house.tries
            return _screen(
                scene.job,
                "trouble",
                Picture(scene.page, scene.where) if pictured else Camera(),
                Say("q.third" if third else f"q.{scene.seen}", args=_where(scene.where)),
                detail=Say(f"q.{scene.seen}", args=_where(scene.where)) if third else None,
                # On the third failure an officer is offered first.
                choices=(*skip, retry) if third else (*skip, OFFICER),
                primary=OFFICER if third else retry,
            )
    return None


def _where(box: Box | None) -> dict[str, str | int]:
    """Row and column of the trouble for the words (`place.*` keys are chosen by the screen)."""
    if box is None:
        return {"where": "middle"}
    x, y = box.x + box.w / 2, box.y + box.h / 2
    row = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    column = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    return {"where": "_".join(part for part in (row, column) if part) or "middle"}


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Place():
            return (
                *(PaperSeen(seen) for seen in ("empty", "found", "still", "cut")),
                Elapsed(SHOT),
            )
        case Shooting(page=page):
            return (
                Captured(page),
                Captured("page-99"),
                CaptureFailed(page, "timeout"),
                Elapsed(SHOT_LATE),
            )
        case Examining(page=page):
            return (
                *(Examined(page, "ok", kind=kind) for kind in ("one", "two", "", "no", "foreign")),
                Examined(page, "ok", kind="nothing"),
                Examined(page, "ok", kind="one", already_copy=True),
                Examined(page, "ok", kind="one", secret=True),
                Examined(page, "ok", kind="one", duplicate=True),
                Examined(page, "moved"),
                Examined(page, "glare", Box(0.8, 0.1, 0.1, 0.1)),
                ExamineFailed(page, "killed"),
                Elapsed(EXAMINE_LATE),
            )
    return ()
