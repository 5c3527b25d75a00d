"""What the screen is told to draw: one template with message keys and arguments.

A View holds no pixels, no translated text and no layout.  The screen process turns keys into words
of `prefs.language`, draws, and sends `Pressed` with the actions that stand here.  Everything that
can be pressed is in `choices`, `primary` or `bar`, in reading order; the hardware keys walk the
same list and what the picture zone has to touch (`reach(view)`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.personal import Personal
from daemon.machine.values import Box, Prefs


class Say(msgspec.Struct, frozen=True):
    """A message key with arguments; `terms` are themselves keys, `own` belong to the citizen."""

    key: str
    args: dict[str, str | int] = {}
    terms: dict[str, str] = {}
    """Arguments that are keys themselves, e.g. {"kind": "kind.giay_khai_sinh"}."""
    own: dict[str, Personal[str]] = {}


class Choice(msgspec.Struct, frozen=True):
    """Something that can be pressed."""

    action: str
    label: Say
    value: str = ""
    detail: Say | None = None
    """A second, smaller line."""
    tone: Literal["plain", "go", "stop", "officer"] = "plain"
    icon: str = ""
    why_not: Say | None = None
    """Set = shown grey with this reason and not pressable."""


class Fact(msgspec.Struct, frozen=True):
    """Something to know, beside a sign."""

    icon: str
    says: Say


# -- bodies: one for each template --------------------------------------------------------


class Body(msgspec.Struct, frozen=True, tag=True, tag_field="template"):
    """What stands in the picture zone (y 320–960 of the frame)."""


class Tiles(Body, frozen=True):
    """Attract and home: the choices are large tiles with icons."""

    attract: bool = False
    facts: tuple[Fact, ...] = ()
    """What the day is like, told one after the other while nobody is here."""


class Lines(Body, frozen=True):
    """Paragraphs to read: consent, a procedure.  Two arrows to page if they do not fit."""

    lines: tuple[Say, ...]
    page: int = 0


class Camera(Body, frozen=True):
    """The live view with the page outlined; `ring` = the shot comes by itself in this many s."""

    loop: str = "lay_paper"
    """Name of the drawn illustration shown until the first frame."""
    ring: float | None = None


class Picture(Body, frozen=True):
    """One photographed page, with a mark around the trouble."""

    page: str
    mark: Box | None = None
    blurred: bool = False
    near: Box | None = None
    """Only this part of it, as large as fits."""
    parts: tuple[Box, ...] = ()
    """Parts that a touch on them enlarges: `Pressed("part", number)`, counted from 1."""


class Pages(Body, frozen=True):
    """Thumbnails of the pages so far; `selected` can be moved or deleted."""

    pages: tuple[str, ...]
    captions: tuple[Say, ...] = ()
    selected: int | None = None


class Kinds(Body, frozen=True):
    """Kinds to pick from; the choices carry the kind as `value` and are drawn with its picture."""


class Keyboard(Body, frozen=True):
    """A text field with the on-screen keyboard; results may stand above it as choices.

    `name`, `search` and `mail` send `Typed` with the whole text after each key.  `number` and
    `code` are pads whose keys send `Pressed("digit", key)`, key = a digit or `back`: a count of
    copies is nobody's secret and has to stand in the journal.
    """

    text: Personal[str]
    layout: Literal["name", "search", "mail", "number", "code"] = "name"
    spelt: Personal[str] = Personal("")
    """Where the hardware keys are: `row:` and its number, a key's name, or nowhere."""


class Working(Body, frozen=True):
    """Waiting: named steps, ticked off; or a bar where `of` > 0; else an illustration."""

    steps: tuple[Say, ...] = ()
    done: int = 0
    at: int = 0
    of: int = 0
    loop: str = ""
    """Name of the illustration: what is being done meanwhile."""


class Notice(Body, frozen=True):
    """One sentence with an illustration."""

    tone: Literal["info", "good", "warn", "stop"] = "info"
    loop: str = ""
    """Name of the illustration: take_paper, take_sheets, no_paper, jam, officer, bye, …"""
    number: str = ""
    """A number to show at 40 mm (queue number, content code)."""
    qr: str = ""
    facts: tuple[Fact, ...] = ()
    """What still works, or helps, below the sentence."""
    own: Personal[str] = Personal("")
    """What the QR of a visitor's own copy holds; shown as `qr` is."""


