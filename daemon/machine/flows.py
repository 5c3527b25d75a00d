"""Which file owns which screen."""

from __future__ import annotations

from typing import Protocol

from daemon.machine import digital, house, notices, rating, ticket
from daemon.machine.copy import (
    begin,
    capture,
    certify,
    choose,
    handover,
    kinds,
    later,
    look,
    pages,
    pay,
    scenes,
    sealing,
    sending,
)
from daemon.machine.dossier import begin as dossier_begin
from daemon.machine.dossier import form as dossier_form
from daemon.machine.dossier import hand_in, papers
from daemon.machine.dossier import scenes as dossier
from daemon.machine.dossier.job import Dossier
from daemon.machine.events import AnyEvent
from daemon.machine.lookup import ask, browse, page
from daemon.machine.lookup import scenes as lookup
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
    scenes.PageLooked: look,
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
    lookup.Ask: ask,
    lookup.Groups: browse,
    lookup.Listed: browse,
    lookup.Opening: page,
    lookup.Procedure: page,
    lookup.HereNow: page,
    lookup.OnPhone: page,
    digital.Menu: digital,
    digital.Online: digital,
    digital.Guide: digital,
    digital.CodeAsked: digital,
    digital.Asking: digital,
    digital.Told: digital,
    digital.FeeCode: digital,
    notices.Menu: notices,
    notices.Hours: notices,
    rating.Ask: rating,
    rating.Why: rating,
    ticket.ServiceAsked: ticket,
    ticket.PriorityAsked: ticket,
    ticket.Drawing: ticket,
    ticket.Taken: ticket,
    ticket.Closed: ticket,
    dossier.Choose: dossier_begin,
    dossier.SlipAsked: dossier_begin,
    dossier.Planning: dossier_begin,
    dossier.Agree: dossier_begin,
    dossier.CaseAsked: dossier_begin,
    dossier.PaperAsked: papers,
    dossier.Checking: papers,
    dossier.Doubt: papers,
    dossier.PaperShown: papers,
    dossier.Gone: papers,
    dossier.Filling: dossier_form,
    dossier.FormShown: dossier_form,
    dossier.FieldPick: dossier_form,
    dossier.FieldAsked: dossier_form,
    dossier.Summary: hand_in,
    dossier.Packing: hand_in,
    dossier.Kept: hand_in,
}


def flow(scene: Scene) -> str:
    """Name of the flow for reports: copy, dossier, lookup, ticket, digital, notices or house."""
    if isinstance(scene, rating.Why):
        return scene.of
    if isinstance(getattr(scene, "job", None), Dossier):
        return "dossier"  # at the camera, whose screens it shares with the copies
    return type(scene).__module__.split(".")[2]
