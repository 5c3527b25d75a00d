"""A reader of merchant-presented payment codes, as a payer's bank has one."""

from __future__ import annotations

from daemon.payment import vietqr


class Damaged(ValueError):
    """No bank would read it."""


def fields(text: str) -> dict[str, str]:
    """Tags of a payload after its CRC was checked; templates stay packed.  Raises Damaged."""
    if len(text) < 8 or text[-8:-4] != "6304":
        raise Damaged("payload: no CRC at the end")
    try:
        right = f"{vietqr.crc16(text[:-4].encode('ascii')):04X}"
    except UnicodeEncodeError as error:
        raise Damaged("payload: not ASCII") from error
    if text[-4:] != right:
        raise Damaged(f"payload: CRC {text[-4:]}, {right} is right")
    return _split(text)


def subfields(template: str) -> dict[str, str]:
    """Tags inside a template such as 38 or 62.  Raises Damaged."""
    return _split(template)


def _split(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        if not length.isdigit() or len(length) != 2:
            raise Damaged(f"payload: no length at {at + 2}")
        end = at + 4 + int(length)
        if end > len(text) or tag in found:
            raise Damaged(f"payload: tag {tag} at {at} is cut or comes twice")
        found[tag] = text[at + 4 : end]
        at = end
    return found
