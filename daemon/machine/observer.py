"""What an observer remembers of a visit, and what must never happen.

Every rule here is checked on every transition that the exploration finds; each raises BrokenError
with one sentence.
"""

from __future__ import annotations

from typing import Any

import msgspec

from daemon.machine import house as home
from daemon.machine import leaving
from daemon.machine.consequences import HELP_LATE, IDLE, IDLE_END
from daemon.machine.effects import (
    After,
    AnyEffect,
    BeginVisit,
    EndVisit,
    Forget,
    HandedOver,
    Later,
    OfferPayment,
    Paper,
    Print,
    Seal,
    Submit,
    Void,
    Withdraw,
)
from daemon.machine.events import AnyEvent, Decided, PaymentSeen, Quoted
from daemon.machine.personal import Personal
from daemon.machine.state import State, Step


class BrokenError(AssertionError):
    """A rule is broken; the text says which."""


class Ghost(msgspec.Struct, frozen=True):
    """What an observer remembers of the visit."""

    asked: tuple[tuple[Paper, ...], int, str] | None = None
    """What the certifier was asked: papers, copies, product."""
    accepted: bool = False
    quoted: int | None = None
    paid: bool = False
    sealed: int = 0
    """Seals that were not voided."""
    printed: int = 0
    settled: bool = False
    """Handed over, voided, or passed on to the ward."""
    armed: frozenset[str] = frozenset()


def observe(ghost: Ghost, event: AnyEvent, done: Step) -> Ghost:
    """What is remembered after a step.  Raises BrokenError."""
    change: dict[str, Any] = {}
    match event:
        case Decided("accepted") if ghost.asked is not None:
            change["accepted"] = True
        case Decided():
            change["asked"] = None
        case PaymentSeen():
            change["paid"] = True
        case Quoted(total):
            change["quoted"] = total
    ghost = msgspec.structs.replace(ghost, **change) if change else ghost
    for effect in done.effects:
        ghost = _effect(ghost, effect)
    return ghost


def _effect(ghost: Ghost, effect: AnyEffect) -> Ghost:
    change = msgspec.structs.replace
    match effect:
        case After(_, token):
            return change(ghost, armed=ghost.armed | {token})
        case Forget(token):
            return change(ghost, armed=ghost.armed - {token})
        case BeginVisit():
            return Ghost(armed=ghost.armed)
        case EndVisit(outcome):
            if ghost.sealed and not ghost.settled and outcome != "done":
                raise BrokenError("a sealed copy is forgotten")
            if ghost.paid and not ghost.sealed and not ghost.settled:
                raise BrokenError("money was taken for nothing")
            return Ghost(armed=ghost.armed)
        case Submit(papers, copies, product):
            return change(ghost, asked=(papers, copies, product), accepted=False)
        case Withdraw():
            return change(ghost, asked=None, accepted=False)
        case OfferPayment(amount):
            if not ghost.accepted:
                raise BrokenError("money is asked for before the decision")
            if ghost.paid or ghost.sealed:
                raise BrokenError("money is asked for twice")
            if amount != ghost.quoted:
                raise BrokenError("the amount is not the one that was shown")
        case Seal(papers, copies, product):
            if not ghost.accepted or ghost.asked != (papers, copies, product):
                raise BrokenError("sealed what nobody accepted")
            if ghost.quoted and not ghost.paid:
                raise BrokenError("sealed without payment")
            if ghost.sealed:
                raise BrokenError("an entry is made twice")
            return change(ghost, sealed=1)
        case Void():
            return change(ghost, sealed=0, settled=True)
        case Print(_, _, again):
            if not ghost.sealed or ghost.printed > again:
                raise BrokenError("printed more than was sealed")
            return change(ghost, printed=ghost.printed + 1)
        case HandedOver() | Later():
            return change(ghost, settled=True)
    return ghost


def check_visit(before: State, done: Step) -> None:
    """Personal data, the session's key, papers left behind.  Raises BrokenError."""
    after = done.state
    if not after.visit and holds_personal(after):
        raise BrokenError("personal data outside a visit")
    names = [type(effect) for effect in done.effects]
    began, ended = BeginVisit in names, EndVisit in names
    if after.visit and not before.visit and not began:
        raise BrokenError("a visit without a session key")
    if before.visit and not after.visit and not ended:
        raise BrokenError("a visit is never ended")
    if ended and not after.visit:
        world = after.world
        if world.bed and "bed" not in world.lost and not isinstance(after.scene, home.Left):
            raise BrokenError("a paper on the bed is forgotten")


def check_timers(ghost: Ghost, after: State) -> None:
    """No timer may outlive its screen.  Raises BrokenError."""
    own = leaving.TIMERS.get(type(after.scene), ())
    called = (HELP_LATE,) if after.world.called else ()
    for token in ghost.armed.difference(own, called, (IDLE, IDLE_END)):
        raise BrokenError(f"timer {token} is left running")


def holds_personal(state: State) -> bool:
    """Is a non-empty Personal anywhere in the state?"""
    found: list[bool] = []

    def note(value: object) -> object:
        if isinstance(value, Personal):
            found.append(bool(value))
            return ""
        raise NotImplementedError(type(value).__name__)

    msgspec.to_builtins(state, enc_hook=note)
    return any(found)
