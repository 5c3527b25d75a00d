"""C9: the certifier, a person elsewhere, decides; what else can come of it."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy import later, pay
from daemon.machine.copy.job import OFFICER, Job, button, screen
from daemon.machine.copy.scenes import (
    CopiesAsked,
    Deciding,
    LaterAsked,
    LayAgain,
    NotCertified,
    Place,
    TakeBack,
)
from daemon.machine.effects import (
    After,
    AnyEffect,
    CallOfficer,
    DropPage,
    PrintTicket,
    Sound,
    Submit,
    Withdraw,
)
from daemon.machine.events import AnyEvent, BedChanged, Decided, Elapsed, Pressed
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.values import Box
from daemon.machine.views import Notice, Picture, Say, View, Working

WAIT = "certifier"
BED_TONE = "bed.tone"
BED_OFFICER = "bed.officer"
MARK = Box(0.6, 0.6, 0.3, 0.3)
"""A mark that the explorer tries."""


def submit(job: Job, now: Now) -> Move:
    """The request goes up; or straight to the slip where the counter must inspect."""
    if now.house.inspection == "at_counter":
        return later.done(job, "at_counter")
    if not now.works("certifier", "register"):
        return go(LaterAsked(job, "certifier_absent"))
    if not now.works("numbers"):
        return go(LaterAsked(job, "no_numbers"))
    return go(
        Deciding(job),
        Submit(job.originals, job.copies, job.product, job.requester),
        After(now.house.limits.certifier, WAIT),
    )


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case Deciding():
            return _deciding(scene, event, now)
        case TakeBack():
            return _take_back(scene, event, now)
    match scene, event:
        case NotCertified(job, reason, slip=False), Pressed("slip"):
            return go(
                NotCertified(job, reason, slip=True), PrintTicket("refusal", {"reason": reason})
            )
        case NotCertified(), Pressed("stop"):
            return end("refused")
        case LayAgain(job, _, page), Pressed("retry"):
            return _lay_again(job, page)
    return None


def _deciding(scene: Deciding, event: AnyEvent, now: Now) -> Move | None:
    job = scene.job
    match event:
        case Decided("accepted"):
            return _take_back_first(job, now, Sound("success"))
        case Decided("refused", reason):
            return go(NotCertified(job, reason), Sound("attention"))
        case Decided("relay", reason, page, where):
            # a page that is not of this request was shown to nobody here
            page = page if page in job.all_pages else job.all_pages[-1]
            return go(LayAgain(job, reason, page, where), Sound("attention"))
        case Decided("counter", reason):
            return go(LaterAsked(job, reason or "counter"), Sound("attention"))
        case Elapsed("certifier"):
            return go(replace(scene, slow=True), Sound("attention"))
        case Pressed("wait") if scene.slow:
            return go(replace(scene, slow=False), After(now.house.limits.certifier, WAIT))
        case Pressed("later") if scene.slow:
            return later.done(job, "certifier_busy", Withdraw())
        case Pressed("back"):
            return go(CopiesAsked(replace(job, copies=1)), Withdraw())
    return None


def _lay_again(job: Job, page: str) -> Move:
    """The marked page is taken again; the whole request is then asked for anew."""
    rest = job.again(page)
    return go(Place(rest, rest.next_page(), armed=False), DropPage(page))


# -- C9b: the original goes back ------------------------------------------------------------


def _take_back_first(job: Job, now: Now, *effects: AnyEffect) -> Move:
    if now.world.bed:
        limits = now.house.limits
        return go(
            TakeBack(job),
            *effects,
            After(limits.bed_tone, BED_TONE),
            After(limits.bed_officer, BED_OFFICER),
        )
    return pay.fee(job, *effects)


def _take_back(scene: TakeBack, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case BedChanged(occupied=False):
            return pay.fee(scene.job)
        case Pressed("taken") if not now.works("bed"):
            return pay.fee(scene.job)
        case Elapsed("bed.tone"):
            return go(scene, Sound("take"), After(now.house.limits.bed_speech, BED_TONE))
        case Elapsed("bed.officer"):
            return go(scene, CallOfficer("bed_left"))
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Deciding(slow=False):
            live = now.house.inspection == "by_live_camera"
            return screen(
                "deciding",
                3,
                Working(loop="officer_looks"),
                Say("seal.officer"),
                detail=Say("seal.show_original" if live else "seal.stay"),
            )
        case Deciding():
            return screen(
                "deciding_slow",
                3,
                Notice(loop="officer"),
                Say("seal.later_ask"),
                choices=(button("later", "seal.slip"),),
                primary=button("wait", "seal.go_on_waiting", tone="go"),
            )
        case NotCertified(reason=reason, slip=slip):
            choices = () if slip else (button("slip", "ref.ticket"),)
            return screen(
                "not_certified",
                3,
                Notice("warn", loop="officer"),
                Say("seal.refused", terms={"reason": f"reason.{reason}"}),
                detail=Say("ref.slip_printed" if slip else f"way.{reason}"),
                choices=(*choices, OFFICER),
                primary=button("stop", "common.stop"),
                bar_off=("back",),
            )
        case LayAgain(reason=reason, page=page, where=where):
            return screen(
                "lay_again",
                1,
                # the very picture, with the certifier's mark on it
                Picture(page, where) if where is not None else Notice("warn", loop="lay_paper"),
                Say("seal.relay", terms={"reason": f"relay.{reason or 'unclear'}"}),
                primary=button("retry", "common.retry", tone="go"),
                bar_off=("back",),
            )
        case TakeBack():
            return screen(
                "take_back",
                3,
                Notice("info", loop="take_paper"),
                Say("bed.take"),
                primary=None if now.works("bed") else button("taken", "bed.taken", tone="go"),
                bar_off=("back",),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Deciding(job):
            # a mark on an earlier page is tried where there is one original: which of several is
            # at hand again changes their order and nothing else
            page = job.all_pages[0] if not job.papers else job.all_pages[-1]
            return (
                Decided("accepted"),
                Decided("refused", "altered"),
                Decided("relay"),
                Decided("relay", "glare", page=page, where=MARK),
                Decided("counter"),
                Elapsed(WAIT),
            )
        case TakeBack():
            return (Elapsed(BED_TONE), Elapsed(BED_OFFICER))
    return ()
