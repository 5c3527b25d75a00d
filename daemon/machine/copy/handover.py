"""C14–C17: printing, collecting, the receipt, the rating."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine import rating
from daemon.machine.copy import later, sending
from daemon.machine.copy.job import OFFICER, Job, button, screen
from daemon.machine.copy.scenes import Collect, Printing, Rate, ReceiptAsked
from daemon.machine.effects import (
    After,
    AnyEffect,
    CallOfficer,
    Forget,
    HandedOver,
    Print,
    PrintTicket,
    Sound,
)
from daemon.machine.events import (
    AnyEvent,
    Elapsed,
    Pressed,
    Printed,
    PrintFailed,
    PrintProgress,
    TrayChanged,
)
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.views import Faces, Notice, Say, View, Working

LATE = "print.late"
HOLD = "print.hold"
TRAY_TONE = "tray.tone"
TRAY_OFFICER = "tray.officer"
RECEIPT_END = sending.RECEIPT_END
RATE_END = "rate.end"
STARS = 5


def deliver(job: Job, now: Now, *effects: AnyEffect) -> Move:
    """Print the sealed copies; an electronic copy without a printer goes to the ward's store."""
    if not now.works("page_printer"):
        return later.done(job, "no_printer", *effects, paid=True)
    return _print(job, now, *effects)


def _print(job: Job, now: Now, *effects: AnyEffect, again: bool = False) -> Move:
    return go(
        Printing(job, again=again),
        *effects,
        Print(job.copies, job.product, again=again),
        After(now.house.limits.printing, LATE),
    )


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case Printing():
            return _printing(scene, event, now)
        case Collect():
            return _collect(scene, event, now)
    match scene, event:
        case ReceiptAsked(product), Pressed("paper"):
            return _rate(now, PrintTicket("receipt", {"product": product}))
        case ReceiptAsked(proofs=proofs, shown=shown), Pressed("phone") if shown < len(proofs):
            return go(replace(scene, shown=shown + 1), After(now.house.limits.receipt, RECEIPT_END))
        case ReceiptAsked(shown=0), Pressed("mail" | "link" as way):
            return sending.chosen(scene, way, now)
        case ReceiptAsked(shown=shown), Pressed("back") if shown:
            return go(replace(scene, shown=0), After(now.house.limits.receipt, RECEIPT_END))
        case ReceiptAsked(), (Pressed("none" | "back") | Elapsed("receipt.end")):
            return _rate(now)
        case Rate(), Pressed("star", stars) if stars in _stars():
            return rating.rated(int(stars), now, "copy")
        case Rate(), (Pressed("skip" | "back") | Elapsed("rate.end")):
            return end("done")
    return None


def _printing(scene: Printing, event: AnyEvent, now: Now) -> Move | None:
    job = scene.job
    limits = now.house.limits
    match event:
        case PrintProgress(sheet, sheets):
            calm = replace(scene, sheet=sheet, sheets=sheets, trouble="")
            return go(calm, Forget(HOLD), After(limits.printing, LATE))
        case Printed(sheets):
            return go(
                Collect(job, sheets, scene.again),
                Sound("take"),
                After(limits.tray_left, TRAY_TONE),
                After(limits.tray_officer, TRAY_OFFICER),
            )
        case PrintFailed(reason) if reason != scene.trouble:
            return _stopped(scene, reason, now)
        case Elapsed("print.late") if not scene.trouble:
            # A printer that says nothing more, neither progress nor trouble.
            return _stopped(scene, "lost", now)
        case Elapsed("print.hold") if scene.trouble:
            return later.done(job, "print_failed", paid=True)
        case Pressed("slip") if scene.trouble:
            return later.done(job, "print_failed", paid=True)
    return None


def _stopped(scene: Printing, reason: str, now: Now) -> Move:
    return go(
        replace(scene, trouble=reason),
        Forget(LATE),
        CallOfficer(f"print_{reason}"),
        After(now.house.limits.no_paper, HOLD),
        Sound("attention"),
    )


