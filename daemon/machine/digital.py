"""Services on the visitor's own phone: a curated list, guidance in pictures, a dossier's status.

No page of the web is opened here: the kiosk shows a code, and the phone opens it.
"""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.effects import AskStatus, ListOnline
from daemon.machine.events import AnyEvent, OnlineListed, OnlineService, Pressed, StatusTold, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import HOME, Move, Now, Scene, go
from daemon.machine.views import Choice, Keyboard, Lines, Notice, Payment, Say, View, Working

STEPS = 6
"""Pictures of the guidance to VNeID."""

LONGEST = 40
"""Signs of a dossier code."""


class Menu(Scene, frozen=True):
    """The list; empty while it is being read."""

    services: tuple[OnlineService, ...] = ()


class Online(Scene, frozen=True):
    """One of them as a code for the phone."""

    back: Menu
    service: OnlineService


class Guide(Scene, frozen=True):
    """One picture of the guidance, from 1."""

    back: Menu
    at: int = 1


class CodeAsked(Scene, frozen=True):
    """Which dossier?"""

    back: Menu
    text: Personal[str] = Personal("")


class Asking(Scene, frozen=True):
    """The ward is asked."""

    back: CodeAsked


class Told(Scene, frozen=True):
    """What the ward says of a dossier."""

    back: CodeAsked
    status: StatusTold


class FeeCode(Scene, frozen=True):
    """What is owed for the dossier, as a code for the payer's phone."""

    back: Told


def begin(now: Now) -> Move:
    """From the home menu."""
    return go(Menu(), ListOnline(now.prefs.language))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this flow; None where it means nothing."""
    match scene, event:
        case Menu(), OnlineListed(listed):
            return go(Menu(listed))
        case Menu(listed), Pressed("online", name):
            found = next((one for one in listed if one.id == name), None)
            return go(Online(scene, found)) if found is not None else None
        case Menu(), Pressed("guide"):
            return go(Guide(scene))
        case Menu(), Pressed("status") if now.house.dossier_status:
            return go(CodeAsked(scene))
        case Menu(), Pressed("back"):
            return HOME
        case Online(back), Pressed("ok" | "back"):
            return go(back)
        case Guide(back, at), Pressed("next"):
            return go(replace(scene, at=at + 1) if at < STEPS else back)
        case Guide(back, at), Pressed("back"):
            return go(replace(scene, at=at - 1) if at > 1 else back)
        case CodeAsked(), Typed(text):
            return go(replace(scene, text=Personal(text.reveal()[:LONGEST])))
        case CodeAsked(text=text), Pressed("ok") if text:
            return go(Asking(scene), AskStatus(text))
        case CodeAsked(back), Pressed("back"):
            return go(back)
        case Asking(back), StatusTold():
            return go(Told(back, event))
        case Told(status=status), Pressed("pay") if status.qr:
            return go(FeeCode(scene))
        case FeeCode(back), Pressed("back" | "ok"):
            return go(back)
        case ((Asking(back) | Told(back)), Pressed("back" | "ok")):
            return go(replace(back, text=Personal("")))
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this flow looks."""
    match scene:
        case Menu(listed):
            return View(
                name="digital.menu",
                body=Lines(()),
                title=Say("digital.ask" if listed else "lookup.opening"),
                choices=_menu(listed, now),
            )
        case Online(service=service):
            return View(
                name="digital.online",
                body=Notice("info", qr=service.url),
                title=Say("digital.scan"),
                primary=Choice("ok", Say("common.back")),
            )
        case Guide(at=at):
            last = at == STEPS
            return View(
                name=f"digital.guide_{at}",
                body=Notice("info", loop=f"vneid_{at}"),
                title=Say(f"digital.vneid.{at}"),
                detail=Say("digital.page", args={"n": at, "of": STEPS}),
                primary=Choice("next", Say("common.done" if last else "digital.next"), tone="go"),
            )
        case CodeAsked(text=text):
            return View(
                name="digital.code",
                body=Keyboard(text, layout="search"),
                title=Say("digital.code"),
                primary=Choice("ok", Say("digital.look")) if text else None,
            )
        case Asking():
            return View(name="digital.asking", body=Working(), title=Say("digital.asking"))
        case Told(status=status):
            good = status.stage in ("received", "working", "ready", "returned")
            return View(
                name="digital.told",
                body=Notice("good" if good else "warn", loop="slip" if good else "officer"),
                title=Say(f"digital.stage.{status.stage}"),
                detail=_owed(status),
                choices=(Choice("pay", Say("digital.pay")),) if status.qr else (),
                primary=Choice("ok", Say("common.back")),
            )
        case FeeCode(Told(status=status)):
            return View(
                name="digital.fee",
                body=Payment(status.qr, status.fee, status.memo),
                title=Say("pay.scan", args={"fee": status.fee}),
                # Whose account it is, as the payer's bank will show it before paying.
                detail=Say("pay.payee", args={"payee": now.house.payee, "bank": now.house.bank}),
                primary=Choice("ok", Say("common.back")),
            )
    return None


def _owed(status: StatusTold) -> Say | None:
    """The fee before the day: who owes it can do something about it."""
    if status.fee:
        return Say("digital.owed", args={"fee": status.fee})
    return Say("digital.due", args={"day": status.due}) if status.due else None


def _menu(listed: tuple[OnlineService, ...], now: Now) -> tuple[Choice, ...]:
    guide = Choice("guide", Say("digital.guide"), icon="digital")
    status = Choice(
        "status",
        Say("digital.status"),
        icon="lookup",
        why_not=None if now.house.dossier_status else Say("digital.no_status"),
    )
    own = tuple(
        Choice("online", Say("lookup.hit", args={"name": one.name}), value=one.id) for one in listed
    )
    return (status, guide, *own)


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Menu():
            return (
                OnlineListed((OnlineService("portal", "A", "https://a.vn/x", "a.vn"),)),
                Pressed("online", "no such service"),
            )
        case CodeAsked():
            return (Typed(Personal("H29-1")), Typed(Personal("")))
        case Asking():
            return (
                StatusTold("ready", "05/01/2026"),
                StatusTold("working", "", 8000, "QR", "HS1"),
                StatusTold("unknown"),
            )
    return ()
