"""One IPP job from its creation to its end, such that no sheet comes out twice.

Three rules.  A job is made empty and filled by a second request: when the first answer is lost, an
empty job prints nothing, and it is found again by its name.  When the second answer is lost, the
job itself tells whether its document arrived.  Nothing is sent anew before the job that it replaces
has ended and told how many sheets it brought out (odoo#59059, odoo PR#244076).
"""

from __future__ import annotations

import asyncio
import time
from typing import Literal

import msgspec

from daemon.machine.events import PrintFailed, PrintProgress
from drivers.errors import PrintStopped, Trouble
from drivers.ipp_behind import job_behind
from drivers.ipp_client import IppClient, IppError
from drivers.ipp_message import Attributes, keywords, number, text
from drivers.ipp_watch import ENDED, Watch
from drivers.page_printer import PagePrinterConfig, Progress

__all__ = ["End", "Job", "Teller"]

HELD, PROCESSING, STOPPED, CANCELLED, ABORTED, COMPLETED = 4, 5, 6, 7, 8, 9
"""Values of `job-state` (RFC 8011 §5.3.7)."""

CANCEL_WITHIN = 15.0
"""Seconds a cancelled job may take to end before it is left to the watch."""


class End(msgspec.Struct, frozen=True):
    """How a job ended."""

    state: Literal["completed", "aborted", "cancelled"]
    """`cancelled` = by somebody at the printer; `aborted` = the printer gave it up, or we did
    because its document never arrived.
    """
    sheets: int
    """Of this job that came out."""


class Teller:
    """Tells progress and troubles of a whole request, each change once."""

    def __init__(self, progress: Progress, sheets: int) -> None:
        self._progress = progress
        self._sheets = sheets
        self._told: PrintProgress | PrintFailed | None = None

    def going(self, done: int) -> None:
        """`done` sheets lie in the tray, the next one is under way."""
        self._tell(PrintProgress(min(done + 1, self._sheets), self._sheets))

    def stuck(self, trouble: Trouble) -> None:
        self._tell(PrintFailed(trouble))

    def _tell(self, event: PrintProgress | PrintFailed) -> None:
        if event != self._told:
            self._told = event
            self._progress(event)


