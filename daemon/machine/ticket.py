"""Draw a queue number: which service, priority or not, take the ticket."""

from __future__ import annotations

from daemon.machine.effects import DrawNumber, PrintTicket, Sound
from daemon.machine.events import (
    AnyEvent,
    NumberDrawn,
    NumberRefused,
    Pressed,
    TicketFailed,
    TicketPrinted,
)
from daemon.machine.state import HOME, Move, Now, Scene, end, go
from daemon.machine.views import Choice, Notice, Say, Tiles, View, Working


class ServiceAsked(Scene, frozen=True):
    """Q1."""


class PriorityAsked(Scene, frozen=True):
    """Q2: self-declared, no proof is asked for."""

    service: str


class Drawing(Scene, frozen=True):
    """The number is being taken."""

    service: str


class Taken(Scene, frozen=True):
    """Q3; `printed` False = the ticket printer failed and the number stands on the screen."""

    number: NumberDrawn
    printed: bool | None = None


class Closed(Scene, frozen=True):
    """No number now, and why."""

    reason: str
    opens: str = ""


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this flow; None where it means nothing."""
    match scene, event:
        case ServiceAsked(), Pressed("service", name) if name in now.house.services:
            return go(PriorityAsked(name))
        case ServiceAsked(), Pressed("back"):
            return HOME
        case PriorityAsked(service), Pressed("no"):
            return go(Drawing(service), DrawNumber(service))
        case PriorityAsked(service), Pressed("yes"):
            return go(Drawing(service), DrawNumber(service, priority=True))
        case PriorityAsked(), Pressed("back"):
            return go(ServiceAsked())
        case Drawing(service), NumberDrawn(drawn) if drawn == service:
            if not now.works("ticket_printer"):
                return go(Taken(event, printed=False), Sound("success"))
            return go(
                Taken(event),
                Sound("success"),
                PrintTicket(
                    "queue",
                    {
                        "service": event.service,
                        "number": event.number,
                        "before": str(event.before),
                        "minutes": str(event.minutes),
                        "most": str(event.most),
                    },
                ),
            )
        case Drawing(), NumberRefused(_, reason, opens):
            return go(Closed(reason, opens))
        case Taken(number), TicketPrinted():
            return go(Taken(number, printed=True))
        case Taken(number), TicketFailed():
            return go(Taken(number, printed=False))
        case Taken(), Pressed("ok" | "back"):
            return end("done")
        case Closed(), Pressed("ok" | "back"):
            return HOME
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this flow looks."""
    match scene:
        case ServiceAsked():
            return View(
                name="ticket.service",
                body=Tiles(),
                title=Say("ticket.ask"),
                choices=tuple(
                    Choice("service", Say(f"service.{name}"), value=name, icon="ticket")
                    for name in now.house.services
                ),
            )
        case PriorityAsked():
            return View(
                name="ticket.priority",
                body=Notice("info", loop="priority"),
                title=Say("ticket.priority"),
                detail=Say("ticket.priority_who"),
                choices=(Choice("no", Say("common.no")), Choice("yes", Say("ticket.priority_yes"))),
            )
        case Drawing():
            return View(
                name="ticket.drawing",
                body=Working(loop="slip"),
                title=Say("ticket.drawing"),
                bar_off=("back",),
            )
        case Taken(number, printed):
            return View(
                name="ticket.taken",
                body=Notice("good", loop="slip", number=number.number),
                title=Say(
                    "ticket.remember" if printed is False else "ticket.take",
                    args={"no": number.number},
                ),
                detail=_wait(number),
                primary=Choice("ok", Say("common.done")),
                bar_off=("back",),
            )
        case Closed(reason, opens):
            return View(
                name="ticket.closed",
                body=Notice("warn", loop="officer"),
                title=Say(f"ticket.closed.{reason}"),
                detail=Say("ticket.opens", args={"at": opens}) if opens else None,
                primary=Choice("ok", Say("common.home")),
            )
    return None


def _wait(number: NumberDrawn) -> Say:
    """A range where there is one; what is next is said without figures."""
    if not number.most:
        return Say("ticket.wait_none", args={"n": number.before})
    return Say("ticket.wait", args={"n": number.before, "m": number.minutes, "most": number.most})


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case ServiceAsked():
            return (Pressed("service", "no such service"),)
        case Drawing(service):
            return (
                NumberDrawn(service, "A001", 3, 10, 25),
                NumberDrawn(service, "A001", 0, 0, 0),
                NumberDrawn("other", "B001", 3, 9),
                NumberRefused(service, "closed", "07:30, 06/01/2026"),
                NumberRefused(service, "full"),
            )
        case Taken():
            return (TicketPrinted(), TicketFailed("out"))
    return ()
