"""What the daemon and the document worker say to each other (`daemon.link`).

Pictures and texts never travel inside a message: they go as memory file descriptors beside it, so
a message is small and holds nothing personal.
"""

from __future__ import annotations

import os
from typing import Literal

import msgspec

from daemon.link import Message, Ping, Pong
from daemon.machine.values import Box, Quality

Verdict = Literal["empty", "found", "moving", "still", "cut", "two", "dark"]
"""As in `daemon.machine.events.PaperSeen`."""

Point = tuple[float, float]


class Outlined(msgspec.Struct, frozen=True):
    """What the live preview shows."""

    verdict: Verdict
    corners: tuple[Point, ...] = ()
    """Four corners as fractions of the frame's width and height, or none."""


class Word(msgspec.Struct, frozen=True, array_like=True):
    """One word that was read."""

    text: str
    x: int
    y: int
    w: int
    h: int
    """Its box in pixels of the page, top left first."""
    confidence: float
    """0 to 1."""
    line: int
    """Words of the same line have the same number, rising down the page."""

    def __repr__(self) -> str:
        return "Word(***)"


class Code(msgspec.Struct, frozen=True):
    """A bar code or a machine-readable zone on the page."""

    type: str
    """`QRCode`, `Code128` …, or `MRZ`: then the text is its lines, parted by newlines."""
    text: str
    corners: tuple[Point, ...]
    """TL TR BR BL as one reads it, pixels of the page."""
    confidence: float = 1.0
    """0 to 1, of the letters that nothing checks; a bar code corrects its own errors."""

    def __repr__(self) -> str:
        return f"Code({self.type})"


class FieldValue(msgspec.Struct, frozen=True):
    """What a printed field says.  It is the citizen's: it never prints."""

    value: str
    """NFC, as the field's pattern has it."""
    confidence: float
    """0 to 1."""
    iso: str = ""
    """A date as YYYY-MM-DD."""
    agrees: tuple[str, ...] = ()
    """Who says the same: `qr`, `mrz`."""
    differs: tuple[str, ...] = ()
    """Who says otherwise: `qr`, `mrz`, `print`, or the name of a field that does not go with it."""

    def __repr__(self) -> str:
        return "FieldValue(***)"


class Reading(msgspec.Struct, frozen=True):
    """What OCR read on one page.  It is the citizen's: it stays in the vault and never prints."""

    text: str = ""
    """Line by line, NFC."""
    words: tuple[Word, ...] = ()
    width: int = 0
    height: int = 0
    """Pixels of the page that the boxes refer to."""
    seconds: float = 0.0
    already_copy: bool = False
    """The words of a copy stand on it (BẢN SAO, SAO Y, chứng thực bản sao đúng với bản chính)."""
    secret: bool = False
    """A stamp of secrecy or a ban on copying stands on it (Decree 23/2015 Art. 22(3))."""
    codes: tuple[Code, ...] = ()
    """Bar codes, read whatever they say; a link in one is never opened."""
    fields: dict[str, FieldValue] = {}
    """Field of the catalogue → its value."""
    expired: bool = False
    """The day printed as its last one is over."""

    def __repr__(self) -> str:
        return f"Reading(words={len(self.words)})"


class Decision(msgspec.Struct, frozen=True):
    """Which kind of paper it is, and why."""

    kind: str = ""
    """Empty where it is not sure."""
    probability: float = 0.0
    guess: str = ""
    """The most probable kind in any case."""
    picture: dict[str, float] = {}
    """The picture's most probable kinds."""
    words: dict[str, float] = {}
    """The kinds that the words speak for most: natural logarithm of likelihood ratios."""
    why: tuple[str, ...] = ()
    """The words that spoke for the guess and against it: of the catalogue, not of the paper."""