class Job:
    """One job of `sheets` sheets; `done` sheets of the request came out before it."""

    def __init__(
        self,
        config: PagePrinterConfig,
        client: IppClient,
        watch: Watch,
        teller: Teller,
        name: str,
        sheets: int,
        done: int,
    ) -> None:
        self._config = config
        self._client = client
        self._watch = watch
        self._teller = teller
        self._name = name
        self._sheets = sheets
        self._done = done
        self._came = 0
        self._id: int | None = None
        self._given_up = False
        self._made = time.monotonic()

    async def run(self, document: bytes) -> End:
        """Prints `document`.  Raises PrintStopped; when cancelled, ends the job first."""
        self._watch.mine = self._name
        try:
            self._id = await self._create()
            if not await self._fill(self._id, document):
                return End("aborted", 0)
            return await self._follow(self._id)
        except asyncio.CancelledError:
            await self._cancel()
            raise
        except PrintStopped:
            self._watch.sweep()
            raise
        finally:
            self._watch.mine = ""

    # -- the two requests ------------------------------------------------------------------

    async def _create(self) -> int:
        doubtful = False
        while True:
            if await self._ready():
                try:
                    found = await self._find() if doubtful else None
                    if found is not None:
                        return found
                    template = _template(self._watch.attributes)
                    return await self._watch.call(self._client.create, self._name, template)
                except IppError as error:
                    doubtful = doubtful or error.reply_lost
                    self._hear(error)
            await asyncio.sleep(self._config.poll_every)

    async def _fill(self, job: int, document: bytes) -> bool:
        """False: the printer was restarted meanwhile and knows nothing of the empty job."""
        while True:
            try:
                await self._watch.call(self._client.send, job, document)
                return True
            except IppError as error:
                if error.reply_lost:
                    self._teller.stuck("lost")
                    await self._settle(job)
                    return True
                if error.reason == "unknown":
                    return False
                if error.reason != "busy":
                    raise PrintStopped("error", self._done, error.detail) from None
            await asyncio.sleep(self._config.poll_every)

    async def _settle(self, job: int) -> None:
        """Until it is known whether the document arrived; if not, the job is given up."""
        seen = time.monotonic()
        while True:
            if await self._watch.look() is not None:
                try:
                    attributes = await self._watch.call(self._client.job, job)
                    state = number(attributes, "job-state")
                    if state != HELD and not _waits_for_data(attributes):
                        return
                    if time.monotonic() - seen > self._config.settle:
                        self._given_up = True
                        await self._watch.call(self._client.cancel, job)
                        return
                except IppError as error:
                    self._hear(error)
                    seen = time.monotonic()
            else:
                seen = time.monotonic()
            await asyncio.sleep(self._config.poll_every)

    async def _find(self) -> int | None:
        """A job of this name that the printer took although its answer was lost."""
        for job in await self._watch.call(self._client.jobs, "not-completed"):
            if text(job, "job-name") == self._name:
                return number(job, "job-id")
        return None

    # -- its course ------------------------------------------------------------------------

    async def _follow(self, job: int) -> End:
        moved = time.monotonic()
        while True:
            attributes = await self._state(job)
            if attributes is None:
                moved = time.monotonic()
            else:
                came = self._count(attributes)
                if came > self._came:
                    self._watch.count(came - self._came)
                    self._came, moved = came, time.monotonic()
                state = number(attributes, "job-state") or 0
                if state >= ENDED:
                    return await self._end(state)
                await self._judge(state, time.monotonic() - moved)
            await asyncio.sleep(self._config.poll_every)

    async def _state(self, job: int) -> Attributes | None:
        """None while the printer does not answer."""
        try:
            return await self._watch.call(self._client.job, job)
        except IppError as error:
            if error.reason == "unknown":
                return self._forgotten()
            self._hear(error)
            await self._watch.look()
            return None

    def _forgotten(self) -> Attributes:
        """The printer was restarted, or keeps no history (CUPS: PreserveJobHistory).

        Its last sheets may lie in the tray or not: only if all were counted is it certain.
        """
        if self._came >= self._sheets:
            return {"job-state": (COMPLETED,)}
        sheets = self._done + self._came
        raise PrintStopped("error", sheets, "the printer forgot the job before its last sheet")

    async def _judge(self, state: int, still: float) -> None:
        """Tells whether the job goes on, or why not."""
        patience = self._config.sheet_timeout * (1 if self._watch.counts else self._sheets)
        now = await self._watch.look(
            still=state == STOPPED or still > self._config.still, hung=still > patience
        )
        if now is None:
            self._teller.stuck("lost")
        elif now.stop is not None:
            self._teller.stuck(now.stop.trouble)
        else:
            self._teller.going(self._done + self._came)

    def _count(self, attributes: Attributes) -> int:
        """Sheets that came out, by the printer's own count; it never falls."""
        if not self._watch.counts:
            return 0
        return max(self._came, counted(attributes, self._sheets))

    async def _end(self, state: int) -> End:
        certain = self._watch.counts
        if not certain:
            behind = await asyncio.to_thread(
                job_behind, self._config, self._watch.attributes, self._name, self._age()
            )
            if behind is not None and (behind or state != COMPLETED):
                certain = True
                state = number(behind, "job-state") or state
                self._came = counted(behind, self._sheets)
        sheets = self._done + self._came
        if state == COMPLETED and self._given_up and self._came < self._sheets:
            raise PrintStopped("error", sheets, "a document that seemed lost was printed in part")
        if state == COMPLETED:
            self._watch.count(self._sheets - self._came)
            return End("completed", self._sheets)
        if not certain and not self._given_up:
            raise PrintStopped("error", sheets, "CUPS ended the job and counts no sheets")
        given_up = self._given_up or state == ABORTED
        return End("aborted" if given_up else "cancelled", self._came)

    def _age(self) -> float:
        return time.monotonic() - self._made

    # -- helpers ---------------------------------------------------------------------------

    async def _ready(self) -> bool:
        """Whether the printer answers and can do the job; it may lack paper."""
        now = await self._watch.look()
        if now is None:
            self._teller.stuck("lost")
            return False
        if now.stop is not None and now.stop.reason in ("not_supported", "no_pdf"):
            raise PrintStopped("error", self._done, now.stop.reason)
        return True

    def _hear(self, error: IppError) -> None:
        """An answer that is no answer is waited out; a clear no ends the request."""
        if error.reply_lost:
            self._teller.stuck("lost")
        elif error.reason != "busy":
            raise PrintStopped("error", self._done + self._came, error.detail)

    async def _cancel(self) -> None:
        """Ends the job after the sheet under way, or leaves that to the watch."""
        self._watch.sweep()
        if self._id is None:
            return
        try:
            async with asyncio.timeout(CANCEL_WITHIN):
                await self._watch.call(self._client.cancel, self._id)
                while True:
                    if not await self._lives(self._id):
                        return
                    await asyncio.sleep(self._config.poll_every)
        except (TimeoutError, IppError):
            return

    async def _lives(self, job: int) -> bool:
        try:
            attributes = await self._watch.call(self._client.job, job)
        except IppError as error:
            if error.reason == "unknown":
                return False
            raise
        return (number(attributes, "job-state") or 0) < ENDED


def counted(attributes: Attributes, most: int) -> int:
    """Sheets of a one-sided job that came out; printers keep one of the two counts, or both."""
    counts = (
        number(attributes, "job-media-sheets-completed"),
        number(attributes, "job-impressions-completed"),
    )
    return min(most, max((count for count in counts if count is not None), default=0))


def _waits_for_data(attributes: Attributes) -> bool:
    reasons = keywords(attributes, "job-state-reasons")
    return "job-incoming" in reasons or "job-data-insufficient" in reasons


def _template(attributes: Attributes) -> tuple[tuple[str, str], ...]:
    """What is asked of the printer, as far as it has it: one odd attribute stops a whole queue
    (cups#1145).
    """
    wanted = (
        ("media", "media-supported", "iso_a4_210x297mm"),
        ("sides", "sides-supported", "one-sided"),
        ("print-scaling", "print-scaling-supported", "none"),
        ("job-sheets", "job-sheets-supported", "none"),
    )
    return tuple(
        (name, value) for name, where, value in wanted if value in keywords(attributes, where)
    )
