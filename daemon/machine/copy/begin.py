"""C0–C3: what is needed, consent, and whose request it is."""

from __future__ import annotations

import msgspec

from daemon.machine.copy import capture
from daemon.machine.copy.job import Job, button, screen
from daemon.machine.copy.scenes import Begin, CardShown, ConsentAsked, Declined, NameAsked
from daemon.machine.effects import Consent
from daemon.machine.events import AnyEvent, CardRead, Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import HOME, Move, Now, Scene, go
from daemon.machine.views import Keyboard, Lines, Notice, Say, View

NOTICE = "2026-01"
"""Version of the notice that `consent.*` carries; kept with the proof of consent."""

LONGEST_NAME = 80
"""Letters; the longest name the register's column takes."""


FULL_NOTICE = (
    "consent.full.who",
    "consent.full.what",
    "consent.full.why",
    "consent.full.keep",
    "consent.full.rights",
    "consent.full.duty",
)


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case Begin(), Pressed("start"):
            return go(ConsentAsked())
        case Begin(), Pressed("back"):
            return HOME
        case ConsentAsked(full=True), Pressed("back" | "less"):
            return go(ConsentAsked())
        case ConsentAsked(), Pressed("back"):
            return go(Begin())
        case ConsentAsked(), Pressed("more"):
            return go(ConsentAsked(full=True))
        case ConsentAsked(), Pressed("yes"):
            return go(NameAsked(), Consent(NOTICE))
        case ConsentAsked(), Pressed("no"):
            return go(Declined())
        case Declined(), Pressed("home" | "back" | "ok"):
            return HOME
        case NameAsked(), Typed(text):
            kept = Personal(text.reveal()[:LONGEST_NAME])
            return go(msgspec.structs.replace(scene, text=kept, trouble=""))
        case NameAsked(text=text), Pressed("ok"):
            if not text:
                return go(NameAsked(text, trouble="name.empty"))
            return capture.place(Job(requester=text), now)
        case NameAsked(), Pressed("skip") if now.house.ask_name == "optional":
            return capture.place(Job(), now)
        case NameAsked(), Pressed("back"):
            return go(ConsentAsked())
        case NameAsked(), CardRead("ok", name, masked):
            return go(CardShown(name, masked))
        case NameAsked(text=text), CardRead("expired"):
            return go(NameAsked(text, trouble="id.expired"))
        case NameAsked(text=text), CardRead():
            return go(NameAsked(text, trouble="id.unread"))
        case CardShown(name=name), Pressed("yes"):
            return capture.place(Job(requester=name), now)
        case CardShown(), Pressed("no" | "back"):
            return go(NameAsked())
    return None


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case Begin():
            return screen(
                "begin",
                None,
                Notice(loop="lay_paper"),
                Say("copy.need"),
                detail=Say("copy.not_for"),
                primary=button("start", "common.start", tone="go"),
            )
        case ConsentAsked(full=True):
            return screen(
                "consent_full",
                0,
                Lines(tuple(Say(key, args={"ward": now.house.ward}) for key in FULL_NOTICE)),
                Say("consent.title"),
                primary=button("less", "common.back"),
            )
        case ConsentAsked():
            lines = ("consent.what", "consent.why", "consent.keep")
            return screen(
                "consent",
                0,
                Lines(tuple(Say(key) for key in lines)),
                Say("consent.title"),
                # Two buttons of equal weight and no default: Law 91/2025/QH15 Art. 9.
                choices=(
                    button("yes", "consent.yes", icon="yes"),
                    button("no", "consent.no", icon="no"),
                    button("more", "consent.more"),
                ),
            )
        case Declined():
            return screen(
                "declined",
                None,
                Notice(loop="bye"),
                Say("consent.no_done"),
                primary=button("ok", "common.home"),
            )
        case NameAsked(text=text, trouble=trouble):
            skip = (button("skip", "common.skip"),) if now.house.ask_name == "optional" else ()
            return screen(
                "name",
                0,
                Keyboard(text),
                Say(trouble or "name.ask"),
                detail=Say("name.card") if now.works("scanner") else None,
                choices=skip,
                primary=button("ok", "common.ok", tone="go"),
            )
        case CardShown(name=name, masked=masked):
            return screen(
                "card",
                0,
                Notice(loop="card"),
                Say("id.confirm"),
                detail=Say("id.shown", own={"name": name, "number": masked}),
                choices=(button("yes", "common.yes"), button("no", "common.no")),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case NameAsked():
            mark = Personal("N")
            return (
                Typed(mark),
                Typed(Personal("")),
                CardRead("ok", mark, mark),
                CardRead("unread"),
                CardRead("expired"),
            )
    return ()
