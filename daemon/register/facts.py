"""What passes between the shell and the register; none of it holds a citizen's datum."""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.personal import Personal
from daemon.machine.values import Product

Step = Literal[
    "accepted",
    "paid",
    "numbered",
    "signed",
    "printed",
    "handed_over",
    "passed",
    "voided",
    "dropped",
]
"""How far a request came.  `signed` = ready (electronic: two signatures; paper: to be wet-signed);
the last three end it early: given to the ward, number voided, nothing had been taken."""

SealStep = Literal["number", "statement", "signature"]
"""Progress of `Register.seal`; the names of the machine's event."""


Level = Literal["B-B", "B-T", "B-LT", ""]
"""PAdES level of the signatures (B-T = with time stamps, B-LT = with proof that nothing was revoked
too); empty on paper."""


class PaperFacts(msgspec.Struct, frozen=True):
    """One original as the certifier saw it."""

    kind: str
    """A kind id of the catalogue."""
    pages: tuple[str, ...]
    """Hexadecimal SHA-256 of each page's JPEG, in order."""


class RequestFacts(msgspec.Struct, frozen=True):
    """Exactly what an accept authorises (rule 9 of docs/architecture.md)."""

    id: str
    """Unique; the same as asked of the certifier."""
    papers: tuple[PaperFacts, ...]
    copies: int
    product: Product


class Authorisation(msgspec.Struct, frozen=True):
    """The certifier's accept, on record."""

    id: str
    code: str
    """Eight letters and digits for the slip: unguessable, tied to no person."""
    until: float
    """Seconds since 1970; afterwards nothing can be sealed on it."""


class Paid(msgspec.Struct, frozen=True):
    """The payment of a request; only `exact`, `waived` and `free` allow sealing."""

    verdict: Literal["exact", "waived", "free"]
    fees: tuple[int, ...]
    """The fee of each paper, đồng, as quoted (column 7 of the register)."""
    amount: int
    """What was received; 0 with `waived` and `free`."""


class SealPaper(msgspec.Struct, frozen=True):
    """The pages of one original as documents assembled them (PDF, pictures at true size)."""

    kind: str
    pdf: bytes
    pages: int


class SealedCopy(msgspec.Struct, frozen=True):
    """One paper, sealed.  All its copies carry this one number (Decree 23/2015 Art. 20(3))."""

    kind: str
    number: str
    """As printed: `01`."""
    volume: str
    """As printed: `01/2026-SCTĐT/BS`."""
    pdf: bytes
    """Electronic: the PDF/A with two signatures.  Paper: the pages to be wet-signed."""
    printout_pdf: bytes
    """What goes to the page printer, once a copy."""
    copies: int
    pages: int
    proof: Personal[str]
    """The web address in its QR."""


class SealedRequest(msgspec.Struct, frozen=True):
    """Everything that was asked for."""

    id: str
    copies: tuple[SealedCopy, ...]
    """One a paper, in the order of the request."""
    sample: bool
    """The certificates are not the state's: *MẪU* stands on every page."""
    level: Level
    sign_ms: tuple[float, ...]
    """Milliseconds that both signatures of each paper took; papers signed together share them."""

    @property
    def proofs(self) -> tuple[Personal[str], ...]:
        """The web address in the QR of each paper."""
        return tuple(copy.proof for copy in self.copies)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Number and volume of each paper, as a citizen reads them."""
        return tuple(f"{copy.number} ({copy.volume})" for copy in self.copies)


class Recovered(msgspec.Struct, frozen=True):
    """What `recover` did with a request that a crash had cut off."""

    id: str
    code: str
    was: Step
    outcome: Step
    paid: bool
    numbers: tuple[str, ...]
    reason: str


class Head(msgspec.Struct, frozen=True):
    """The end of the chain: publish it, and nothing before it can be changed unseen."""

    seq: int
    hash: str
