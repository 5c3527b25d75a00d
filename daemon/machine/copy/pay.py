"""C11–C12: the fee, shown and paid only after the certifier's yes: decision before money."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy import later, sealing
from daemon.machine.copy.job import OFFICER, Job, button, screen
from daemon.machine.copy.scenes import FeeShown, LaterAsked, PaidWrong, Paying
from daemon.machine.effects import After, AnyEffect, CancelPayment, OfferPayment, Quote
from daemon.machine.effects import Sound as Play
from daemon.machine.events import AnyEvent, Elapsed, PaymentOffered, PaymentSeen, Pressed, Quoted
from daemon.machine.state import Move, Now, Scene, end, go
from daemon.machine.views import Notice, Payment, Say, Table, View, Working

HINT = "pay.hint"
END = "pay.end"


def fee(job: Job, *effects: AnyEffect) -> Move:
    """Show what it costs."""
    return go(FeeShown(job), *effects, Quote(job.originals, job.copies, job.product))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene:
        case FeeShown():
            return _fee(scene, event, now)
        case Paying():
            return _paying(scene, event, now)
        case PaidWrong(job):
            match event:
                case Pressed("slip"):
                    return later.done(job, "wrong_amount", paid=True)
    return None


def _fee(scene: FeeShown, event: AnyEvent, now: Now) -> Move | None:
    job = scene.job
    match event:
        case Quoted(total, lines):
            return go(replace(scene, total=total, lines=lines))
        case Pressed("pay") if not now.works("register", "numbers"):
            # Nothing could be numbered now: nobody pays for that.
            return go(LaterAsked(job, "no_numbers"))
        case Pressed("pay") if scene.total:
            limits = now.house.limits
            return go(
                Paying(job, scene.total),
                OfferPayment(scene.total),
                After(limits.payment_hint, HINT),
                After(limits.payment, END),
            )
        case Pressed("pay") if scene.total == 0:
            return sealing.start(job, now)
        case Pressed("counter") if scene.total:
            return later.done(job, "pay_at_counter")
        case Pressed("stop"):
            return end("cancelled")
    return None


def _paying(scene: Paying, event: AnyEvent, now: Now) -> Move | None:
    job = scene.job
    match event:
        case PaymentOffered(qr, _amount, memo):
            return go(replace(scene, qr=qr, memo=memo))
        case PaymentSeen("exact" | "waived"):
            return sealing.start(job, now, Play("success"))
        case PaymentSeen():
            return go(PaidWrong(job), Play("attention"))
        case Elapsed("pay.hint"):
            return go(replace(scene, hint=True))
        case Elapsed("pay.end"):
            return go(replace(scene, over=True), Play("attention"))
        case Pressed("more") if scene.over:
            limits = now.house.limits
            return go(
                replace(scene, over=False, hint=False),
                After(limits.payment_hint, HINT),
                After(limits.payment, END),
            )
        case Pressed("paid") if scene.hint or scene.over:
            # The ward reconciles; the code stays valid and the slip carries it.
            return later.done(job, "paid_unseen", paid=True)
        case Pressed("counter"):
            return later.done(job, "pay_at_counter", CancelPayment())
        case Pressed("back"):
            return fee(job, CancelPayment())
        case Pressed("stop"):
            return end("cancelled", CancelPayment())
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case FeeShown(total=None):
            return screen(
                "fee_wait", 4, Working(loop="counting"), Say("pay.counting"), bar_off=("back",)
            )
        case FeeShown(job, total, lines) if total is not None:
            rows = tuple(
                (
                    Say(
                        "pay.row",
                        args={"pages": len(paper.pages), "copies": job.copies},
                        terms={"kind": f"kind.{paper.kind}"},
                    ),
                    amount,
                )
                for paper, amount in zip(job.originals, lines, strict=False)
            )
            return screen(
                "fee",
                4,
                Table(rows, total),
                Say("pay.total", args={"fee": total}),
                detail=Say("pay.after_yes"),
                choices=(
                    button("counter", "pay.counter"),
                    button("officer", "pay.waive", tone="officer"),
                ),
                primary=button("pay", "pay.now" if total else "common.next", tone="go"),
                bar_off=("back",),
            )
        case Paying(qr=""):
            return screen("pay_wait", 4, Working(loop="scan_code"), Say("pay.preparing"))
        case Paying(job, total, qr, memo, hint, over):
            title = Say("pay.scan", args={"fee": total})
            house = now.house
            # Whose account it is, as the payer's bank will show it before paying.
            detail: Say | None = None
            if house.payee:
                detail = Say("pay.payee", args={"payee": house.payee, "bank": house.bank})
            if not now.works("payment", "uplink"):
                detail = Say("pay.wait_net")
            elif hint or over:
                detail = Say("pay.notseen")
            choices = [button("counter", "pay.counter")]
            if hint or over:
                choices.insert(0, button("paid", "pay.paid"))
            return screen(
                "pay",
                4,
                Payment(qr, total, memo),
                title,
                detail=detail,
                choices=tuple(choices),
                primary=button("more", "idle.more", tone="go") if over else None,
            )
        case PaidWrong():
            return screen(
                "paid_wrong",
                4,
                Notice("warn", loop="officer"),
                Say("pay.amount"),
                choices=(OFFICER,),
                primary=button("slip", "seal.slip", tone="go"),
                bar_off=("back", "home"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case FeeShown():
            return (Quoted(6000, (6000,)), Quoted(0, (0,)))
        case Paying():
            return (
                PaymentOffered("QR", 6000, "SYABCDEF"),
                PaymentSeen("exact"),
                PaymentSeen("short"),
                PaymentSeen("waived"),
                Elapsed(HINT),
                Elapsed(END),
            )
    return ()
