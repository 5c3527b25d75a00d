"""All screens of the copy flow, in the order in which a visitor meets them."""

from __future__ import annotations

from typing import Literal

from daemon.machine.copy.job import Job
from daemon.machine.dossier.job import Dossier
from daemon.machine.personal import Personal
from daemon.machine.state import Scene
from daemon.machine.values import Box, Quality, Refusal

# -- begin.py -----------------------------------------------------------------------------


class Begin(Scene, frozen=True):
    """C0: what one needs."""


class ConsentAsked(Scene, frozen=True):
    """C3: nothing is photographed before a yes.  `full` = the whole notice is being read."""

    full: bool = False


class Declined(Scene, frozen=True):
    """Nothing was kept."""


class NameAsked(Scene, frozen=True):
    """C1: the requester's name for the register, typed or from a card."""

    text: Personal[str] = Personal("")
    trouble: str = ""
    """Message key of what was wrong with the last try."""


class CardShown(Scene, frozen=True):
    """C2: is this your own card?"""

    name: Personal[str]
    masked: Personal[str]


# -- capture.py ---------------------------------------------------------------------------


class Place(Scene, frozen=True):
    """C4: lay the paper; the live view with the page outlined."""

    job: Job | Dossier
    page: str
    tries: int = 0
    back_side: bool = False
    armed: bool = True
    """The shot may come by itself: this is not the paper that was photographed just before."""
    ring: bool = False
    """The paper lies still and the shot comes in `limits.still` seconds."""
    hint: Literal["", "cut", "two", "dark"] = ""


class Shooting(Scene, frozen=True):
    """C5."""

    job: Job | Dossier
    page: str
    tries: int = 0


class Examining(Scene, frozen=True):
    """C6, while the pipeline looks."""

    job: Job | Dossier
    page: str
    tries: int = 0


class Trouble(Scene, frozen=True):
    """C6 with G1–G4: what was seen, what to do, the way out."""

    job: Job | Dossier
    page: str
    tries: int
    seen: Quality | Literal["same", "camera", "not_a_paper"]
    where: Box | None = None


# -- kinds.py -----------------------------------------------------------------------------


class KindAsked(Scene, frozen=True):
    """C7: is it this kind?"""

    job: Job
    page: str
    kind: str
    expired: bool = False


class KindPick(Scene, frozen=True):
    """C7: pick the kind from pictures; `every` = not only the usual six."""

    job: Job
    page: str
    every: bool = False


class OtherKind(Scene, frozen=True):
    """A later page looks like another kind: the same original, or a new one?"""

    job: Job
    page: str
    kind: str


class Refused(Scene, frozen=True):
    """R1–R6: why not, and the lawful way out.  The page is already erased."""

    job: Job
    reason: Refusal
    slip: bool = False
    """The slip with the reason was asked for."""


# -- pages.py -----------------------------------------------------------------------------


class PagesShown(Scene, frozen=True):
    """C8: the pages so far."""

    job: Job
    selected: int | None = None


class PageLooked(Scene, frozen=True):
    """One page as large as the screen; `part` 1… = that part of it enlarged, 0 = the whole."""

    job: Job
    at: int
    part: int = 0


class SideMissing(Scene, frozen=True):
    """G5: this kind has two sides and one is lacking."""

    job: Job


# -- choose.py ----------------------------------------------------------------------------


class ProductAsked(Scene, frozen=True):
    """C10: electronic or on paper."""

    job: Job


class CopiesAsked(Scene, frozen=True):
    """C10: how many.  `text` = the number being typed, None = the buttons."""

    job: Job
    text: str | None = None


# -- certify.py ---------------------------------------------------------------------------


class Deciding(Scene, frozen=True):
    """C9: the certifier, a person elsewhere, looks and decides."""

    job: Job
    slow: bool = False


class NotCertified(Scene, frozen=True):
    """The certifier refused; no number, no fee."""

    job: Job
    reason: str
    slip: bool = False


class LayAgain(Scene, frozen=True):
    """The certifier asks to see a page again, and has marked where."""

    job: Job
    reason: str
    page: str = ""
    where: Box | None = None


class LaterAsked(Scene, frozen=True):
    """It cannot be finished now: a slip to come back with."""

    job: Job
    reason: str
    paid: bool = False


class LaterDone(Scene, frozen=True):
    """The request is sealed to the ward and the slip is printed."""

    reason: str
    paid: bool = False


class TakeBack(Scene, frozen=True):
    """C9b: the original goes back to its owner before anything else."""

    job: Job


# -- pay.py -------------------------------------------------------------------------------


class FeeShown(Scene, frozen=True):
    """C11.  `total` is None until the tariff has answered."""

    job: Job
    total: int | None = None
    lines: tuple[int, ...] = ()


class Paying(Scene, frozen=True):
    """C12.  `qr` is empty until the payment code is there."""

    job: Job
    total: int
    qr: str = ""
    memo: str = ""
    hint: bool = False
    """W1: nothing was seen for a while."""
    over: bool = False
    """The five minutes are over; they can be extended."""


class PaidWrong(Scene, frozen=True):
    """W2: the amount is not right."""

    job: Job


# -- sealing.py ---------------------------------------------------------------------------


class Sealing(Scene, frozen=True):
    """C13.  `done` of number, statement, signature."""

    job: Job
    done: int = 0
    slow: bool = False


# -- handover.py --------------------------------------------------------------------------


class Printing(Scene, frozen=True):
    """C14; `trouble` is the printer's reason while it waits for help (F2–F4)."""

    job: Job
    sheet: int = 0
    sheets: int = 0
    trouble: str = ""
    again: bool = False


class Collect(Scene, frozen=True):
    """C15: take the sheets."""

    job: Job
    sheets: int
    again: bool = False
    """The one reprint was used."""


class ReceiptAsked(Scene, frozen=True):
    """C16."""

    product: Literal["digital", "paper"]
    proofs: tuple[Personal[str], ...] = ()
    shown: int = 0
    """Which of `proofs` is on the screen to be scanned, from 1; 0 = none."""
    told: Literal["", "mail", "link", "failed"] = ""
    """What came of a further way of an electronic copy."""


# -- sending.py ---------------------------------------------------------------------------


class MailAsked(Scene, frozen=True):
    """Where an electronic copy shall be sent to."""

    back: ReceiptAsked
    text: Personal[str] = Personal("")
    wrong: bool = False
    """What was typed is no address."""


class MailShown(Scene, frozen=True):
    """The address read back: a wrong one gets somebody else's copy."""

    back: ReceiptAsked
    address: Personal[str]


class Sending(Scene, frozen=True):
    """The order is being written down, or the ward asked for an address that works once."""

    back: ReceiptAsked
    address: Personal[str] = Personal("")


class LinkShown(Scene, frozen=True):
    """An address that works once, to be scanned."""

    back: ReceiptAsked
    url: Personal[str]


class Rate(Scene, frozen=True):
    """C17."""
