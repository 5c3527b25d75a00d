"""What goes up once, beside the outbox: answers to commands, facts that were asked for again."""

from __future__ import annotations

from collections.abc import Callable

from daemon.store import Store
from daemon.uplink import republish
from daemon.uplink.down.acts import Act, By, Done
from daemon.uplink.down.payloads import Answer
from daemon.uplink.down.specs import RepublishArgs
from daemon.uplink.envelope import Numbers, checked, wrap
from daemon.uplink.line import Message
from daemon.uplink.messages import ANSWER
from daemon.uplink.worker import Worker


class Answers:
    """Where there is no line, they are dropped: whoever asked asks again."""

    def __init__(self, store: Store, above: str, worker: Callable[[], Worker | None]) -> None:
        """`above`: the topic above `up/…`, with its last slash."""
        self._store = store
        self._above = above
        self._worker = worker
        self.numbers: Numbers | None = None
        """Of this start; None before it."""

    def acts(self) -> dict[str, Act]:
        """Commands that are answered out of the store."""
        return {"republish": self._republish}

    def send(self, name: str, told: Answer, correlation: bytes | None) -> None:
        """On the topic `name` below `up/`.  Raises PayloadError."""
        worker, numbers = self._worker(), self.numbers
        if worker is None or numbers is None:
            return
        worker.send(
            Message(
                topic=self._above + name,
                body=wrap(numbers.next(name), checked(told)),
                expiry=ANSWER.expiry,
                correlation=correlation,
            )
        )

    async def _republish(self, args: RepublishArgs, by: By) -> Done:
        """At most `AT_ONCE`; `boot` and `seq` of the answer say where to go on."""
        told = await self._store.read(lambda: republish.since(self._above, args.boot, args.seq))
        worker = self._worker()
        if worker is not None:
            for message in told.messages:
                worker.send(message)
        result: dict[str, int | bool] = {"sent": len(told.messages), "more": told.next is not None}
        if told.next is not None:
            result |= {"boot": told.next[0], "seq": told.next[1]}
        return Done(result=result)
