"""C7: which kind of paper it is, and which kinds go no further here."""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from daemon.machine.copy import pages
from daemon.machine.copy.job import OFFICER, Job, button, rule, screen
from daemon.machine.copy.scenes import (
    CopiesAsked,
    Deciding,
    KindAsked,
    KindPick,
    LaterAsked,
    OtherKind,
    PageLooked,
    PagesShown,
    Place,
    ProductAsked,
    Refused,
    SideMissing,
)
from daemon.machine.dossier import papers
from daemon.machine.dossier.job import Dossier
from daemon.machine.effects import AnyEffect, DropPage, Paper, PrintTicket, Refuse, Sound, Withdraw
from daemon.machine.events import AnyEvent, Examined, Pressed
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.values import Refusal
from daemon.machine.views import Choice, Kinds, Notice, Picture, Say, View


def is_no_paper(kind: str, now: Now) -> bool:
    """Does the recognition say that this is not a paper at all?"""
    return rule(now.house, kind).refusal == "not_a_paper"


def found(job: Job, seen: Examined, now: Now) -> Move:
    """A readable page was recognised (or not): ask, go on or refuse."""
    if seen.already_copy:
        return refuse(job, seen.page, "copy")
    if job.pages:
        known = seen.kind and seen.kind != job.kind
        if known and not rule(now.house, seen.kind).refusal:
            return go(OtherKind(job, seen.page, seen.kind))
        return pages.add(job, seen.page, now)
    if not seen.kind:
        return go(KindPick(job, seen.page))
    return _checked(job, seen.page, seen.kind, now) or go(
        KindAsked(job, seen.page, seen.kind, seen.expired)
    )


def _checked(job: Job, page: str, kind: str, now: Now) -> Move | None:
    """The refusal, where this kind is not copied at the kiosk."""
    known = rule(now.house, kind)
    if known.foreign:
        return refuse(job, page, "foreign")
    if known.refusal is not None or known.policy == "no":
        return refuse(job, page, known.refusal or "kind")
    return None


def refuse(job: Job, page: str, reason: Refusal, *effects: AnyEffect) -> Move:
    """Say why not; the picture is not needed any more."""
    return go(Refused(job, reason), *effects, DropPage(page), Refuse(reason), Sound("attention"))


def words_found(scene: Scene, page: str, reason: Literal["copy", "secret"]) -> Move | None:
    """A page's words end it: it leaves the request, its picture goes, and the screen says why.

    Only until the certifier has said yes; later it is for him to have seen.  A dossier may hold
    copies: an officer reads it.
    """
    if isinstance(getattr(scene, "job", None), Dossier):
        return papers.secret_found(scene, page) if reason == "secret" else None
    match scene:
        case KindAsked(job, at) | KindPick(job, at) | OtherKind(job, at) if at == page:
            return refuse(job, page, reason)
        case (
            Place(job=job)
            | PagesShown(job=job)
            | PageLooked(job=job)
            | SideMissing(job=job)
            | ProductAsked(job=job)
            | CopiesAsked(job=job)
            | Deciding(job=job)
            | LaterAsked(job=job, paid=False)
        ) if isinstance(job, Job) and page in job.all_pages:
            withdraw = (Withdraw(),) if isinstance(scene, Deciding) else ()
            return refuse(job.without(page), page, reason, *withdraw)
    return None


def _all_kinds(now: Now) -> tuple[str, ...]:
    """Every kind that is a paper, the usual ones first."""
    papers = [kind for kind, known in now.house.kinds.items() if known.refusal != "not_a_paper"]
    return (*now.house.picks, *(kind for kind in papers if kind not in now.house.picks))


def _accept(job: Job, page: str, kind: str, now: Now) -> Move:
    return _checked(job, page, kind, now) or pages.add(replace(job, kind=kind), page, now)


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case KindAsked(job, page, kind), Pressed("yes"):
            return _accept(job, page, kind, now)
        case KindAsked(job, page), Pressed("other"):
            return go(KindPick(job, page))
        case KindPick(job, page), Pressed("kind", kind) if kind in now.house.kinds:
            return _accept(job, page, kind, now)
        case KindPick(job, page, every=False), Pressed("every"):
            return go(KindPick(job, page, every=True))
        case KindPick(job, page, every=True), Pressed("none"):
            # Whatever it is, this kiosk has no rule for it.
            return refuse(job, page, "kind")
        case KindPick(job, page, every=True), Pressed("back"):
            return go(KindPick(job, page))
        case ((KindAsked(job, page) | KindPick(job, page)), Pressed("back")):
            return go(Place(job, page, armed=False), DropPage(page))
        case OtherKind(job, page), Pressed("same"):
            return pages.add(job, page, now)
        case OtherKind(job, page, kind), Pressed("new"):
            if len(job.originals) >= now.house.max_papers:
                return pages.show(job, DropPage(page))
            closed = replace(
                job,
                papers=(*job.papers, Paper(job.kind, job.pages)),
                kind="",
                pages=(),
                slot=None,
            )
            return _accept(closed, page, kind, now)
        case OtherKind(job, page), Pressed("back"):
            return go(Place(job, page, armed=False), DropPage(page))
        case Refused(job, reason, slip=False), Pressed("slip"):
            return go(Refused(job, reason, slip=True), PrintTicket("refusal", {"reason": reason}))
        case Refused(job), Pressed("retry" | "back"):
            if job.originals:
                return pages.show(job)
            return go(Place(job, job.next_page(), armed=False))
        case Refused(), Pressed("stop"):
            return end("refused")
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case KindAsked(page=page, kind=kind, expired=expired):
            return screen(
                "kind",
                2,
                Picture(page),
                Say("kind.is", terms={"kind": f"kind.{kind}"}),
                detail=Say("kind.expired") if expired else None,
                choices=(
                    button("yes", "common.yes", icon="yes"),
                    button("other", "kind.other", icon="other"),
                ),
            )
        case KindPick(every=every):
            offered = _all_kinds(now) if every else now.house.picks
            picks = tuple(
                Choice(action="kind", value=kind, label=Say(f"kind.{kind}")) for kind in offered
            )
            last = button("none", "kind.none") if every else button("every", "kind.every")
            return screen(
                "kind_pick",
                2,
                Kinds(),
                Say("kind.unknown"),
                choices=(*picks, last),
            )
        case OtherKind(page=page, kind=kind, job=job):
            return screen(
                "other_kind",
                2,
                Picture(page),
                Say("kind.differs", terms={"kind": f"kind.{kind}"}),
                choices=(
                    Choice(
                        action="same",
                        label=Say("kind.same_paper", terms={"kind": f"kind.{job.kind}"}),
                    ),
                    button("new", "kind.new_paper"),
                ),
            )
        case Refused(reason=reason, slip=slip, job=job):
            choices = () if slip else (button("slip", "ref.ticket"),)
            return screen(
                "refused",
                2,
                Notice("warn", loop="officer"),
                Say(f"ref.{reason}"),
                detail=Say("ref.slip_printed" if slip else "ref.no_fee"),
                choices=(*choices, OFFICER, button("stop", "common.stop")),
                primary=button("retry", "ref.other_paper", tone="go"),
                bar_off=(),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case KindPick():
            return (Pressed("kind", "no such kind"),)
    return ()
