"""After C16: an electronic copy also by e-mail, or by an address that works once.

Only what the ward has configured is offered.  The address is typed here, read back, and sealed to
the ward, which sends the mail; the kiosk itself sends none.
"""

from __future__ import annotations

from msgspec.structs import replace

from daemon.machine.copy.job import button, screen
from daemon.machine.copy.scenes import LinkShown, MailAsked, MailShown, ReceiptAsked, Sending
from daemon.machine.effects import After, MakeLink, SendMail
from daemon.machine.events import AnyEvent, LinkMade, MailTaken, Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.state import Move, Now, Scene, go
from daemon.machine.views import Choice, Keyboard, Notice, Say, View, Working

LONGEST = 120
"""Letters of an address, as many as the keyboard takes."""
RECEIPT_END = "receipt.end"


def offered(scene: ReceiptAsked, now: Now) -> tuple[Choice, ...]:
    """The further ways of an electronic copy."""
    if scene.product != "digital" or scene.told in ("mail", "link"):
        return ()
    mail = (button("mail", "receipt.mail"),) if now.house.mail else ()
    link = (button("link", "receipt.link"),) if now.house.link else ()
    return mail + link


def chosen(scene: ReceiptAsked, action: str, now: Now) -> Move | None:
    """One of them was touched."""
    if action not in {one.action for one in offered(scene, now)}:
        return None
    if action == "link":
        return go(Sending(scene), MakeLink())
    return go(MailAsked(scene))


def step(scene: Scene, event: AnyEvent, now: Now) -> Move | None:
    """What an event does in this part; None where it means nothing."""
    match scene, event:
        case MailAsked(), Typed(text):
            kept = Personal(text.reveal()[:LONGEST])
            return go(replace(scene, text=kept, wrong=False))
        case MailAsked(back, text), Pressed("ok") if text:
            return go(MailShown(back, text))
        case MailShown(back, text), Pressed("yes"):
            return go(Sending(back, text), SendMail(text))
        case MailShown(back, text), Pressed("no" | "back"):
            return go(MailAsked(back, text))
        case Sending(back, text), MailTaken("address") if text:
            return go(MailAsked(back, text, wrong=True))
        case Sending(back), MailTaken(verdict):
            return _back(replace(back, told="mail" if verdict == "kept" else "failed"), now)
        case Sending(back), LinkMade(url) if url:
            return go(LinkShown(back, url))
        case Sending(back), LinkMade():
            return _back(replace(back, told="failed"), now)
        case LinkShown(back), Pressed("ok" | "back"):
            return _back(replace(back, told="link"), now)
        case MailAsked(back), Pressed("back"):
            return _back(back, now)
    return None


def _back(scene: ReceiptAsked, now: Now) -> Move:
    return go(scene, After(now.house.limits.receipt, RECEIPT_END))


def view(scene: Scene, now: Now) -> View | None:
    """How this part looks."""
    match scene:
        case MailAsked(_, text, wrong):
            return screen(
                "mail",
                5,
                Keyboard(text, layout="mail"),
                Say("mail.wrong" if wrong else "mail.ask"),
                detail=Say("mail.use"),
                primary=button("ok", "common.ok", tone="go"),
            )
        case MailShown(_, address):
            return screen(
                "mail_check",
                5,
                Notice("info", loop="slip"),
                Say("mail.check"),
                detail=Say("mail.address", own={"address": address}),
                choices=(button("yes", "mail.yes"), button("no", "mail.change")),
            )
        case Sending():
            return screen("sending", 5, Working(), Say("mail.busy"), bar_off=("back", "home"))
        case LinkShown(_, url):
            return screen(
                "link",
                5,
                Notice("info", own=url),
                Say("link.scan"),
                primary=button("ok", "receipt.done"),
            )
    return None


def alphabet(scene: Scene) -> tuple[AnyEvent, ...]:
    """What the explorer tries here besides the buttons."""
    match scene:
        case MailAsked():
            return (Typed(Personal("a@b.vn")), Typed(Personal("")))
        case Sending():
            return (
                MailTaken("kept"),
                MailTaken("address"),
                MailTaken("failed"),
                LinkMade(Personal("https://example.vn/once")),
                LinkMade(),
            )
    return ()
