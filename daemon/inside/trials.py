"""`test`: one device after the other does something; the technician, or the device, judges."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal, cast

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import TRIALS, Trial, TrialRow, Verdict
from daemon.console.talk import Talk, Verb
from daemon.inside.alone import Alone
from daemon.inside.there import database
from daemon.inside.trial_body import buttons, lights, sensors, speaker, touch
from daemon.inside.trial_paper import printer, ticket
from daemon.inside.trial_sight import camera, scanner
from daemon.inside.trying import Trying
from daemon.store import StoreError
from daemon.store.models.trials import TrialRecord

if TYPE_CHECKING:
    from daemon.wiring import App

PARTS: dict[Trial, tuple[str, ...]] = {
    "printer": ("page_printer",),
    "ticket": ("ticket_printer",),
    "camera": ("camera",),
    "buttons": ("keys",),
    "lights": ("lights",),
    "scanner": ("scanner",),
    "speaker": ("speech",),
    "touch": ("touch",),
    "door": ("door",),
    "sensors": ("bed", "tray", "door", "proximity", "headset"),
}
"""The devices behind the names of the tests."""

RUNS: dict[Trial, Callable[[Trying], Awaitable[bool | None]]] = {
    "printer": printer,
    "ticket": ticket,
    "camera": camera,
    "buttons": buttons,
    "lights": lights,
    "scanner": scanner,
    "speaker": speaker,
    "touch": touch,
    "door": lambda trying: sensors(trying, PARTS["door"]),
    "sensors": lambda trying: sensors(trying, PARTS["sensors"]),
}


class TestArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`test`."""

    device: Trial | Literal["all"]
    wait: bool = True
    picture: bool = False
    seconds: Annotated[float, msgspec.Meta(ge=1, le=600)] = 60.0
    """How long to wait for a press, a code, a finger."""


class Trials:
    """Tests of devices, and what came of them."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone

    def verbs(self) -> dict[str, Verb]:
        test = Verb(role="tech", args=TestArgs, run=self.run, talks=True, within=3600.0)
        return {"test": test, "trials": Verb(role="view", run=self.last)}

    async def run(self, args: TestArgs, talk: Talk) -> tuple[TrialRow, ...]:
        """Every verdict is kept as soon as it is known: a line that drops loses none."""
        names: tuple[Trial, ...] = TRIALS if args.device == "all" else (args.device,)
        rows = []
        async with self._alone(talk, wait=args.wait):
            for name in names:
                row = await self._one(name, args, talk)
                await self._keep(row)
                rows.append(row)
        return tuple(rows)

    async def last(self, args: object, talk: Talk) -> tuple[TrialRow, ...]:
        """The last result of each device."""
        store = database(self._app)
        return await store.read(
            lambda: tuple(
                TrialRow(
                    device=row.device,
                    verdict=cast(Verdict, row.verdict),
                    note=row.note,
                    at=row.at,
                    who=row.who,
                )
                for row in TrialRecord.select().order_by(TrialRecord.device)
            )
        )

    async def _one(self, name: Trial, args: TestArgs, talk: Talk) -> TrialRow:
        await talk.line(f"-- {name} --")
        health = self._app.devices.health()
        lost = [part for part in PARTS[name] if health[part].state == "lost"]
        verdict: Verdict
        if lost:
            reasons = ", ".join(f"{part}: {health[part].reason}" for part in lost)
            verdict, note = "absent", reasons
        else:
            trying = Trying(self._app, talk, args.seconds, args.picture)
            answer = await RUNS[name](trying)
            verdict = "skipped" if answer is None else "passed" if answer else "failed"
            note = trying.note
        await talk.line(f"{name}: {verdict}" + (f" ({note})" if note else ""))
        return TrialRow(
            device=name, verdict=verdict, note=note, at=time.time(), who=talk.caller.name
        )

    async def _keep(self, row: TrialRow) -> None:
        store = self._app.store
        if store is None:
            return  # the test itself still helps whoever repairs the disk

        def write() -> None:
            TrialRecord.delete().where(TrialRecord.device == row.device).execute()
            TrialRecord.insert(**msgspec.structs.asdict(row)).execute()

        try:
            await store.write(write)
        except StoreError as error:
            raise ConsoleError(Code.FAILED, f"the result could not be kept: {error}") from None
