"""The payment code: VietQR, merchant-presented (EMVCo MPM with the fields of NAPAS QR IBFT).

Data objects are ID (2 digits), length (2 digits, characters), value; ASCII only.  Tag 38 names the
account, 53 đồng, 54 the amount, 62-08 the memo by which the payment is found again, 63 the CRC.
"""

from __future__ import annotations

import re
from typing import Literal

from daemon.payment.errors import BadCode

GUID = "A000000727"
"""NAPAS."""

Service = Literal["QRIBFTTA", "QRIBFTTC", "QRPUSH"]
"""To an account, to a card, merchant payment."""

_ACCOUNT = re.compile(r"[0-9A-Za-z]{1,19}")
_MEMO = re.compile(r"[0-9A-Za-z ]{1,25}")
_MOST = 9_999_999_999_999
"""Largest amount that tag 54's 13 characters hold."""


def payload(
    bin_: str, account: str, amount: int = 0, memo: str = "", service: Service = "QRIBFTTA"
) -> str:
    """The text of the QR.  `bin_` = six digits of the bank, `amount` in đồng (0 = payer fills it).

    Raises BadCode for what the format cannot carry; nothing is cut silently.
    """
    if not re.fullmatch(r"[0-9]{6}", bin_):
        raise BadCode(f"payment.bin: read {bin_!r}, six digits are right")
    if not _ACCOUNT.fullmatch(account):
        raise BadCode(f"payment.account: read {account!r}, 1 to 19 letters and digits are right")
    if not 0 <= amount <= _MOST:
        raise BadCode(f"amount: read {amount}, 0 to {_MOST} đồng are right")
    if memo and not _MEMO.fullmatch(memo):
        raise BadCode("memo: 1 to 25 letters, digits and spaces without marks are right")
    beneficiary = _tag("00", bin_) + _tag("01", account)
    text = _tag("00", "01") + _tag("01", "12" if amount else "11")
    text += _tag("38", _tag("00", GUID) + _tag("01", beneficiary) + _tag("02", service))
    text += _tag("53", "704")
    if amount:
        text += _tag("54", str(amount))
    text += _tag("58", "VN")
    if memo:
        text += _tag("62", _tag("08", memo))
    text += "6304"
    return f"{text}{crc16(text.encode('ascii')):04X}"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, initial 0xFFFF, no reflection, no final XOR."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _tag(tag: str, value: str) -> str:
    if len(value) > 99:
        raise BadCode(f"tag {tag}: {len(value)} characters, at most 99 are right")
    return f"{tag}{len(value):02d}{value}"
