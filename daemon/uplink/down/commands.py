"""Takes what comes down: keys, configuration, commands; answers, and reports each refusal."""

from __future__ import annotations

import asyncio
import collections
import logging
import re
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
from joserfc.jwk import OKPKey

from daemon.store import Store, StoreError
from daemon.uplink import topics
from daemon.uplink.down import ledger
from daemon.uplink.down.acts import Acts, By, Done, Failed
from daemon.uplink.down.judge import Judge, Taken
from daemon.uplink.down.keys import Keys
from daemon.uplink.down.limits import Bucket, Refusals
from daemon.uplink.down.payloads import Answer, Reported, Status
from daemon.uplink.down.refusal import Refused
from daemon.uplink.down.specs import Args
from daemon.uplink.down.wanted import Wanted
from daemon.uplink.down.words import words
from daemon.uplink.errors import UplinkError
from daemon.uplink.line import Incoming
from daemon.uplink.payloads import CommandDone, CommandRefused

log = logging.getLogger(__name__)

INTAKE = (20.0, 60.0)
"""Messages a second, and at once, of which the signature is looked at."""
PER_KEY = (1.0, 20.0)
"""Commands a second, and at once, of one key."""
REPORT_EVERY = 60.0
"""Seconds between two reports of refusals of one reason; the first is told at once."""
WAITING_MOST = 200
"""Messages that may wait to be looked at."""
ANSWER_AT_ONCE = 2.0
"""Seconds after which a command that goes on says `running`."""

_REQUESTER = re.compile(r"[A-Za-z0-9_-]{1,64}")

Send = Callable[[str, Answer, bytes | None], None]
"""Sends an answer on a topic below `up/`, with correlation data."""


