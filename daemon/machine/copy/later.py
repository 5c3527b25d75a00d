"""What cannot be finished now: sealed to the ward, with a slip to come back with."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy.job import OFFICER, Job, button, screen
from daemon.machine.copy.scenes import CopiesAsked, LaterAsked, LaterDone
from daemon.machine.effects import AnyEffect, Later, Sound
from daemon.machine.events import AnyEvent, Pressed
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.views import Notice, Say, View


def passed_on(job: Job, reason: str) -> Later:
    """The effect that gives a request to the ward."""
    return Later(reason, job.originals, job.copies, job.product, job.requester)


def done(job: Job, reason: str, *effects: AnyEffect, paid: bool = False) -> Move:
    """Seal the request to the ward and print the slip; the kiosk cannot read it any more."""
    return go(LaterDone(reason, paid), *effects, passed_on(job, reason), Sound("success"))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case LaterAsked(job, reason, paid), Pressed("slip"):
            return done(job, reason, paid=paid)
        case LaterAsked(job, "seal_failed", paid=True), Pressed("refund"):
            return done(job, "refund", paid=True)
        case LaterAsked(job, paid=False), Pressed("wait" | "back"):
            return go(CopiesAsked(replace(job, copies=1)))
        case LaterAsked(paid=False), Pressed("stop"):
            return end("cancelled")
        case LaterDone(), Pressed("stop"):
            return end("officer")
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case LaterAsked(reason="seal_failed"):
            return screen(
                "seal_failed",
                5,
                Notice("warn", loop="officer"),
                Say("seal.fail"),
                detail=Say("later.seal_failed"),
                choices=(button("refund", "seal.refund"), OFFICER),
                primary=button("slip", "seal.slip", tone="go"),
                bar_off=("back", "home"),
            )
        case LaterAsked(paid=paid, reason=reason):
            return screen(
                "later",
                3,
                Notice("warn", loop="officer"),
                Say("seal.later_ask"),
                detail=Say(f"later.{reason}"),
                choices=()
                if paid
                else (button("wait", "common.retry"), button("stop", "common.stop")),
                primary=button("slip", "seal.slip", tone="go"),
                bar_off=("back", "home") if paid else (),
            )
        case LaterDone(reason=reason, paid=paid):
            return screen(
                "later_done",
                3,
                Notice("good", loop="slip"),
                Say("later.done"),
                detail=Say("later.paid" if paid and reason != "refund" else f"later.{reason}"),
                primary=button("stop", "common.done"),
                bar_off=("back",),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """Buttons only."""
    return ()
