"""D3: one paper after the other: is it there, is it the right one, are all its pages there."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy.scenes import Place
from daemon.machine.dossier import form
from daemon.machine.dossier.job import Dossier, button, paper_name, screen
from daemon.machine.dossier.scenes import Checking, Doubt, Gone, PaperAsked, PaperShown
from daemon.machine.effects import After, AnyEffect, CheckPaper, DropPage, Refuse, Sound
from daemon.machine.events import AnyEvent, Elapsed, Examined, PaperChecked, Pressed
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.views import Lines, Notice, Pages, Picture, Say, View, Working

CHECK_LATE = "check.late"


def following(job: Dossier, *effects: AnyEffect) -> Move:
    """Asks for the next paper, or goes on to the form."""
    at = job.following()
    if at is None:
        return form.fill(job, *effects)
    return go(PaperAsked(job.turned_to(at)), *effects)


def photograph(job: Dossier, *effects: AnyEffect) -> Move:
    """Lay it on the bed."""
    return go(Place(job, job.next_page(), armed=False), *effects)


def asked(job: Dossier, *effects: AnyEffect) -> Move:
    """Back from the camera."""
    return go(PaperShown(job) if job.pages else PaperAsked(job), *effects)


def found(job: Dossier, seen: Examined, now: Now) -> Move:
    """A readable page: its first one is compared with what is asked for."""
    if job.pages:
        return go(PaperShown(replace(job, pages=(*job.pages, seen.page))))
    return go(
        Checking(job, seen.page),
        CheckPaper(seen.page, seen.kind, job.paper.kinds),
        After(now.house.limits.examine, CHECK_LATE),
    )


def gone(job: Dossier, page: str) -> Move:
    """A page that must not be copied (Decree 23/2015 Art. 22(3)): its picture goes at once."""
    return go(Gone(job.without(page)), DropPage(page), Refuse("secret"), Sound("attention"))


def secret_found(scene: Scene, page: str) -> Move | None:
    """Its words were read only now."""
    job = getattr(scene, "job", None)
    if isinstance(job, Dossier) and page in job.all_pages:
        return gone(job, page)
    if isinstance(scene, Checking | Doubt) and scene.page == page:
        return gone(scene.job, page)
    return None


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case PaperAsked(job):
            return _asked(job, event)
        case Checking():
            return _checking(scene, event)
        case Doubt():
            return _doubt(scene, event)
        case PaperShown(job):
            return _shown(job, event, now)
        case Gone(job):
            match event:
                case Pressed("ok" | "back"):
                    return following(job)
    return None


def _asked(job: Dossier, event: AnyEvent) -> Move | None:
    match event:
        case Pressed("photograph"):
            return photograph(job)
        case Pressed("brought") if job.paper.form == "shown":
            return following(job.with_brought())
        case Pressed("lack"):
            return following(job.with_lack())
        case Pressed("back"):
            return _before(job)
    return None


def _before(job: Dossier) -> Move | None:
    """The paper before this one is asked for anew; what was photographed of it goes."""
    earlier = [at for at in job.asked if at < job.at]
    if not earlier:
        return None
    at = earlier[-1]
    pages = tuple(page for paper in job.papers if paper.at == at for page in paper.pages)
    drops = tuple(DropPage(page) for page in pages)
    return go(PaperAsked(job.forgotten(at).turned_to(at)), *drops)


def _checking(scene: Checking, event: AnyEvent) -> Move | None:
    job, page = scene.job, scene.page
    match event:
        case PaperChecked(checked) if checked == page:
            other = event.person == "other"
            if event.verdict == "other":
                return _asks(scene, event, "kind")
            job = replace(job, kind=event.kind, checked=event.verdict == "right")
            if other or event.expired:
                return _asks(Checking(job, page), event, "other" if other else "expired")
            return go(PaperShown(replace(job, pages=(page,))), Sound("success"))
        case Elapsed("check.late"):
            return go(PaperShown(replace(job, pages=(page,), checked=False)))
        case Pressed("back"):
            return go(PaperAsked(job), DropPage(page))
    return None


def _asks(scene: Checking, event: PaperChecked, why: str) -> Move:
    doubt = Doubt(
        scene.job,
        scene.page,
        event.kind,
        why,  # type: ignore[arg-type]
        event.expired,
        event.person == "other",
    )
    return go(doubt, Sound("attention"))


def _doubt(scene: Doubt, event: AnyEvent) -> Move | None:
    job, page = scene.job, scene.page
    match event:
        case Pressed("again" | "back"):
            return photograph(job.turned_to(job.at), DropPage(page))
        case Pressed("keep"):
            kept = replace(
                job,
                pages=(page,),
                kind=scene.kind if scene.why == "kind" else job.kind,
                checked=job.checked and scene.why != "kind",
                expired=scene.expired,
                other=scene.other,
            )
            return go(PaperShown(kept))
        case Pressed("lack"):
            return following(job.with_lack(), DropPage(page))
    return None


def _shown(job: Dossier, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case Pressed("done"):
            return following(job.with_paper())
        case Pressed("next") if len(job.all_pages) < now.house.max_pages:
            return photograph(job)
        case Pressed("back"):
            last = job.pages[-1]
            rest = job.without(last)
            return go(PaperShown(rest) if rest.pages else PaperAsked(rest), DropPage(last))
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case PaperAsked(job):
            return _view_asked(job)
        case Checking():
            return screen("checking", 1, Working(), Say("q.looking"))
        case Doubt(job, page, kind, why):
            return screen(
                "doubt",
                1,
                Picture(page),
                Say(
                    f"dossier.doubt.{why}" if kind or why != "kind" else "dossier.doubt.unknown",
                    terms={"kind": f"kind.{kind}"} if kind and why == "kind" else {},
                ),
                choices=(
                    button("keep", "dossier.keep_it"),
                    button("lack", "dossier.lack"),
                ),
                primary=button("again", "dossier.again", tone="go"),
            )
        case PaperShown(job):
            more = len(job.all_pages) < now.house.max_pages
            count = len(job.pages)
            return screen(
                "pages",
                1,
                Pages(
                    job.pages,
                    tuple(Say("pages.nth", args={"n": n + 1, "of": count}) for n in range(count)),
                ),
                paper_name(job.paper),
                detail=Say("dossier.right" if job.checked else "dossier.unchecked"),
                choices=(button("next", "pages.next"),) if more else (),
                primary=button("done", "dossier.next_paper", tone="go"),
            )
        case Gone():
            return screen(
                "gone",
                1,
                Notice("stop", loop="take_paper"),
                Say("dossier.secret"),
                primary=button("ok", "common.next", tone="go"),
            )
    return None


def _view_asked(job: Dossier) -> View:
    paper = job.paper
    place = job.asked.index(job.at) + 1
    lines = [Say(f"dossier.form.{paper.form}", args={"n": paper.count})]
    if paper.if_any:
        lines.append(Say("dossier.if_any"))
    if not paper.kinds:
        lines.append(Say("dossier.cannot_check"))
    brought = (button("brought", "dossier.brought"),) if paper.form == "shown" else ()
    return screen(
        "paper",
        1,
        Lines(tuple(lines)),
        paper_name(paper),
        detail=Say("dossier.nth_paper", args={"n": place, "of": len(job.asked)}),
        choices=(*brought, button("lack", "dossier.none" if paper.if_any else "dossier.lack")),
        primary=button("photograph", "dossier.photograph", tone="go"),
        bar_off=() if place > 1 else ("back",),
    )


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Checking(page=page):
            return (
                PaperChecked(page, "right", "one"),
                PaperChecked(page, "other", "two"),
                PaperChecked(page, "right", "one", expired=True, person="other"),
                PaperChecked("page-99", "right", "one"),
                Elapsed(CHECK_LATE),
            )
    return ()
