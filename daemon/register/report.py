"""What `verify` reports of a file: problems by name, signatures, what its statement says."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

Problem = Literal[
    "no_signature",
    "signature_missing",
    "signature_broken",
    "signature_order",
    "untrusted",
    "revoked",
    "altered",
    "added_later",
    "no_statement",
    "statement_forged",
    "statement_of_other_pages",
    "no_qr",
    "qr_of_another_copy",
    "not_in_register",
    "register_differs",
    "voided",
]
"""Why a file is not a genuine, valid certified copy; stable codes."""


class SignatureReport(msgspec.Struct, frozen=True):
    """One signature of the file."""

    field: str
    signer: str
    serial: str
    """Hexadecimal serial of the signer's certificate."""
    signed_at: str
    """ISO 8601 with zone, the signer's clock; empty where there is none."""
    intact: bool
    trusted: bool
    timestamp: bool
    revocation: Literal["", "good", "revoked"] = ""
    """What the file itself holds of the certificate's state when it was signed; empty = nothing."""


class Report(msgspec.Struct, frozen=True):
    """What `verify` found."""

    genuine: bool
    """No problem at all: signed under a given root, unaltered, statement of these pages."""
    sample: bool
    """Its pages are marked *MẪU*: no legal value, however good the signatures."""
    problems: tuple[Problem, ...]
    signatures: tuple[SignatureReport, ...]
    number: str = ""
    volume: str = ""
    date: str = ""
    kind: str = ""
    pages: int = 0
    copies: int = 0
    authority: str = ""
    status: str = ""
    """In the register: reserved, valid, voided; empty where no register was asked."""
    note: str = ""
    sha256: str = ""
    level: Literal["", "B-B", "B-T", "B-LT"] = ""
    """PAdES level of the weaker signature; empty where there is none that holds."""


def with_problem(report: Report, *problems: Problem, **found: str) -> Report:
    """The report with more found: what only the register knows."""
    together = tuple(dict.fromkeys((*report.problems, *problems)))
    return replace(report, genuine=not together, problems=together, **found)
