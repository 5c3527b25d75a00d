"""Look up a procedure: words, results, one procedure's page.  No identification is needed."""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.effects import Lookup, PrintTicket, Search
from daemon.machine.events import AnyEvent, Found, Pressed, Shown, TicketFailed, TicketPrinted
from daemon.machine.events import Typed as Words
from daemon.machine.personal import Personal
from daemon.machine.state import HOME, Move, Now, Scene, go
from daemon.machine.views import Choice, Keyboard, Lines, Notice, Say, View

SHOWN = 4
"""Results on one screen."""

LONGEST = 120
"""Letters of a query; what comes after is not read."""


class Ask(Scene, frozen=True):
    """L1 and L2: words and, above the keyboard, what they found."""

    text: Personal[str] = Personal("")
    results: tuple[tuple[str, str], ...] = ()
    nothing: bool = False


class Opening(Scene, frozen=True):
    """One procedure is being read."""

    back: Ask
    code: str


class Procedure(Scene, frozen=True):
    """L3."""

    back: Ask
    page: Shown
    printed: bool | None = None


class OnPhone(Scene, frozen=True):
    """The procedure's address as a code for the visitor's own phone."""

    back: Procedure


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this flow; None where it means nothing."""
    match scene, event:
        case Ask(), Words(text):
            kept = Personal(text.reveal()[:LONGEST])
            return go(replace(scene, text=kept), Search(kept)) if kept else go(Ask())
        case Ask(), Found(results, enough):
            return go(replace(scene, results=results[:SHOWN], nothing=enough and not results))
        case Ask(results=results), Pressed("open", code) if code in dict(results):
            return go(Opening(scene, code), Lookup(code, now.prefs.language))
        case Ask(), Pressed("back"):
            return HOME
        case Opening(back, code), Shown(shown) if shown == code:
            return go(Procedure(back, event))
        case Opening(back), Pressed("back"):
            return go(back)
        case Procedure(page=page), Pressed("print") if now.works("ticket_printer"):
            return go(
                replace(scene, printed=None),
                PrintTicket("procedure", {"code": page.code, "language": now.prefs.language}),
            )
        case Procedure(), TicketPrinted():
            return go(replace(scene, printed=True))
        case Procedure(), TicketFailed():
            return go(replace(scene, printed=False))
        case Procedure(page=page), Pressed("phone") if page.url:
            return go(OnPhone(scene))
        case Procedure(back), Pressed("back"):
            return go(back)
        case OnPhone(back), Pressed("back" | "ok"):
            return go(back)
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this flow looks."""
    match scene:
        case Ask(text, results, nothing):
            return View(
                name="lookup.ask",
                body=Keyboard(text, layout="search"),
                title=Say("lookup.none" if nothing else "lookup.ask"),
                choices=tuple(
                    Choice("open", Say("lookup.hit", args={"name": name}), value=code)
                    for code, name in results
                ),
            )
        case Opening():
            return View(name="lookup.opening", body=Lines(()), title=Say("lookup.opening"))
        case Procedure(page=page, printed=printed):
            lines: list[Say] = []
            for section, rows in page.sections:
                lines.append(Say(f"lookup.section.{section}"))
                lines.extend(Say("lookup.line", args={"text": row}) for row in rows)
            printer = now.works("ticket_printer")
            detail = {True: Say("lookup.printed"), False: Say("lookup.not_printed"), None: None}
            choices = [
                Choice(
                    "print",
                    Say("lookup.print"),
                    why_not=None
                    if printer
                    else Say("home.unavailable", terms={"reason": "why.ticket_printer"}),
                )
            ]
            if page.url:
                choices.append(Choice("phone", Say("lookup.phone")))
            return View(
                name="lookup.procedure",
                body=Lines(tuple(lines)),
                title=Say("lookup.hit", args={"name": page.name}),
                detail=detail[printed],
                choices=tuple(choices),
            )
        case OnPhone(Procedure(page=page)):
            return View(
                name="lookup.phone",
                body=Notice("info", qr=page.url),
                title=Say("digital.scan"),
                primary=Choice("ok", Say("common.back")),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case Ask():
            return (
                Words(Personal("kh")),
                Words(Personal("")),
                Found((("1.001193", "A"),)),
                Found(()),
                Found((), enough=False),
                Pressed("open", "0"),
            )
        case Opening(code=code):
            return (
                Shown(code, "A", (("papers", ("B",)),), "https://example.vn"),
                Shown("0", "B", ()),
            )
        case Procedure():
            return (TicketPrinted(), TicketFailed("out"))
    return ()
