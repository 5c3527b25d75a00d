"""What depends on a screen besides its own events: timers, limits, what is at stake, what to undo.

Lamps and the live view are projections of the state like the View itself, so no path can leave a
light burning or the camera running.
"""

from __future__ import annotations

from daemon.machine import house, notices, rating
from daemon.machine.copy import capture, certify, handover, later, pay, scenes, sealing
from daemon.machine.dossier import papers as dossier_papers
from daemon.machine.dossier import scenes as dossier
from daemon.machine.dossier.job import Dossier
from daemon.machine.effects import AnyEffect, CancelPayment, Withdraw
from daemon.machine.lookup.scenes import Procedure
from daemon.machine.state import Scene, State
from daemon.machine.values import House, Lamp, LampMode

TIMERS: dict[type[Scene], tuple[str, ...]] = {
    house.Left: (house.LEFT_TONE, house.LEFT_OFFICER),
    house.Bye: (house.BYE_END,),
    house.PowerBack: (house.BYE_END,),
    scenes.Place: (capture.SHOT,),
    scenes.Shooting: (capture.SHOT_LATE,),
    scenes.Examining: (capture.EXAMINE_LATE,),
    scenes.Deciding: (certify.WAIT,),
    scenes.TakeBack: (certify.BED_TONE, certify.BED_OFFICER),
    scenes.Paying: (pay.HINT, pay.END),
    scenes.Sealing: (sealing.SLOW, sealing.FAIL),
    scenes.Printing: (handover.LATE, handover.HOLD),
    scenes.Collect: (handover.TRAY_TONE, handover.TRAY_OFFICER),
    scenes.ReceiptAsked: (handover.RECEIPT_END,),
    scenes.Rate: (handover.RATE_END,),
    rating.Why: (rating.WHY_END,),
    dossier.Checking: (dossier_papers.CHECK_LATE,),
}
"""The timers of each screen; they are forgotten when it is left, whatever the way."""


def limit(state: State, rules: House) -> float | None:
    """Seconds without a sign of the visitor until he is asked; None = this screen has none."""
    limits = rules.limits
    if not state.visit:
        return None
    match state.scene:
        case (
            scenes.Shooting()
            | scenes.Examining()
            | scenes.Deciding(slow=False)
            | scenes.TakeBack()
            | scenes.Paying(over=False)
            | scenes.Sealing()
            | scenes.Printing()
            | scenes.Collect()
            | scenes.ReceiptAsked()
            | scenes.Rate()
            | rating.Why()
            | dossier.Checking()
        ):
            # These have limits of their own, or wait for somebody else.
            return None
        case _ if state.overlay == "called":
            return limits.no_paper
        case (
            scenes.ConsentAsked()
            | scenes.PagesShown()
            | scenes.PageLooked()
            | Procedure()
            | notices.Hours()
            | dossier.Agree()
            | dossier.FormShown()
            | dossier.Summary()
        ):
            seconds = limits.reading
        case _:
            seconds = limits.idle
    prefs = state.prefs
    return seconds * 2 if prefs.size == "large" or prefs.speech or prefs.keys else seconds


def at_stake(scene: Scene) -> bool:
    """Would going home throw work away?  Then it is asked first."""
    match scene:
        case dossier.Kept():
            return False
        case scenes.Place(job=job) | scenes.LaterAsked(job=job):
            return bool(job.originals)
        case scenes.FeeShown() | scenes.Paying() | scenes.Deciding() | scenes.PagesShown():
            return True
        case scenes.ProductAsked() | scenes.CopiesAsked() | scenes.KindAsked():
            return True
        case scenes.PageLooked():
            return True
    # a dossier with papers, at whatever screen
    whole = getattr(scene, "job", None)
    return isinstance(whole, Dossier) and bool(whole.originals)


def unwind(scene: Scene) -> tuple[AnyEffect, ...]:
    """What is still under way elsewhere when the visitor goes, or simply walks away."""
    match scene:
        case scenes.Deciding():
            return (Withdraw(),)
        case scenes.Paying():
            return (CancelPayment(),)
        case scenes.LaterAsked(job=job, reason=reason, paid=True):
            # Money was taken: the ward gets the request even if nobody takes the slip.
            return (later.passed_on(job, reason),)
        case scenes.PaidWrong(job=job):
            return (later.passed_on(job, "wrong_amount"),)
    return ()


def lamps(state: State) -> dict[Lamp, LampMode]:
    """The lamps that are not off."""
    lit: dict[Lamp, LampMode] = {}
    match state.scene:
        case scenes.NameAsked():
            lit["card"] = "breathing"
        case scenes.Place():
            lit["bed"] = "breathing" if not state.world.bed else "steady"
        case scenes.Shooting() | scenes.Examining() | scenes.Deciding():
            lit["bed"] = "steady"
        case scenes.TakeBack() | house.Left(what="bed"):
            lit["bed"] = "blinking"
        case scenes.Printing():
            lit["tray"] = "steady"
        case scenes.Collect() | house.Left(what="tray"):
            lit["tray"] = "blinking"
    if type(state.scene).__name__ in ("LaterDone", "Taken", "Kept"):
        lit["ticket"] = "blinking"
    if state.world.called:
        lit["help"] = "blinking" if state.world.late else "breathing"
    return lit


def watching(state: State) -> bool:
    """Is the live view running?"""
    return isinstance(state.scene, scenes.Place)
