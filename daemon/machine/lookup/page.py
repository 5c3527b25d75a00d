"""One procedure's page, and behind it what can be done about it here and now."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy.scenes import Begin
from daemon.machine.dossier.scenes import Planning
from daemon.machine.effects import OpenDossier, PrintSheet, PrintTicket
from daemon.machine.events import (
    AnyEvent,
    Pressed,
    SheetFailed,
    SheetPrinted,
    Shown,
    TicketFailed,
    TicketPrinted,
)
from daemon.machine.lookup.scenes import Ask, HereNow, OnPhone, Opening, Procedure
from daemon.machine.offers import missing, offered
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.ticket import PriorityAsked
from daemon.machine.values import Part
from daemon.machine.views import Choice, Lines, Notice, Say, Tiles, View


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does here; None where it means nothing."""
    match scene, event:
        case Opening(back, code), Shown(shown, name) if shown == code:
            # A page without a name: it was taken out of the file while it stood in a list.
            return go(Procedure(back, event) if name else back)
        case Opening(back), Pressed("back"):
            return go(back)
        case Procedure(), Pressed("here"):
            return go(HereNow(scene))
        case Procedure(back), Pressed("back"):
            return go(back)
        case HereNow(), _:
            return _here(scene, event, now)
        case OnPhone(back), Pressed("back" | "ok"):
            return go(back)
    return None


def _here(scene: HereNow, event: AnyEvent, now: Now) -> Move | None:
    page = scene.page
    match event:
        case Pressed("print" | "sheet" as how) if _may_print(how, scene, now):
            args = {"code": page.code, "language": now.prefs.language}
            effect = PrintTicket if how == "print" else PrintSheet
            return go(replace(scene, printed="printing"), effect("procedure", args))
        case TicketPrinted():
            return go(replace(scene, printed="ticket"))
        case SheetPrinted():
            return go(replace(scene, printed="sheet"))
        case TicketFailed() | SheetFailed():
            return go(replace(scene, printed="failed"))
        case Pressed("phone") if page.url:
            return go(OnPhone(replace(scene, printed="")))
        case Pressed("copy") if page.copies and offered("copy", now):
            return go(Begin())
        case Pressed("dossier") if _has_dossier(now):
            return go(Planning(page.code), OpenDossier(page.code, now.prefs.language))
        case Pressed("ticket") if _has_queue(page, now):
            return go(PriorityAsked(page.group))
        case Pressed("back"):
            return go(scene.back)
    return None


_PRINTERS: dict[str, Part] = {"print": "ticket_printer", "sheet": "page_printer"}


def _may_print(how: str, scene: HereNow, now: Now) -> bool:
    return now.works(_PRINTERS[how]) and scene.printed != "printing"


def _has_queue(page: Shown, now: Now) -> bool:
    return page.group in now.house.services and offered("ticket", now)


def _has_dossier(now: Now) -> bool:
    return now.house.dossiers and offered("dossier", now)


def view(scene: Scene, now: Now) -> View | None:
    """How these screens look."""
    match scene:
        case Opening():
            return View(name="lookup.opening", body=Lines(()), title=Say("lookup.opening"))
        case Procedure(page=page):
            lines: list[Say] = []
            for section, rows in page.sections:
                lines.append(Say(f"lookup.section.{section}"))
                lines.extend(Say("lookup.line", args={"text": row}) for row in rows)
            return View(
                name="lookup.procedure",
                body=Lines(tuple(lines)),
                title=Say("lookup.hit", args={"name": page.name}),
                primary=Choice("here", Say("lookup.here"), tone="go"),
            )
        case HereNow(printed=printed):
            return View(
                name="lookup.here",
                body=Tiles(),
                title=Say("lookup.here_ask"),
                detail=Say(f"lookup.done.{printed}") if printed else None,
                choices=_here_now(scene.page, printed == "printing", now),
            )
        case OnPhone(HereNow(back=Procedure(page=page))):
            return View(
                name="lookup.phone",
                body=Notice("info", qr=page.url),
                title=Say("digital.scan"),
                primary=Choice("ok", Say("common.back")),
            )
    return None


def _here_now(page: Shown, printing: bool, now: Now) -> tuple[Choice, ...]:
    """What can be done here and now about this procedure, and why the rest cannot."""
    choices = []
    if page.copies:
        choices.append(_button("copy", "lookup.copy", missing("copy", now)))
    if now.house.dossiers:
        choices.append(_button("dossier", "lookup.dossier", missing("dossier", now)))
    if page.group in now.house.services:
        choices.append(_button("ticket", "lookup.number", missing("ticket", now)))
    if page.url:
        choices.append(_button("phone", "lookup.phone", None))
    if not printing:
        for how, part in _PRINTERS.items():
            choices.append(_button(how, f"lookup.{how}", None if now.works(part) else part))
    return tuple(choices)


def _button(action: str, label: str, lacks: Part | None) -> Choice:
    reason = Say("home.unavailable", terms={"reason": f"why.{lacks}"}) if lacks else None
    return Choice(action, Say(label), icon=_ICONS.get(action, ""), why_not=reason)


_ICONS = {
    "copy": "copy",
    "dossier": "dossier",
    "ticket": "ticket",
    "phone": "digital",
    "print": "paper",
}


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Opening(code=code, back=back):
            full = (
                Shown(code, "A", (("papers", ("B",)),), "https://a.vn", "justice", copies=True),
            )
            bare = (Shown(code, "A", (("papers", ("B",)),)),) if isinstance(back, Ask) else ()
            return (*full, *bare, Shown(code, "", ()), Shown("0", "B", ()))
        case HereNow():
            return (TicketPrinted(), TicketFailed("out"), SheetPrinted(), SheetFailed("jam"))
    return ()
