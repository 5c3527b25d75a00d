"""Commands that were taken, by id, with the answer a repeat gets.

All functions run inside `Store.write`, the same as the effect where that is in the database.
"""

from __future__ import annotations

import msgspec

from daemon.store.models.uplink import CommandRow
from daemon.uplink.down.payloads import Answer

KEEPS = 300.0
"""Seconds an id is remembered after the command has expired."""


def known(jti: str) -> Answer | None:
    """The answer that was given; None where the id was never seen."""
    row = CommandRow.get_or_none(CommandRow.jti == jti)
    return None if row is None else msgspec.json.decode(bytes(row.answer), type=Answer)


def begin(jti: str, name: str, answer: Answer, now: float, until: float) -> None:
    """Takes a command; `answer` is what a repeat gets until `end`."""
    CommandRow.delete().where(CommandRow.until < now).execute()
    CommandRow.insert(
        jti=jti, name=name, answer=msgspec.json.encode(answer), until=until + KEEPS
    ).execute()


def end(jti: str, answer: Answer) -> None:
    """The final answer."""
    body = msgspec.json.encode(answer)
    CommandRow.update(answer=body).where(CommandRow.jti == jti).execute()
