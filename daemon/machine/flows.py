"""Which file owns which screen."""

from __future__ import annotations

from typing import Protocol

from daemon.machine import house, lookup, ticket
from daemon.machine.copy import (
    begin,
    capture,
    certify,
    choose,
    handover,
    kinds,
    later,
    pages,
    pay,
    scenes,
    sealing,
    sending,
)
from daemon.machine.events import AnyEvent
from daemon.machine.state import Move, Now, Scene
from daemon.machine.views import View


class Flow(Protocol):
    """What a flow file offers."""

    def step(self, scene: Scene, event: AnyEvent, now: Now) -> Move | None: ...

    def view(self, scene: Scene, now: Now) -> View | None: ...

    def alphabet(self, scene: Scene) -> tuple[AnyEvent, ...]: ...


FLOWS: dict[type[Scene], Flow] = {
    house.Attract: house,
    house.Home: house,
    house.OutOfService: house,
    house.PowerBack: house,
    house.Left: house,
    house.Bye: house,
    scenes.Begin: begin,
    scenes.ConsentAsked: begin,
    scenes.Declined: begin,
    scenes.NameAsked: begin,
    scenes.CardShown: begin,
    scenes.Place: capture,
    scenes.Shooting: capture,
    scenes.Examining: capture,
    scenes.Trouble: capture,
    scenes.KindAsked: kinds,
    scenes.KindPick: kinds,
    scenes.OtherKind: kinds,
    scenes.Refused: kinds,
    scenes.PagesShown: pages,
    scenes.SideMissing: pages,
    scenes.ProductAsked: choose,
    scenes.CopiesAsked: choose,
    scenes.Deciding: certify,
    scenes.NotCertified: certify,
    scenes.LayAgain: certify,
    scenes.TakeBack: certify,
    scenes.LaterAsked: later,
    scenes.LaterDone: later,
    scenes.FeeShown: pay,
    scenes.Paying: pay,
    scenes.PaidWrong: pay,
    scenes.Sealing: sealing,
    scenes.Printing: handover,
    scenes.Collect: handover,
    scenes.ReceiptAsked: handover,
    scenes.Rate: handover,
    scenes.MailAsked: sending,
    scenes.MailShown: sending,
    scenes.Sending: sending,
    scenes.LinkShown: sending,
    lookup.Ask: lookup,
    lookup.Opening: lookup,
    lookup.Procedure: lookup,
    lookup.OnPhone: lookup,
    ticket.ServiceAsked: ticket,
    ticket.PriorityAsked: ticket,
    ticket.Drawing: ticket,
    ticket.Taken: ticket,
    ticket.Closed: ticket,
}


def flow(scene: Scene) -> str:
    """Name of the flow for reports: copy, lookup, ticket or house."""
    if type(scene).__module__ == scenes.__name__:
        return "copy"
    return type(scene).__module__.rpartition(".")[2]
