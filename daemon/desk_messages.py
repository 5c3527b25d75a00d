"""What kiosk and certifier's desk say to each other, MessagePack over one WebSocket.

The kiosk dials.  A summary of a request holds no person; pages, name and live view go up only
while an officer has the request open.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.values import Box, Product

PATH = "/kiosk"
"""Where a kiosk dials."""

LARGEST = 12_000_000
"""Bytes of one message: a page's JPEG is the largest."""

Verdict = Literal["accepted", "refused", "relay", "counter"]
Inspection = Literal["by_live_camera", "pilot"]


class Message(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """One message."""


# -- kiosk → desk --------------------------------------------------------------------------


class Original(msgspec.Struct, frozen=True):
    """One original of a request, without anything of its owner."""

    kind: str
    title: str
    """Name of the paper as it will stand in the register."""
    pages: int
    notes: tuple[str, ...] = ()
    """Warnings: `already_copy`, `foreign`, `expired`, `side_missing`, `officer_looks`."""


class Summary(msgspec.Struct, frozen=True):
    """What a yes will authorise."""

    id: str
    originals: tuple[Original, ...]
    copies: int
    product: Product
    fee: int
    """Đồng."""
    statement: tuple[str, ...]
    """Its lines as they will be printed; the number is not known yet."""
    inspection: Inspection
    waited: float = 0.0
    """Seconds since the citizen asked, when told."""


class Hail(Message, frozen=True):
    """First message of a line."""

    kiosk: str
    version: str = ""
    asks: str = ""
    """The request that waits there; what the desk knows of others is over."""


class Asking(Message, frozen=True):
    """A request waits; said again after each new line."""

    request: Summary


class Gone(Message, frozen=True):
    """The request is not wanted any more: the citizen left, or took the slip."""

    id: str


class Who(Message, frozen=True):
    """Answer to `Open`: the requester as the register will hold him."""

    id: str
    name: str


class Word(msgspec.Struct, frozen=True):
    """A field that the recognition read."""

    name: str
    value: str
    confidence: float


class Page(Message, frozen=True):
    """Answer to `Open`: one page."""

    id: str
    n: int
    """From 0, through all originals."""
    jpeg: bytes
    words: tuple[Word, ...] = ()
    notes: tuple[str, ...] = ()


class Frame(Message, frozen=True):
    """The live view of the bed; `id` empty = a thumbnail, too small to read."""

    id: str
    jpeg: bytes


class Taken(Message, frozen=True):
    """The decision arrived: it stands, or why not (`gone`, `late`, `register`, `unknown`)."""

    decision: str
    id: str
    wrong: str = ""


class Paying(Message, frozen=True):
    """The payment code that is shown now; empty = none."""

    memo: str = ""
    amount: int = 0


class Settled(Message, frozen=True):
    """What became of a `Receipt`; `wrong` empty = the visitor goes on."""

    memo: str
    wrong: str = ""


class Doing(Message, frozen=True):
    """What the kiosk is at: `idle`, `busy`, `asking`, `paying`."""

    what: str


FromKiosk = Hail | Asking | Gone | Who | Page | Frame | Taken | Paying | Settled | Doing


# -- desk → kiosk --------------------------------------------------------------------------


class Officers(Message, frozen=True):
    """How many certifiers with authority are there now; first message of the desk too."""

    present: int


class Open(Message, frozen=True):
    """An officer opened the request: its pages and name are wanted."""

    id: str


class Watch(Message, frozen=True):
    """The live view: wanted for a request, for a thumbnail (`small`), or not at all."""

    on: bool
    id: str = ""
    small: bool = False


class Seen(Message, frozen=True):
    """A frame was drawn: the next may come."""


class Decide(Message, frozen=True):
    """The decision.  Said again until it was taken; the kiosk takes it once."""

    decision: str
    """Unique."""
    id: str
    verdict: Verdict
    by: str
    """Who decided, as named in his certificate: the kiosk looks up what he may."""
    reason: str = ""
    page: int = -1
    where: Box | None = None
    """The mark of `relay`."""
    seconds: float = 0.0
    """How long the officer had it open."""


class Receipt(Message, frozen=True):
    """The counter took the money of the code that is shown, with a receipt of this number."""

    memo: str
    receipt: str
    by: str


class Waive(Message, frozen=True):
    """An officer lets the request be free, by this ground and writing."""

    memo: str
    exemption: str
    writing: str
    by: str


FromDesk = Officers | Open | Watch | Seen | Decide | Receipt | Waive

encode = msgspec.msgpack.Encoder().encode
from_kiosk = msgspec.msgpack.Decoder(FromKiosk)
from_desk = msgspec.msgpack.Decoder(FromDesk)
