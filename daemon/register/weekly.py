"""The list of cancelled copies goes upward by itself: every week, and after each voided number.

The ward's web server puts it beside the verification page (decision 0038, 0054).  A list is good
for two weeks, so that a kiosk which cannot reach the ward for some days leaves none without.
"""

from __future__ import annotations

import datetime as dt

import msgspec
from msgspec.structs import replace

from daemon.register import cancelled, certificates
from daemon.register.setup import Tools
from daemon.store import Store
from daemon.store.models.outbox import Kept

LIST = "event/register.cancelled"
_MADE, _COUNT = "register.list.made", "register.list.count"

WEEK = 7 * 86400
GOOD_FOR = 14
"""Days."""


class ListFact(msgspec.Struct, frozen=True):
    """A signed list, as it is published."""

    authority: str
    key: str
    """Hex; the list's file beside the page is `data/KEY.cancelled`."""
    made: int
    next: int
    """Seconds since 1970: when it was made, and until when it may be relied on."""
    numbers: int
    """How many it names."""
    file: bytes
    """The COSE_Sign1 message; base64 in JSON."""


async def signed(
    tools: Tools, authority: str, volumes: dict[str, tuple[str, ...]], now: dt.datetime, days: int
) -> tuple[cancelled.Cancelled, bytes]:
    """(content, message) of a list made now.  Raises RegisterError."""
    identity = await tools.signer.identity(now)
    made = int(now.timestamp())
    content = cancelled.Cancelled(
        key=certificates.key_id(identity.proof),
        authority=authority,
        made=made,
        next=made + days * 86400,
        volumes=volumes,
    )
    unsigned = cancelled.message(content)
    signature = await tools.signer.prove(identity, unsigned.digest())
    return content, replace(unsigned, signature=signature).encode()


def due(authority: str, now: float) -> dict[str, tuple[str, ...]] | None:
    """The voided numbers where another list is due, else None.  In a read transaction."""
    volumes = cancelled.voided(authority)
    made = _kept(_MADE)
    fresh = 0 <= now - made < WEEK
    return None if fresh and _kept(_COUNT) == _count(volumes) else volumes


async def publish(tools: Tools, store: Store, authority: str, now: dt.datetime) -> bool:
    """Sign a list and leave it to the outbox, if one is due.  Raises RegisterError, StoreError."""
    volumes = await store.read(lambda: due(authority, now.timestamp()))
    if volumes is None:
        return False
    content, data = await signed(tools, authority, volumes, now, GOOD_FOR)
    count = _count(volumes)
    fact = ListFact(authority, content.key.hex(), content.made, content.next, count, data)

    def keep() -> None:
        store.outbox.append(LIST, fact)
        for name, value in ((_MADE, content.made), (_COUNT, count)):
            Kept.insert(name=name, value=value).on_conflict(
                conflict_target=[Kept.name], update={Kept.value: value}
            ).execute()

    await store.write(keep)
    return True


def _count(volumes: dict[str, tuple[str, ...]]) -> int:
    return sum(len(numbers) for numbers in volumes.values())


def _kept(name: str) -> int:
    row = Kept.get_or_none(Kept.name == name)
    return -1 if row is None else int(row.value)
