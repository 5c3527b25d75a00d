"""`config check|set|commit|rollback|export`: changes that undo themselves unless confirmed."""

from __future__ import annotations

import asyncio
import logging
import tomllib
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from daemon.config import Config, ConfigError, parse
from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import Commit, MistakeRow, VersionRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.alone import Alone
from daemon.inside.look import SECRET
from daemon.inside.tomlout import document
from daemon.overlay import BARRED, Values, laid_over

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)

Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){1,3}$")]


class CheckArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`config.check`: a whole file."""

    text: Annotated[str, msgspec.Meta(max_length=200_000)]


class SetArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`config.set`: one key; `default` takes it out of the overlay."""

    key: Key
    value: Annotated[str, msgspec.Meta(max_length=1000)]


class CommitArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`config.commit`."""

    confirm: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 0.0
    """Seconds until it undoes itself; 0 = it stays."""
    wait: bool = True


class RollbackArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`config.rollback`."""

    n: Annotated[int, msgspec.Meta(ge=0)]


class Settings:
    """The overlay, the candidate that is being made, and the trial that may run."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone
        self._candidate: Values | None = None
        self._trial: asyncio.TimerHandle | None = None

    def verbs(self) -> dict[str, Verb]:
        return {
            "config.check": Verb(
                role="view", args=CheckArgs, run=self.check, hides=frozenset({"text"})
            ),
            "config.set": Verb(
                role="admin", args=SetArgs, run=self.set, hides=frozenset({"value"})
            ),
            "config.commit": Verb(
                role="admin", args=CommitArgs, run=self.commit, talks=True, within=3600.0
            ),
            "config.rollback": Verb(role="admin", args=RollbackArgs, run=self.rollback),
            "config.history": Verb(role="view", run=self.history),
            "config.export": Verb(role="view", run=self.export),
        }

    def begin(self) -> None:
        """Starts the clock of a version on trial; belongs to the running loop."""
        active = self._app.overlay.active
        if active.confirm:
            loop = asyncio.get_running_loop()
            self._trial = loop.call_later(active.confirm, self._late)
            log.warning("configuration %d is on trial for %.0f s", active.n, active.confirm)
        elif active.why:
            log.warning("configuration: %s; back to %d", active.why, active.n)

    # -- the commands ----------------------------------------------------------------------

    async def check(self, args: CheckArgs, talk: Talk) -> tuple[MistakeRow, ...]:
        """Every mistake of a file, with the key, what was read, and what would be right."""
        try:
            table = tomllib.loads(args.text)
        except tomllib.TOMLDecodeError as error:
            return (MistakeRow(key="file", read=str(error), right="TOML"),)
        return _mistakes(table)

    async def set(self, args: SetArgs, talk: Talk) -> dict[str, str]:
        """Changes the candidate; returns what it differs in from what holds."""
        if args.key.startswith(BARRED):
            raise ConsoleError(Code.NOT_ALLOWED, f"{args.key} is set in the file only")
        values = dict(self._values())
        if args.value == "default":
            values.pop(args.key, None)
        else:
            values[args.key] = _value(args.value)
        wrong = _mistakes(laid_over(self._app.table, values))
        if wrong:
            raise ConsoleError(Code.USAGE, "; ".join(one.shown() for one in wrong))
        self._candidate = values
        return self._changes(values)

    def propose(self, changes: Values) -> dict[str, str]:
        """Lays several keys into the candidate at once.  Raises ConsoleError."""
        values = {**self._values(), **changes}
        wrong = _mistakes(laid_over(self._app.table, values))
        if wrong:
            raise ConsoleError(Code.USAGE, "; ".join(one.shown() for one in wrong))
        self._candidate = values
        return self._changes(values)

    async def commit(self, args: CommitArgs, talk: Talk) -> Commit:
        """Activates the candidate and restarts, when free; without one, confirms the trial."""
        overlay, active = self._app.overlay, self._app.overlay.active
        if self._candidate is None or not self._changes(self._candidate):
            if not active.confirm:
                raise ConsoleError(Code.FAILED, "nothing to commit: config set KEY VALUE first")
            await self.confirm()
            return Commit(n=active.n, confirmed=True)
        values = self._candidate
        async with self._alone(talk, wait=args.wait):
            version = await asyncio.to_thread(
                overlay.commit, values, talk.caller.name, args.confirm
            )
            self._candidate = None
            self._app.leave_soon("restart", f"configuration {version.n}")
        return Commit(n=version.n, confirm=args.confirm)

    async def rollback(self, args: RollbackArgs, talk: Talk) -> dict[str, str]:
        """Makes an earlier version the candidate; 0 is the file alone."""
        version = await asyncio.to_thread(self._app.overlay.version, args.n)
        if version is None:
            raise ConsoleError(Code.FAILED, f"there is no version {args.n}: see config history")
        wrong = _mistakes(laid_over(self._app.table, version.values))
        if wrong:
            raise ConsoleError(Code.FAILED, "; ".join(one.shown() for one in wrong))
        self._candidate = dict(version.values)
        return self._changes(version.values)

    async def history(self, args: NoArgs, talk: Talk) -> tuple[VersionRow, ...]:
        overlay = self._app.overlay
        active = overlay.active
        versions = await asyncio.to_thread(overlay.history)
        return tuple(
            VersionRow(
                n=one.n,
                at=one.at,
                who=one.who,
                keys=tuple(sorted(one.values)),
                state=_state(one.n, active.n, active.confirm > 0),
            )
            for one in versions
        )

    async def export(self, args: NoArgs, talk: Talk) -> str:
        """The whole configuration as a file, without what is secret."""
        return exported(self._app.config)

    async def confirm(self) -> None:
        """Ends the trial: the version stays.  Raises OSError."""
        await asyncio.to_thread(self._app.overlay.confirm)
        if self._trial is not None:
            self._trial.cancel()

    def give_up(self, why: str) -> None:
        """Ends the trial: the version before holds again, after a restart.  Raises OSError."""
        self._app.overlay.give_up(why)
        self._app.leave_soon("restart", f"configuration: {why}")

    # -- inside ----------------------------------------------------------------------------

    def _late(self) -> None:
        self.give_up("it was not confirmed in time")

    def _values(self) -> Values:
        return self._app.overlay.values() if self._candidate is None else self._candidate

    def _changes(self, values: Values) -> dict[str, str]:
        now = self._app.overlay.values()
        names = sorted(now.keys() | values.keys())
        return {
            name: _shown(name, values.get(name, "default"))
            for name in names
            if values.get(name) != now.get(name) or (name in values) != (name in now)
        }


def exported(config: Config) -> str:
    """TOML that a kiosk would read, but for the keys in `SECRET`, which are left out."""
    return document(_open(msgspec.to_builtins(config)))


def _open(table: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _open(value) if isinstance(value, dict) else value
        for name, value in table.items()
        if name not in SECRET
    }


def _value(text: str) -> Any:
    """A TOML value; what is none is a text."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except (tomllib.TOMLDecodeError, KeyError):
        return text


def _mistakes(table: dict[str, Any]) -> tuple[MistakeRow, ...]:
    try:
        parse(table)
    except ConfigError as error:
        return tuple(
            MistakeRow(key=one.key, read=one.read, right=one.right) for one in error.mistakes
        )
    return ()


def _shown(key: str, value: object) -> str:
    return "***" if key.rpartition(".")[2] in SECRET else str(value)


def _state(n: int, active: int, trial: bool) -> str:
    return "" if n != active else "on trial" if trial else "active"