def _collect(scene: Collect, event: AnyEvent, now: Now) -> Move | None:
    match event:
        case TrayChanged(occupied=False):
            return _handed_over(scene, now)
        case Pressed("taken") if not now.works("tray"):
            return _handed_over(scene, now)
        case Pressed("bad") if not scene.again and now.works("page_printer"):
            return _print(scene.job, now, again=True)
        case Elapsed("tray.tone"):
            return go(scene, Sound("take"), After(now.house.limits.tray_left, TRAY_TONE))
        case Elapsed("tray.officer"):
            # P2: the visit ends, the sheets stay blocked until somebody takes them.
            return end("done", CallOfficer("tray_left"))
    return None


def _handed_over(scene: Collect, now: Now) -> Move:
    return go(
        ReceiptAsked(scene.job.product, scene.job.proofs),
        HandedOver(),
        After(now.house.limits.receipt, RECEIPT_END),
    )


def _rate(now: Now, *effects: AnyEffect) -> Move:
    return go(Rate(), *effects, After(now.house.limits.end, RATE_END))


def _stars() -> tuple[str, ...]:
    return tuple(str(n) for n in range(1, STARS + 1))


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Printing(trouble=trouble) if trouble:
            kind = "nopaper" if trouble == "no_paper" else "jam" if trouble == "jam" else "stopped"
            return screen(
                "print_trouble",
                5,
                Notice("warn", loop="no_paper" if kind == "nopaper" else "jam"),
                Say(f"print.{kind}"),
                choices=(OFFICER,),
                primary=button("slip", "seal.slip"),
                bar_off=("back", "home"),
            )
        case Printing(sheet=sheet, sheets=sheets):
            return screen(
                "printing",
                5,
                Working(at=sheet, of=sheets, loop="printing"),
                Say("print.busy", args={"k": sheet, "n": sheets})
                if sheets
                else Say("print.starting"),
                bar_off=("back", "home"),
            )
        case Collect(job, sheets, again):
            bad = () if again else (button("bad", "print.bad"),)
            return screen(
                "collect",
                5,
                Notice("good", loop="take_sheets", number=str(sheets)),
                Say("print.take", args={"n": sheets}),
                detail=Say("print.to_counter") if job.product == "paper" else None,
                choices=bad,
                primary=None if now.works("tray") else button("taken", "print.taken", tone="go"),
                bar_off=("back", "home"),
            )
        case ReceiptAsked(proofs=proofs, shown=0):
            phone = (button("phone", "receipt.phone"),) if proofs else ()
            return screen(
                "receipt",
                5,
                Notice("info", loop="slip"),
                Say("receipt.ask"),
                detail=Say(f"receipt.told.{scene.told}") if scene.told else None,
                choices=(
                    button("paper", "receipt.paper"),
                    *phone,
                    *sending.offered(scene, now),
                    button("none", "receipt.none"),
                ),
            )
        case ReceiptAsked(proofs=proofs, shown=shown):
            last = shown == len(proofs)
            return screen(
                "receipt_code",
                5,
                Notice("info", own=proofs[shown - 1]),
                Say("receipt.scan", args={"n": shown, "of": len(proofs)}),
                primary=button("none", "receipt.done") if last else button("phone", "receipt.next"),
            )
        case Rate():
            return screen(
                "rate",
                None,
                Faces(),
                Say("rate.ask"),
                choices=rating.faces(),
                primary=button("skip", "common.skip"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Printing():
            return (
                PrintProgress(1, 2),
                Printed(2),
                PrintFailed("no_paper"),
                PrintFailed("jam"),
                Elapsed(LATE),
                Elapsed(HOLD),
            )
        case Collect():
            return (Elapsed(TRAY_TONE), Elapsed(TRAY_OFFICER))
        case ReceiptAsked():
            return (Elapsed(RECEIPT_END),)
        case Rate():
            return (Elapsed(RATE_END), Pressed("star", "6"))
    return ()