class Examination(msgspec.Struct, frozen=True):
    """All that is known of a photograph before its text is read."""

    quality: Quality
    where: Box | None = None
    """The worst place, as fractions of the page as it is read."""
    reason: str = ""
    """Why it is `unreadable` (`errors.Reason`), else empty."""
    corners: tuple[Point, ...] = ()
    """TL TR BR BL as one reads the paper, in pixels of the photograph; or none."""
    others: tuple[tuple[Point, ...], ...] = ()
    """Corners of further papers."""
    kind: str = ""
    """A kind id of the catalogue, or empty where the recognition is not sure."""
    probability: float = 0.0
    guess: str = ""
    """The most probable kind even where it is not sure enough."""
    picture: dict[str, float] = {}
    """Kind → probability by the picture alone, for the kinds that the model knows."""
    decision: Decision = Decision()
    """How picture and words led to `kind`."""
    words: tuple[Word, ...] = ()
    """What was read to decide: the head of the page, stamps included.  The citizen's: it stays in
    the result and never prints."""
    already_copy: bool = False
    """By its kind, or by the words of a copy on its head."""
    expired: bool = False
    """A card whose last day is over, as far as it was read."""
    duplicate: bool = False
    """The same side as one of the `earlier` fingerprints."""
    fingerprint: bytes = b""
    width: int = 0
    height: int = 0
    dpi: int = 0
    """Of the rectified page."""
    seconds: float = 0.0
    page_jpeg: bytes = b""
    thumb_jpeg: bytes = b""

    def __repr__(self) -> str:
        return f"Examination({self.quality}, kind={self.kind!r})"


class Sheet(msgspec.Struct, frozen=True):
    """One page of a PDF to be assembled."""

    jpeg: bytes
    reading: Reading = Reading()

    def __repr__(self) -> str:
        return "Sheet(***)"


class Job(msgspec.Struct, frozen=True):
    """The sheets of an `Assemble`, as its descriptor holds them."""

    title: str
    sheets: tuple[Sheet, ...]
    papers: dict[int, str] = {}
    """Index of a paper's first sheet → its name, for the bookmarks."""


# -- to the worker -----------------------------------------------------------------------------


class Outline(Message, frozen=True):
    """Look at the newest preview frame; beside it the descriptor of a `daemon.frames` buffer."""

    n: int


class Examine(Message, frozen=True):
    """Examine the photograph in the descriptor beside it."""

    n: int
    earlier: tuple[bytes, ...] = ()
    view_mm: float = 0.0
    """Width of the bed that the camera sees, or 0 where it is not calibrated."""


class Read(Message, frozen=True):
    """Read the text of the page (JPEG) in the descriptor beside it."""

    n: int
    kind_id: str = ""
    """Looks for the fields of this kind."""


class Assemble(Message, frozen=True):
    """Make a PDF/A-2b of the `Job` (msgpack) in the descriptor beside it."""

    n: int


# -- from the worker ---------------------------------------------------------------------------


class Ready(Message, frozen=True):
    """The worker is set up: how well it is shut in, and whether recognition works."""

    sandbox: tuple[str, ...]
    """The measures in force: uid, no_new_privs, limits, seccomp."""
    missing: tuple[str, ...] = ()
    """Measures that are not, each as `measure: reason`."""
    model: str = ""
    """Version of the model, or empty: then `model_error` says why."""
    model_error: str = ""
    reader: str = ""
    """Version of Tesseract, or empty."""
    zones_error: str = ""
    """Why machine-readable zones are not read, or empty."""


class Seen(Message, frozen=True):
    """Answer to `Outline`."""

    n: int
    outlined: Outlined


class Done(Message, frozen=True):
    """Answer to the other requests; beside it the result (msgpack, or the PDF)."""

    n: int


class Failed(Message, frozen=True):
    """The request failed in a way that a repetition would not cure."""

    n: int
    code: str
    detail: str = ""


ToWorker = Ping | Outline | Examine | Read | Assemble
FromWorker = Pong | Ready | Seen | Done | Failed


def enclosed(data: bytes) -> int:
    """A new memory file with these bytes; the caller closes the descriptor."""
    fd = os.memfd_create("documents", os.MFD_CLOEXEC)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
    except BaseException:
        os.close(fd)
        raise
    return fd


def contents(fd: int) -> bytes:
    """All bytes of a memory file, whatever its position."""
    size = os.fstat(fd).st_size
    parts = []
    at = 0
    while at < size:
        part = os.pread(fd, size - at, at)
        if not part:
            break
        parts.append(part)
        at += len(part)
    return b"".join(parts)
