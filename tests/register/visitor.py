"""How somebody goes on who wants his copies: the next thing to do on each screen."""

from __future__ import annotations

from collections.abc import Callable

from daemon.machine.copy.scenes import PagesShown, Place
from daemon.machine.events import BedChanged, Pressed, Typed
from daemon.machine.personal import Personal
from daemon.machine.view import view
from daemon.machine.views import actions
from tests.register.anything import HOUSE, Kiosk
from tests.register.made import NAME

PRESS = {
    "Begin": "start",
    "ConsentAsked": "yes",
    "KindAsked": "yes",
    "SideMissing": "next",
    "Refused": "stop",
    "NotCertified": "stop",
    "LayAgain": "retry",
    "LaterAsked": "slip",
    "LaterDone": "stop",
    "FeeShown": "pay",
    "PaidWrong": "slip",
    "ReceiptAsked": "none",
    "Rate": "skip",
}
"""Scene → button."""

OVERLAY = {"leave": "no", "card": "no", "idle": "touch", "called": "cancel"}


def scene(kiosk: Kiosk) -> str:
    return type(kiosk.shell.state.scene).__name__


def at_rest(kiosk: Kiosk) -> bool:
    return scene(kiosk) == "Attract"


def buttons(kiosk: Kiosk) -> list[Pressed]:
    """What can be pressed now."""
    return [Pressed(one.action, one.value) for one in actions(view(kiosk.shell.state, HOUSE))]


def goes_on(kiosk: Kiosk) -> None:
    """One step towards the copies, and then towards the end of the visit."""
    state = kiosk.shell.state
    here = scene(kiosk)
    if state.overlay:
        kiosk.happens(Pressed(OVERLAY.get(state.overlay, "close")))
    elif here in PRESS:
        kiosk.happens(Pressed(PRESS[here]))
    elif here in _ACTS:
        _ACTS[here](kiosk)
    else:
        kiosk.happens(Pressed("home"))


def ends(kiosk: Kiosk) -> None:
    """Until nobody is there; the process may die on the way, as often as it is told to."""
    for _ in range(80):
        goes_on(kiosk)
        if at_rest(kiosk):
            return
    raise AssertionError(f"no way home from {scene(kiosk)}: {buttons(kiosk)}")


def well(kiosk: Kiosk) -> None:
    """A whole visit as it should be."""
    if not at_rest(kiosk):
        ends(kiosk)
    ends(kiosk)


def _named(kiosk: Kiosk) -> None:
    kiosk.happens(Typed(Personal(NAME)), Pressed("ok"))


def _shoots(kiosk: Kiosk) -> None:
    now = kiosk.shell.state.scene
    assert isinstance(now, Place)
    kiosk.papers.bed = kiosk.wanted[len(now.job.all_pages) % len(kiosk.wanted)]
    kiosk.happens(BedChanged(True), Pressed("shoot"))


def _other(kiosk: Kiosk) -> None:
    kiosk.happens(Pressed("new" if kiosk.papers.bed[2] else "same"))


def _pages(kiosk: Kiosk) -> None:
    now = kiosk.shell.state.scene
    assert isinstance(now, PagesShown)
    have = len(now.job.all_pages)
    if have >= len(kiosk.wanted):
        kiosk.happens(Pressed("done"))
    else:
        kiosk.happens(Pressed("another" if kiosk.wanted[have][2] else "next"))


def _product(kiosk: Kiosk) -> None:
    offered = {one.action for one in buttons(kiosk)}
    kiosk.happens(Pressed(kiosk.product if kiosk.product in offered else "digital"))


def _copies(kiosk: Kiosk) -> None:
    wanted = Pressed("copies", str(kiosk.copies))
    kiosk.happens(wanted if wanted in buttons(kiosk) else Pressed("back"))


def _paying(kiosk: Kiosk) -> None:
    pays = kiosk.pay("exact")
    if pays is None:
        kiosk.happens(Pressed("stop"))
    else:
        kiosk.do(pays())
    if scene(kiosk) == "Paying":  # the money is on the record, and was not for this code
        kiosk.happens(Pressed("home"), Pressed("yes"))


def _cleared(kiosk: Kiosk) -> None:
    """Away with what lies around, as whoever comes next would do."""
    kiosk.take_sheets()
    kiosk.happens(BedChanged(False))
    if scene(kiosk) == "Left":
        kiosk.happens(Pressed("cleared"))


_ACTS: dict[str, Callable[[Kiosk], None]] = {
    "Attract": lambda kiosk: kiosk.happens(Pressed("copy")),
    "Home": lambda kiosk: kiosk.happens(Pressed("copy")),
    "NameAsked": _named,
    "Place": _shoots,
    "OtherKind": _other,
    "PagesShown": _pages,
    "ProductAsked": _product,
    "CopiesAsked": _copies,
    "Deciding": lambda kiosk: kiosk.decide("accepted"),
    "TakeBack": lambda kiosk: kiosk.happens(BedChanged(False)),
    "Paying": _paying,
    "Sealing": lambda kiosk: kiosk.token_is(""),
    "Printing": lambda kiosk: kiosk.printer_is(""),
    "Collect": lambda kiosk: kiosk.take_sheets(),
    "PowerBack": lambda kiosk: kiosk.runs_off("bye.end"),
    "Bye": lambda kiosk: kiosk.runs_off("bye.end"),
    "Left": _cleared,
}
