"""C8: the pages of an original, and whether all of them are there."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy import choose
from daemon.machine.copy import look as looking
from daemon.machine.copy.job import Job, button, rule, screen
from daemon.machine.copy.scenes import PagesShown, Place, SideMissing
from daemon.machine.effects import AnyEffect, DropPage, Paper
from daemon.machine.events import AnyEvent, Pressed
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.views import Notice, Pages, Say, View


def show(job: Job, *effects: AnyEffect) -> Move:
    """The pages so far; where the original at hand has none, those of the one before."""
    if not job.pages and job.papers:
        last = job.papers[-1]
        job = replace(job, papers=job.papers[:-1], kind=last.kind, pages=last.pages)
    return go(PagesShown(replace(job, slot=None)), *effects)


def add(job: Job, page: str, now: Now) -> Move:
    """One page more; a two-sided kind asks for its other side."""
    job = job.with_page(page)
    if len(job.pages) < rule(now.house, job.kind).sides:
        return go(Place(job, job.next_page(), back_side=True, armed=False))
    return go(PagesShown(job))


def _more(job: Job) -> Move:
    return go(Place(job, job.next_page(), armed=False))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case PagesShown():
            return _shown(scene, event, now)
        case SideMissing(job):
            match event:
                case Pressed("next"):
                    return go(Place(job, job.next_page(), back_side=True, armed=False))
                case Pressed("back"):
                    return go(PagesShown(job))
    return None


def _shown(scene: PagesShown, event: AnyEvent, now: Now) -> Move | None:
    job, at = scene.job, scene.selected
    match event:
        case Pressed("done"):
            if len(job.pages) < rule(now.house, job.kind).sides:
                return go(SideMissing(job))
            return choose.product(job, now)
        case Pressed("next") if len(job.all_pages) < now.house.max_pages:
            return _more(job)
        case Pressed("another") if _room_for_another(job, now):
            closed = (*job.papers, Paper(job.kind, job.pages))
            return _more(replace(job, papers=closed, kind="", pages=()))
        case Pressed("page", page) if page in job.pages:
            index = job.pages.index(page)
            return go(PagesShown(job, None if index == at else index))
        case Pressed("look"):
            return looking.look(job, at or 0)
        case Pressed("up") if at:
            return go(PagesShown(_swapped(job, at - 1), at - 1))
        case Pressed("down") if at is not None and at + 1 < len(job.pages):
            return go(PagesShown(_swapped(job, at), at + 1))
        case Pressed("delete") if at is not None:
            return _without(job, at)
        case Pressed("back"):
            return _without(job, len(job.pages) - 1)
    return None


def _room_for_another(job: Job, now: Now) -> bool:
    house = now.house
    return len(job.originals) < house.max_papers and len(job.all_pages) < house.max_pages


def _swapped(job: Job, at: int) -> Job:
    one, two = job.pages[at : at + 2]
    return replace(job, pages=(*job.pages[:at], two, one, *job.pages[at + 2 :]))


def _without(job: Job, at: int) -> Move:
    """Erases a page; with the last one gone the paper is asked for again."""
    page = job.pages[at]
    rest = replace(job, pages=job.pages[:at] + job.pages[at + 1 :])
    if rest.pages:
        return go(PagesShown(rest), DropPage(page))
    rest = replace(rest, kind="")
    return go(Place(rest, rest.next_page(), armed=False), DropPage(page))


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case PagesShown(job, selected):
            choices = []
            if selected is None:
                if len(job.all_pages) < now.house.max_pages:
                    choices.append(button("next", "pages.next"))
                if _room_for_another(job, now):
                    choices.append(button("another", "pages.another"))
                choices.append(button("look", "pages.look_all", icon="zoom_in"))
            else:
                choices.append(button("look", "pages.look", icon="zoom_in"))
                if selected > 0:
                    choices.append(button("up", "pages.up"))
                if selected + 1 < len(job.pages):
                    choices.append(button("down", "pages.down"))
                choices.append(button("delete", "pages.delete", tone="stop"))
            return screen(
                "pages",
                2,
                Pages(
                    job.pages,
                    tuple(
                        Say("pages.nth", args={"n": n + 1, "of": len(job.pages)})
                        for n in range(len(job.pages))
                    ),
                    selected,
                ),
                Say("pages.check", terms={"kind": f"kind.{job.kind}"}),
                detail=Say("pages.papers", args={"n": len(job.originals)}) if job.papers else None,
                choices=tuple(choices),
                primary=button("done", "pages.done", tone="go"),
            )
        case SideMissing():
            return screen(
                "side_missing",
                2,
                Notice("warn", loop="turn_paper"),
                Say("pages.missing", args={"list": "2"}),
                primary=button("next", "pages.next", tone="go"),
                choices=(button("officer", "pages.no_such_page", tone="officer"),),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case PagesShown(job):
            return (*(Pressed("page", page) for page in job.pages), Pressed("page", "none"))
    return ()