class Table(Body, frozen=True):
    """The fee: rows of (what, amount in đồng) and the total."""

    rows: tuple[tuple[Say, int], ...]
    total: int


class Payment(Body, frozen=True):
    """VietQR ≥ 60 mm, amount, content code."""

    qr: str
    amount: int
    memo: str
    seen: bool = False


class Faces(Body, frozen=True):
    """Five levels with words."""


class ServingLine(msgspec.Struct, frozen=True):
    """A number that is called, and where to."""

    number: str
    counter: str
    fresh: bool = False
    """Called just now."""


class Serving(msgspec.Struct, frozen=True):
    """The second display: whom the counters serve now, the newest call first."""

    calls: tuple[ServingLine, ...] = ()


AnyBody = (
    Tiles
    | Lines
    | Camera
    | Picture
    | Pages
    | Kinds
    | Keyboard
    | Working
    | Notice
    | Table
    | Payment
    | Faces
)


class Overlay(msgspec.Struct, frozen=True):
    """Stands over the screen: idle warning, help menu, officer called, home asked, another card."""

    name: Literal["idle", "help", "called", "leave", "show", "card"]
    title: Say
    choices: tuple[Choice, ...]
    seconds: float | None = None
    """Length of the count-down ring; the screen counts by its own clock from when it is shown."""


BAR = ("back", "home", "language", "size", "contrast", "speech", "low", "help")
"""The always-present row: every item is in every View; `bar_off` greys some."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """One screen."""

    name: str
    """Name of the state, e.g. `copy.place`; names the screenshot too."""
    body: AnyBody
    title: Say
    detail: Say | None = None
    choices: tuple[Choice, ...] = ()
    primary: Choice | None = None
    bar_off: tuple[str, ...] = ()
    step: int | None = None
    """Which of `steps` we are at, from 0."""
    steps: tuple[str, ...] = ()
    """Message keys of the named steps (six for the copy)."""
    overlay: Overlay | None = None
    focus: int | None = None
    """Index into `reach(view)`; drawn while `prefs.keys`."""
    prefs: Prefs = Prefs()
    next_language: str = "English"
    """What the language key leads to, in that language's own name."""
    ward: str = ""
    online: bool = True


def actions(view: View) -> tuple[Choice, ...]:
    """Everything pressable in reading order: the overlay's choices alone while there is one."""
    if view.overlay is not None:
        return view.overlay.choices
    rows = [choice for choice in view.choices if choice.why_not is None]
    if view.primary is not None:
        rows.append(view.primary)
    rows.extend(
        Choice(action=name, label=bar_label(view, name)) for name in BAR if name not in view.bar_off
    )
    return tuple(rows)


def bar_label(view: View, name: str) -> Say:
    """What a key of the bar says."""
    args: dict[str, str | int] = {"language": view.next_language} if name == "language" else {}
    return Say(f"bar.{name}", args=args)


LETTERS = "letters"
"""Action of the keyboard as a whole: OK goes in among its letters (`spelling.py`)."""
PAD = (*"1234567890", "back")


def reach(view: View) -> tuple[Choice, ...]:
    """What the hardware keys walk: the picture zone's own targets, then `actions(view)`."""
    if view.overlay is not None:
        return actions(view)
    zone: tuple[Choice, ...] = ()
    match view.body:
        case Pages(pages, captions):
            zone = tuple(
                Choice("page", Say("pages.this", args=caption.args), page)
                for page, caption in zip(pages, captions, strict=False)
            )
        case Keyboard(layout="number" | "code"):
            zone = tuple(
                Choice("digit", Say("keys.delete") if one == "back" else _sign(one), one)
                for one in PAD
            )
        case Keyboard():
            zone = (Choice(LETTERS, Say("keys.letters")),)
    return (*zone, *actions(view))


def _sign(sign: str) -> Say:
    return Say("keys.sign", args={"sign": sign})
