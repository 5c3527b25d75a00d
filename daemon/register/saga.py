"""Which step may follow which, and what becomes of a request that stops at one.

accepted → paid → numbered → signed → printed → handed_over, or an early end: `dropped` (nothing
had been taken), `passed` (the ward finishes), `voided` (numbers voided with a reason).
"""

from __future__ import annotations

from typing import cast

from daemon.machine.values import Product
from daemon.register.errors import StepRefused
from daemon.register.facts import Step
from daemon.store.models.register import RequestRow

OPEN: tuple[Step, ...] = ("accepted", "paid", "numbered", "signed", "printed")
"""A request at one of these has not ended."""

_NEXT: dict[Step, frozenset[Step]] = {
    "accepted": frozenset({"paid", "dropped", "passed"}),
    "paid": frozenset({"numbered", "passed"}),
    "numbered": frozenset({"numbered", "signed", "voided"}),
    "signed": frozenset({"printed", "passed", "voided"}),
    "printed": frozenset({"printed", "handed_over", "passed", "voided"}),
    "handed_over": frozenset({"voided"}),
    "passed": frozenset({"voided"}),
    "voided": frozenset(),
    "dropped": frozenset(),
}


def step_of(row: RequestRow) -> Step:
    """The recorded step; the table admits no other words."""
    return cast(Step, row.step)


def check(was: Step, step: Step) -> None:
    """Raise `StepRefused` unless `step` may follow `was`."""
    if step not in _NEXT[was]:
        right = ", ".join(sorted(_NEXT[was])) or "nothing"
        raise StepRefused(f"step {step} was asked after {was}; after it comes {right}")


def cut_off(was: Step, product: Product) -> Step:
    """How a request ends that nobody goes on with (crash, walked away, passed on).

    Number without signature: void.  A signed electronic copy is finished: it is in the outbox for
    the ward's store.  Unprinted paper is lost with the visit: void.  Printed paper exists: its
    number stays, the ward decides.
    """
    match was:
        case "accepted":
            return "dropped"
        case "paid":
            return "passed"
        case "signed" | "printed" if product == "digital" or was == "printed":
            return "passed"
    return "voided"
