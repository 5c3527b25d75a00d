"""What a laid out screen is made of, in drawing order, and the sheet that collects it.

A `Sheet` is plain data: it can be drawn, touched (`at`) and checked for faults without a window.
Colours are names of palette tokens.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.values import Box
from ui_kivy.geometry import Rect
from ui_kivy.typeset import Block

Align = Literal["left", "centre", "right"]


class Fill(msgspec.Struct, frozen=True):
    """A box, perhaps with round corners and an edge."""

    rect: Rect
    colour: str
    radius: float = 0.0
    edge: str = ""
    edge_width: float = 0.0
    alpha: float = 1.0


class Text(msgspec.Struct, frozen=True):
    """Lines of text inside `rect`, centred vertically; `ground` is the token they stand on."""

    block: Block
    rect: Rect
    colour: str
    ground: str
    align: Align = "centre"


class Icon(msgspec.Struct, frozen=True):
    """A one-coloured sign."""

    name: str
    rect: Rect
    colour: str


class Art(msgspec.Struct, frozen=True):
    """An illustration; moves for a while, then rests.  Nothing of it leaves `clip`."""

    name: str
    rect: Rect
    clip: Rect


class Photo(msgspec.Struct, frozen=True):
    """A photographed page as large as fits; `mark` is drawn around the trouble."""

    page: str
    rect: Rect
    mark: Box | None = None
    blurred: bool = False
    near: Box | None = None
    """Only this part of it, as large as fits."""


class LiveView(msgspec.Struct, frozen=True):
    """The camera's frames with the page outlined."""

    rect: Rect


class Code(msgspec.Struct, frozen=True):
    """A QR code with its quiet zone, black on white in every contrast."""

    payload: str
    rect: Rect


class Ring(msgspec.Struct, frozen=True):
    """A circle that empties in `seconds`, with the seconds left inside where `counts`."""

    rect: Rect
    seconds: float
    colour: str
    size: float = 0.0
    counts: bool = False


class Spin(msgspec.Struct, frozen=True):
    """The sign that something is going on."""

    rect: Rect


class Glow(msgspec.Struct, frozen=True):
    """The focus of the hardware keys."""

    rect: Rect
    radius: float
    width: float


Item = Fill | Text | Icon | Art | Photo | LiveView | Code | Ring | Spin | Glow


class Target(msgspec.Struct, frozen=True):
    """A place that can be touched.  `local` ones turn a page of this very screen."""

    rect: Rect
    action: str
    value: str = ""
    local: bool = False
    radius: float = 0.0
    primary: bool = False


class Sheet:
    """Items and targets of one screen of `width` × `height` pixels."""

    def __init__(self, width: float, height: float) -> None:
        self.rect = Rect(0.0, 0.0, width, height)
        self.items: list[Item] = []
        self.targets: list[Target] = []
        self.faults: list[str] = []
        """Filled while laying out, where a text did not fit: empty on a right screen."""

    def add(self, *items: Item) -> None:
        self.items.extend(items)

    def target(self, target: Target) -> None:
        self.targets.append(target)

    def at(self, x: float, y: float) -> Target | None:
        """The target under a point; the last one drawn wins."""
        return next((one for one in reversed(self.targets) if one.rect.holds(x, y)), None)

    def find(self, action: str, value: str | None = None) -> Target | None:
        """The target with this action and, where given, value."""
        return next(
            (
                one
                for one in reversed(self.targets)
                if one.action == action and (value is None or one.value == value)
            ),
            None,
        )

    def over(self) -> None:
        """What lies beneath an overlay cannot be touched."""
        self.targets.clear()
