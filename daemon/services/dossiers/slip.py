"""The code of a dossier's slip: nine digits that are typed on a pad, the last one a check."""

from __future__ import annotations

import re
import secrets

DIGITS = 9


def new_slip() -> str:
    """Eight random digits and their check digit (Luhn, ISO/IEC 7812-1 Annex B)."""
    body = f"{secrets.randbelow(10**8):08}"
    return body + _check(body)


def is_slip(text: str) -> bool:
    """Could this be a code?  One wrong digit is found, and two exchanged ones but 09 and 90."""
    return bool(re.fullmatch(r"[0-9]{9}", text)) and _check(text[:-1]) == text[-1]


def _check(body: str) -> str:
    total = 0
    for place, digit in enumerate(map(int, reversed(body))):
        doubled = digit * 2 if place % 2 == 0 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)
