"""The pencil of the layouts: texts that fit, buttons, cards, always at sizes of the theme."""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.views import Choice, Say, View, reach
from ui_kivy.geometry import Rect
from ui_kivy.screens.items import Align, Fill, Glow, Icon, Sheet, Target, Text
from ui_kivy.theme import LINE, SIZES, TIGHT, Theme
from ui_kivy.typeset import Block, clipped, fitting
from ui_kivy.words import Words


class Local(msgspec.Struct):
    """What the screen remembers by itself on one View: which page of it is open, shift."""

    page: int = 0
    """Page of the choices or of the text."""
    bar: int = 0
    turn: int = 0
    """How often the facts of the first screen went on to the next."""
    follow: bool = True
    """Pages turn to where the focus of the keys is, until somebody turns them by hand."""
    shift: bool = False
    plane: Literal["letters", "signs"] = "letters"
    method: Literal["direct", "telex", "vni"] = "direct"
    typed: str | None = None
    """The text of the field as typed here, ahead of the View that will confirm it."""


class Draft:
    """Everything a layout needs at hand."""

    def __init__(self, view: View, theme: Theme, words: Words, sheet: Sheet, local: Local) -> None:
        self.view = view
        self.theme = theme
        self.words = words
        self.sheet = sheet
        self.local = local
        self.pages = 1
        """How many pages this View has; more than one draws the two arrows."""
        row = reach(view)
        focus = view.focus if view.prefs.keys else None
        self.focused = row[focus] if focus is not None and focus < len(row) else None
        self.followed = self.focused if local.follow else None

    # -- sizes ----------------------------------------------------------------------------

    def px(self, size: float) -> float:
        """Grows with the text."""
        return self.theme.px(size)

    def mm(self, size: float) -> float:
        """Stays."""
        return self.theme.fixed(size)

    @property
    def gap(self) -> float:
        return self.theme.fixed(SIZES.gap)

    @property
    def wide(self) -> bool:
        """Is this the landscape frame?"""
        return self.sheet.rect.w > self.sheet.rect.h

    @property
    def low_top(self) -> float:
        """The line above which low mode has no control."""
        return self.mm(SIZES.low_at) if self.view.prefs.low and not self.wide else 0.0

    # -- texts ----------------------------------------------------------------------------

    def block(
        self,
        text: str,
        sizes: tuple[float, ...],
        room: float,
        tall: float = 1e9,
        *,
        bold: bool = False,
        tight: bool = False,
        most: int = 0,
    ) -> Block:
        """Text at the largest of these sizes (mm) that fits; `most` lines, then an ellipsis."""
        steps = tuple(self.px(size) for size in sizes)
        made = fitting(text, steps, room, tall, bold=bold, line=TIGHT if tight else LINE)
        return clipped(made, most, room) if most and len(made.lines) > most else made

    def text(
        self,
        text: str,
        sizes: tuple[float, ...],
        rect: Rect,
        colour: str,
        ground: str,
        *,
        bold: bool = False,
        align: Align = "centre",
        tight: bool = False,
        most: int = 0,
    ) -> Block:
        """Sets a text into a rectangle."""
        made = self.block(text, sizes, rect.w, rect.h, bold=bold, tight=tight, most=most)
        self.put(made, rect, colour, ground, align)
        return made

    def put(self, made: Block, rect: Rect, colour: str, ground: str, align: Align) -> None:
        """Sets a block; one that does not fit is a fault of the layout."""
        if made.height > rect.h + 1 or made.widest > rect.w + 1:
            self.sheet.faults.append(
                f"{made.lines[0][:24]!r}…: {made.widest:.0f}×{made.height:.0f} px of text "
                f"in {rect.w:.0f}×{rect.h:.0f} px"
            )
        self.sheet.add(Text(made, rect, colour, ground, align))

    def say(self, said: Say) -> str:
        return self.words.say(said)

    # -- shapes ---------------------------------------------------------------------------

    def card(self, rect: Rect, colour: str = "surface", edge: str = "") -> None:
        self.sheet.add(
            Fill(rect, colour, self.mm(SIZES.card), edge, self.mm(SIZES.hair) if edge else 0.0)
        )

    def icon(self, name: str, rect: Rect, colour: str) -> None:
        self.sheet.add(Icon(name, rect, colour))

    def press(self, rect: Rect, choice: Choice, radius: float, *, primary: bool = False) -> None:
        """Makes a rectangle touchable, and draws the focus where it is."""
        self.sheet.target(Target(rect, choice.action, choice.value, radius=radius, primary=primary))
        if self.focused is not None and (choice.action, choice.value) == (
            self.focused.action,
            self.focused.value,
        ):
            self.glow(rect, radius)

    def glow(self, rect: Rect, radius: float) -> None:
        """The focus of the hardware keys around a rectangle."""
        width = self.mm(SIZES.focus)
        grown = rect.inset(-width / 2)
        self.sheet.add(Glow(grown, radius + width / 2, width))
