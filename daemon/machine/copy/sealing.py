"""C13: number, statement and signatures, inside the certifier's authorisation."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy import handover
from daemon.machine.copy.job import Job, screen
from daemon.machine.copy.scenes import LaterAsked, Sealing
from daemon.machine.effects import After, AnyEffect, Seal, Sound, Void
from daemon.machine.events import AnyEvent, Elapsed, Sealed, SealFailed, SealStep
from daemon.machine.personal import Personal
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.views import Say, View, Working

SLOW = "seal.slow"
FAIL = "seal.fail"
STEPS = ("number", "statement", "signature")


def start(job: Job, now: Now, *effects: AnyEffect) -> Move:
    """The one place where copies are sealed; reached once in a visit."""
    limits = now.house.limits
    return go(
        Sealing(job),
        *effects,
        Seal(job.originals, job.copies, job.product, job.requester),
        After(limits.seal_slow, SLOW),
        After(limits.seal_fail, FAIL),
    )


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    if not isinstance(scene, Sealing):
        return None
    match event:
        case SealStep(name):
            return go(replace(scene, done=max(scene.done, STEPS.index(name) + 1)))
        case Sealed(proofs=proofs):
            return handover.deliver(replace(scene.job, proofs=proofs), now, Sound("success"))
        case SealFailed(reason):
            return go(
                LaterAsked(scene.job, "seal_failed", paid=True),
                Void(reason),
                Sound("attention"),
            )
        case Elapsed("seal.slow"):
            return go(replace(scene, slow=True))
        case Elapsed("seal.fail"):
            return go(
                LaterAsked(scene.job, "seal_failed", paid=True),
                Void("timeout"),
                Sound("attention"),
            )
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Sealing(done=done, slow=slow):
            return screen(
                "sealing",
                5,
                Working(tuple(Say(f"seal.step.{name}") for name in STEPS), done=done),
                Say("seal.slow" if slow else "seal.wait"),
                bar_off=("back", "home"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    if isinstance(scene, Sealing):
        return (
            SealStep("number"),
            SealStep("signature"),
            Sealed(("01",)),
            Sealed(("01", "02"), (Personal("https://a.vn/#a"), Personal("https://a.vn/#b"))),
            SealFailed("token_absent", final=True),
            Elapsed(SLOW),
            Elapsed(FAIL),
        )
    return ()
