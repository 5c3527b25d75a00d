"""D4: what is there and what lacks; packed, sealed to the ward, and the slip to go on with."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy import choose
from daemon.machine.copy.job import Job, rule
from daemon.machine.dossier.job import Dossier, button, screen
from daemon.machine.dossier.parts import Held
from daemon.machine.dossier.scenes import FormShown, Kept, Packing, PaperAsked, PaperShown, Summary
from daemon.machine.effects import PackDossier, Paper, PrintTicket, Sound
from daemon.machine.events import (
    AnyEvent,
    DossierFailed,
    DossierKept,
    Pressed,
    TicketFailed,
    TicketPrinted,
)
from daemon.machine.personal import Personal
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.values import House
from daemon.machine.views import Lines, Notice, Say, View, Working


def summary(job: Dossier) -> Move:
    """What is there and what lacks."""
    return go(Summary(job))


def back_to(job: Dossier, held: Held) -> Move:
    """A paper that was done is at hand again, with its pages."""
    return go(
        PaperShown(
            replace(
                job,
                pages=held.pages,
                kind=held.kind,
                checked=held.checked == "right",
                expired=held.expired,
                other=held.other,
            )
        )
    )


def to_certify(job: Dossier, house: House) -> Job | None:
    """The copy request for the papers that the procedure wants as certified copies; None = none.

    Only what may be copied here, and only a paper that the recognition is sure of.
    """
    papers = tuple(
        Paper(held.kind, held.pages)
        for held in job.papers
        if job.wanted[held.at].form == "copy" and _certifiable(held, house)
    )[: house.max_papers]
    if not papers:
        return None
    requester = next((one.value for one in job.fields if one.name == "name"), Personal(""))
    last = papers[-1]
    return Job(requester, papers[:-1], last.kind, last.pages)


def _certifiable(held: Held, house: House) -> bool:
    known = rule(house, held.kind)
    return bool(
        held.kind
        and held.checked == "right"
        and known.policy == "yes"
        and not known.foreign
        and known.refusal is None
        and len(held.pages) >= known.sides
    )


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case Summary(job), Pressed("hand_in") if job.papers or job.brought or job.missing:
            return go(
                Packing(job),
                PackDossier(
                    job.code, job.slip, job.yes, job.papers, job.brought, job.missing, job.fields
                ),
            )
        case Summary(job), Pressed("paper", value):
            return _once_more(job, value)
        case Summary(job), Pressed("back"):
            return go(FormShown(job))
        case Packing(job), DossierKept(slip, official):
            return go(Kept(job, slip, official), _slip(job, slip), Sound("success"))
        case Packing(job), DossierFailed(reason):
            return go(Summary(job, trouble=f"dossier.not_kept.{reason}"), Sound("attention"))
        case Kept(), TicketFailed():
            return go(replace(scene, printed=False))
        case Kept(), TicketPrinted():
            return go(replace(scene, printed=True))
        case Kept(job, slip), Pressed("print"):
            return go(replace(scene, printed=True), _slip(job, slip))
        case Kept(job), Pressed("copies"):
            request = to_certify(job, now.house)
            return None if request is None else choose.product(request, now)
        case Kept(), Pressed("done"):
            return end("done")
    return None


def _once_more(job: Dossier, value: str) -> Move | None:
    """A paper that lacked is there after all."""
    if not value.isdecimal() or int(value) not in job.lacking:
        return None
    return go(PaperAsked(job.forgotten(int(value)).turned_to(int(value))))


def _slip(job: Dossier, slip: str) -> PrintTicket:
    """The list of what is there and what lacks: advice, no receipt."""
    have = (*(paper.at for paper in job.papers), *job.brought, *job.earlier)
    return PrintTicket(
        "dossier",
        {
            "code": slip,
            "procedure": job.code,
            "have": ",".join(str(at + 1) for at in sorted(have)),
            "missing": ",".join(str(at + 1) for at in sorted(job.missing)),
            "unchecked": ",".join(
                str(one.at + 1) for one in job.papers if one.checked == "unchecked"
            ),
        },
    )


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Summary(job, trouble):
            missing = len(job.missing)
            title = Say("dossier.partial", args={"n": missing}) if missing else Say("dossier.whole")
            return screen(
                "summary",
                3,
                Lines(_listed(job)),
                Say(trouble) if trouble else title,
                choices=tuple(
                    button("paper", "dossier.have_it", str(at)) for at in job.missing[:1]
                ),
                primary=button("hand_in", "dossier.hand_in", tone="go"),
            )
        case Packing():
            return screen("packing", 3, Working(), Say("dossier.packing"), bar_off=("back",))
        case Kept(job, slip, official, printed):
            copies = to_certify(job, now.house) is not None and now.works(
                "register", "numbers", "certifier"
            )
            return screen(
                "kept",
                3,
                Notice("good", loop="slip", number=slip),
                Say("dossier.kept_official" if official else "dossier.kept"),
                detail=Say("dossier.slip" if printed else "dossier.slip_failed"),
                choices=(
                    *((button("copies", "dossier.copies"),) if copies else ()),
                    *(() if printed else (button("print", "lookup.print"),)),
                ),
                primary=button("done", "common.done", tone="go"),
                bar_off=("back",),
            )
    return None


def _listed(job: Dossier) -> tuple[Say, ...]:
    lines: list[Say] = []
    held = {paper.at: paper for paper in job.papers}
    for at, wanted in enumerate(job.wanted):
        if at not in job.asked and at not in job.earlier:
            continue
        if at in held:
            mark = "unchecked" if held[at].checked == "unchecked" else "right"
            mark = "expired" if held[at].expired else mark
        elif at in job.earlier:
            mark = "earlier"
        elif at in job.brought:
            mark = "brought"
        else:
            mark = "missing" if at in job.missing else "none"
        lines.append(Say(f"dossier.item.{mark}", args={"name": wanted.name}))
    return tuple(lines)


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Packing():
            return (
                DossierKept("K7M2"),
                DossierKept("K7M2", official=True),
                DossierFailed("vault"),
            )
        case Kept(printed=printed):
            return (TicketFailed("out"),) if printed else (TicketPrinted(),)
        case Summary():
            return (Pressed("paper", "x"),)
    return ()
