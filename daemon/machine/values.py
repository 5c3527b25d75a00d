"""Small values that events, effects, states and views share."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
"""A language tag (BCP 47), the name of its folder of words in `ui_kivy/locale`."""
Written = Literal["vi", "en"]
"""Languages of what is no word of the screen: procedures, opening hours, announcements, slips."""
Size = Literal["normal", "large"]
Contrast = Literal["standard", "high", "dark", "yellow"]

Device = Literal[
    "camera",
    "page_printer",
    "ticket_printer",
    "keys",
    "lights",
    "bed",
    "tray",
    "scanner",
    "speech",
    "touch",
    "door",
]
"""The kinds of device a kiosk has; one port in `drivers/` each."""

Service = Literal[
    "screen", "documents", "register", "numbers", "certifier", "payment", "uplink", "store",
    "delivery",
]  # fmt: skip
"""What a kiosk needs besides devices; reported lost and back like a device.  `numbers` = the ward's
book: without it nothing is certified.  `delivery` = room for electronic copies on their way."""

Part = Device | Service

Key = Literal["up", "down", "ok", "back", "help", "speech"]
"""The six hardware keys."""

Lamp = Literal["card", "bed", "tray", "ticket", "help"]
LampMode = Literal["off", "breathing", "steady", "blinking"]
"""off · breathing = do this · steady = busy · blinking = take this."""

Quality = Literal[
    "ok", "glare", "blur", "moved", "cut", "two", "empty", "dark", "small", "unreadable"
]
"""The verdicts of `python -m daemon.documents`; `unreadable` = not a picture or not decodable."""

CopyPolicy = Literal["yes", "no", "officer"]
"""May this kind be certified from the original?  `officer` = a person looks first."""

Refusal = Literal[
    "copy", "laminated", "damaged", "foreign", "kind", "unsure", "secret", "not_a_paper"
]
"""Why the kiosk itself does not go on with a paper (R1–R6, secret = Decree 23/2015 Art. 22(3))."""

Product = Literal["digital", "paper"]
"""`digital` = electronic copy with two signatures; `paper` = wet-signed at the counter."""

Outcome = Literal["done", "officer", "refused", "cancelled", "timeout", "failed", "power"]
"""How a visit ended, as reported upward (docs/mqtt.md)."""


RATING_REASONS = ("wait", "words", "papers", "staff", "machine")
"""Why somebody is not content: long waiting, hard to understand, papers, manner, this kiosk."""


class Box(msgspec.Struct, frozen=True):
    """A place on a rectified page, as fractions of its width and height (0…1)."""

    x: float
    y: float
    w: float
    h: float


def written(language: Language) -> Written:
    """The one of the two that stands in for a language: English for all but Vietnamese."""
    return "vi" if language == "vi" else "en"


class Tongue(msgspec.Struct, frozen=True):
    """A language that a visitor can choose."""

    tag: Language
    name: str
    """What its speakers call it: the label of the key that leads to it."""


def following(language: Language, offered: tuple[Tongue, ...]) -> Tongue:
    """The language after this one; after the last comes the first."""
    tags = [one.tag for one in offered]
    at = tags.index(language) + 1 if language in tags else 0
    return offered[at % len(offered)]


class Prefs(msgspec.Struct, frozen=True):
    """What a visitor has chosen for this visit; falls back to the house's default after it."""

    language: Language = "vi"
    size: Size = "normal"
    contrast: Contrast = "standard"
    low: bool = False
    """All controls in the lower 1000 px."""
    speech: bool = False
    slow: bool = False
    """Speech at 0.8 of its pace."""
    curtain: bool = False
    """Screen hidden, for privacy, while speech is heard in the headset."""
    keys: bool = False
    """The hardware keys are in use: the focus is drawn and limits are doubled."""


class KindRule(msgspec.Struct, frozen=True):
    """What the flows need to know of one kind of paper (from `catalogue/kinds`)."""

    id: str
    sides: int = 1
    """Faces that carry information; 2 asks for the other side."""
    policy: CopyPolicy = "yes"
    foreign: bool = False
    refusal: Refusal | None = None
    """Set where the kind itself is a reason to stop (a copy, a private paper, not a paper)."""


class Limits(msgspec.Struct, frozen=True):
    """Time limits in seconds.  Configuration may lengthen them only."""

    idle: float = 60
    reading: float = 120
    warning: float = 30
    still: float = 1.0
    shot: float = 5
    examine: float = 20
    certifier: float = 120
    payment: float = 300
    payment_hint: float = 90
    seal_slow: float = 30
    seal_fail: float = 180
    printing: float = 120
    """The printer may be silent so long between two sheets."""
    bed_tone: float = 5
    bed_speech: float = 10
    bed_left: float = 30
    bed_officer: float = 90
    tray_left: float = 60
    tray_officer: float = 180
    receipt: float = 30
    end: float = 15
    help_again: float = 180
    """Nobody came: the officers are called again."""
    no_paper: float = 600


class House(msgspec.Struct, frozen=True):
    """The constants a kiosk runs with: facts and settings, never a visitor's."""

    kinds: dict[str, KindRule] = {}
    picks: tuple[str, ...] = ()
    """The kinds offered as pictures where the recognition is not sure (six)."""
    products: tuple[Product, ...] = ("digital", "paper")
    inspection: Literal["at_counter", "by_live_camera", "pilot"] = "pilot"
    ask_name: Literal["required", "optional"] = "required"
    max_copies: int = 20
    max_pages: int = 40
    max_papers: int = 5
    tries: int = 3
    """Bad pictures of a page after which an officer is offered first."""
    dossiers: bool = True
    """Are digital dossiers put together here?"""
    services: tuple[str, ...] = ()
    """Groups a queue number can be drawn for."""
    limits: Limits = Limits()
    prefs: Prefs = Prefs()
    languages: tuple[Tongue, ...] = (Tongue("vi", "Tiếng Việt"), Tongue("en", "English"))
    """What the language key goes round, in this order."""
    ward: str = ""
    """Name of the ward as the screen shows it."""
    bank: str = ""
    """The bank of the account that the fee goes to, as payers know it."""
    mail: bool = False
    """Electronic copies may also be sent by e-mail."""
    link: bool = False
    """Or fetched by an address that works once."""
    payee: str = ""
    """Whose account it is."""
    rating_reasons: tuple[str, ...] = RATING_REASONS
    dossier_status: bool = False
    """Can the ward be asked how a dossier stands?"""