class Commands:
    """All methods but `heard` belong to the loop."""

    def __init__(
        self,
        kiosk: str,
        root: OKPKey,
        store: Store,
        acts: Acts,
        *,
        trusted: Callable[[], bool],
        send: Send,
        tell: Callable[[Reported], None],
        fact: Callable[[CommandDone | CommandRefused], None],
        wrong: Callable[[bool], None] = lambda wrong: None,
    ) -> None:
        """`fact` keeps one inside `Store.write`; `wrong(on)` is told whether the configuration
        that is wanted could not be applied.
        """
        self._above = topics.above(kiosk)
        self._kiosk = kiosk
        self._store = store
        self._acts = acts
        self._send = send
        self._fact = fact
        self._wrong = wrong
        self.keys = Keys(root)
        self.judge = Judge(kiosk, self.keys, trusted)
        self.wanted = Wanted(store, acts, tell)
        self.refusals = Refusals()
        self._intake = Bucket(*INTAKE)
        self._buckets: dict[str, Bucket] = {}
        self._waiting: collections.deque[Incoming] = collections.deque(maxlen=WAITING_MOST)
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._report_at = 0.0

    # -- beginning and end -----------------------------------------------------------------

    async def start(self) -> None:
        """Reads what was kept.  Raises StoreError."""
        self._loop = asyncio.get_running_loop()
        await self.keys.load(self._store)
        self.wanted.keys_rev = self.keys.rev
        await self.wanted.load()
        self._wrong(self.wanted.refused)

    async def run(self) -> None:
        """Never ends."""
        while True:
            try:
                async with asyncio.timeout(REPORT_EVERY):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            while self._waiting:
                await self._take(self._waiting.popleft())
            await self.report()

    async def stop(self) -> None:
        """Ends what runs; the refusals are told."""
        await self.wanted.stop()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._report_at = 0.0
        await self.report()

    def heard(self, message: Incoming) -> None:
        """From any thread: something came."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._put, message)

    async def report(self) -> None:
        """Tells the refusals that were counted, at most once a minute."""
        now = time.monotonic()
        if now < self._report_at:
            return
        told = self.refusals.take()
        if not told:
            return
        self._report_at = now + REPORT_EVERY
        try:
            await self._store.write(lambda: [self._fact(one) for one in told])
        except StoreError:
            self.refusals.back(told)

    # -- inside ----------------------------------------------------------------------------

    def _put(self, message: Incoming) -> None:
        if len(self._waiting) == WAITING_MOST or not self._intake.take():
            self.refusals.count("rate")
        else:
            self._waiting.append(message)
        self._news.set()

    async def _take(self, message: Incoming) -> None:
        try:
            if message.topic == topics.KEYS:
                if await self.keys.take(message.body, self._store):
                    self.wanted.keys_rev = self.keys.rev
                    self.wanted.report()
            elif message.topic.endswith("/down/desired"):
                await self.wanted.take(self.judge.desired(message.body))
                self._wrong(self.wanted.refused)
            else:
                await self._command(message)
        except Refused as refused:
            self._refuse(message, refused)
        except StoreError as error:
            log.error("uplink: what came down is not taken: %s", error)
            self._refuse(message, Refused("no_store"))

    async def _command(self, message: Incoming) -> None:
        name = message.topic.rpartition("/")[2]
        taken = self.judge.command(name, message.body, message.retained)
        jti = taken.claims.jti
        before = await self._store.read(lambda: ledger.known(jti))
        if before is not None:
            self._answer(message, before)
            return
        bucket = self._buckets.setdefault(taken.key.kid, Bucket(*PER_KEY))
        if not bucket.take():
            raise Refused("rate", jti)
        args = self.judge.arguments(taken)
        by = By(key=taken.key.kid, who=taken.claims.sub, role=taken.claims.role)
        if name == "challenge":
            self._answer(message, answer(jti, "done", "ok", {"nonce": self.judge.nonce()}))
        elif name == "ping":
            self._answer(message, answer(jti, "done", "ok"))
        elif name in self._acts.writes:
            await self._written(message, taken, args, by)
        elif name in self._acts.acts:
            await self._begin(message, taken, args, by)
        else:
            raise Refused("unknown", jti)

    async def _written(self, message: Incoming, taken: Taken, args: Args, by: By) -> None:
        """Effect, id and answer in one transaction."""
        jti, name = taken.claims.jti, taken.claims.cmd
        effect = self._acts.writes[name]

        def write() -> Answer:
            done = effect(args, by)
            told = answer(jti, "done", done.code, done.result)
            ledger.begin(jti, name, told, time.time(), _until(taken))
            self._fact(_ended(taken, "done", done.code))
            return told

        try:
            told = await self._store.write(write)
        except Failed as failed:
            told = answer(jti, "failed", failed.code)
        self._answer(message, told)

    async def _begin(self, message: Incoming, taken: Taken, args: Args, by: By) -> None:
        """The id is kept first: whatever happens then, the effect does not happen twice."""
        jti, name = taken.claims.jti, taken.claims.cmd
        cut = answer(jti, "failed", "interrupted")
        now = time.time()
        await self._store.write(lambda: ledger.begin(jti, name, cut, now, _until(taken)))
        self._run(self._act(message, taken, args, by), name)

    async def _act(self, message: Incoming, taken: Taken, args: Args, by: By) -> None:
        jti, name = taken.claims.jti, taken.claims.cmd
        work = asyncio.ensure_future(self._acts.acts[name](args, by))
        status: Status = "done"
        try:
            finished, _ = await asyncio.wait({work}, timeout=ANSWER_AT_ONCE)
            if not finished:
                self._answer(message, answer(jti, "running", "working"))
            done = await work
        except Failed as failed:
            status, done = "failed", Done(code=failed.code)
        except asyncio.CancelledError:
            work.cancel()
            raise
        except Exception as error:  # a fault in one command must not end the others
            log.exception("uplink: command %s: %s", name, type(error).__name__)
            status, done = "failed", Done(code="failed")
        told = answer(jti, status, done.code, done.result)

        def write() -> None:
            ledger.end(jti, told)
            self._fact(_ended(taken, status, done.code))

        try:
            await self._store.write(write)
        except StoreError as error:
            log.error("uplink: the end of a command is not kept: %s", error)
        self._answer(message, told)

    def _refuse(self, message: Incoming, refused: Refused) -> None:
        """Counted, and answered where it was a command."""
        self.refusals.count(refused.code)
        if "/down/cmd/" in message.topic:
            status: Status = "expired" if refused.code == "expired" else "rejected"
            self._answer(message, answer(refused.jti, status, refused.code))

    def _answer(self, message: Incoming, told: Answer) -> None:
        """Only below the kiosk's own `up/res/`: nobody has it speak elsewhere."""
        topic = message.response
        place = self._above + topics.ANSWERS
        if not topic:
            return
        if not topic.startswith(place) or not _REQUESTER.fullmatch(topic[len(place) :]):
            self.refusals.count("response_topic")
            return
        try:
            self._send(topic[len(self._above) :], told, message.correlation)
        except UplinkError as error:
            log.error("uplink: an answer is not told: %s", error)

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name="command " + name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def answer(
    jti: str | None, status: Status, code: str, result: dict[str, Any] | None = None
) -> Answer:
    """One with the words of its code."""
    vi, en = words(code)
    told = {"re": jti, "status": status, "code": code, "result": result or {}}
    return msgspec.convert(told | {"text_vi": vi, "text_en": en}, Answer)


def _until(taken: Taken) -> float:
    """A clock that is not believed must not make the ledger forget at once."""
    return max(float(taken.claims.exp), time.time())


def _ended(taken: Taken, status: Status, code: str) -> CommandDone:
    return msgspec.convert(
        {"command": taken.claims.cmd, "status": status, "code": code, "issuer": taken.key.kid},
        CommandDone,
    )
