"""What the daemon and the screen process say to each other over `daemon.link`."""

from __future__ import annotations

from daemon.link import Message, Ping, Pong
from daemon.machine.events import Pressed, Typed
from daemon.machine.views import View

# -- to the screen ------------------------------------------------------------------------


class Show(Message, frozen=True):
    """Draw this View.  Answered by `Drawn(seq)` when the frame with it was flipped."""

    view: View
    seq: int


class Pix(Message, frozen=True):
    """A thumbnail of the page that Views name so; carries the descriptor of a memory file.

    With `width` and `height` the file holds RGB24, otherwise a JPEG or PNG.
    """

    page: str
    width: int = 0
    height: int = 0
    near: bool = False
    """The page itself, for when a part of it is enlarged; the next one takes its place."""


class Live(Message, frozen=True):
    """Start or stop drawing preview frames; `on` carries the descriptor of `daemon.frames`."""

    on: bool


class Outline(Message, frozen=True):
    """The page found in the preview: TL TR BR BL as fractions (x, y) of the frame, or None."""

    corners: tuple[tuple[float, float], ...] | None = None
    verdict: str = ""
    """As in `PaperSeen`; `found` and `still` are drawn as good, all else as not yet."""


class Wipe(Message, frozen=True):
    """End of a visit: forget pictures, typed text and whatever caches may keep of them."""


class Tap(Message, frozen=True):
    """A finger on the middle of the target with this action (and value, where given).

    The targets are the choices, the primary, the bar, thumbnails (`page`), the local arrows
    (`page_next`, `page_back`) and the keys of the keyboard (`key` with the letter, `space`,
    `delete`, …; `digit` with a digit or `back`).
    """

    action: str
    value: str | None = None


class Photograph(Message, frozen=True):
    """Write the next drawn frame as a PNG.  Answered by `Photographed`."""

    path: str


class AskPace(Message, frozen=True):
    """How fast were frames drawn since this was last asked?  Answered by `Pace`."""


Down = Ping | Show | Pix | Live | Outline | Wipe | Tap | Photograph | AskPace

# -- from the screen ----------------------------------------------------------------------


class Did(Message, frozen=True):
    """The visitor did something."""

    event: Pressed | Typed
    seq: int
    """Of the View that was on the glass when the finger came down."""


class Drawn(Message, frozen=True):
    """The frame with `Show(seq)` was flipped; an earlier one that it replaced is never reported."""

    seq: int


class Missed(Message, frozen=True):
    """A `Tap` found no such target on the shown View."""

    action: str
    value: str | None = None


class Photographed(Message, frozen=True):
    """The picture was written (or not)."""

    path: str
    ok: bool


class Pace(Message, frozen=True):
    """Of each frame, in seconds, oldest first."""

    took: tuple[float, ...]
    """From the first change that it shows until it was flipped."""
    apart: tuple[float, ...]
    """Since the frame before it."""


Up = Pong | Did | Drawn | Missed | Photographed | Pace
