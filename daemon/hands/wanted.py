"""Configuration from above, by the console's versions: on trial until it is confirmed."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from daemon.config import ConfigError, parse
from daemon.console.inside import ConsoleError
from daemon.hands.nobody import nobody
from daemon.overlay import BARRED, Values, laid_over
from daemon.uplink.down import specs
from daemon.uplink.down.acts import By, Desired, Done, Failed, Wrong

if TYPE_CHECKING:
    from daemon.wiring import App

CONFIRM_WITHIN = 600.0
"""Seconds, from the restart, in which `config-confirm` must come."""
HERE_ONLY = (*BARRED, "kiosk.", "payment.", "register.", "gateway.", "uplink.command_root")
"""Who it is, whose money, whose seal, who may command: set at the kiosk, never from above."""
SENT = ("queue.calendar", "queue.groups")
"""Set by `hours` and `catalogue`; a configuration that does not name them leaves them."""

_LONG = re.compile(r"\d{9}")


class Applied:
    """Checks, applies, confirms, takes back."""

    def __init__(self, app: App) -> None:
        self._app = app

    def check(self, desired: Desired) -> tuple[Wrong, ...]:
        """Every mistake, with what would be right."""
        barred = [key for key in desired.config if (key + ".").startswith(tuple(HERE_ONLY))]
        if barred:
            return tuple(
                Wrong(key=key, read=_sort(desired.config[key]), allowed="set at the kiosk only")
                for key in barred
            )
        try:
            parse(laid_over(self._app.table, desired.config), Path("desired"))
        except ConfigError as error:
            return tuple(
                Wrong(
                    key=one.key,
                    read=_sort(desired.config.get(one.key)),
                    allowed=_plain(one.right),
                )
                for one in error.mistakes
            )
        return ()

    async def apply(self, desired: Desired, by: By) -> int:
        """Makes a version on trial and restarts, when free.  Raises Failed until then."""
        overlay = self._app.overlay
        kept = {key: value for key, value in overlay.values().items() if key in SENT}
        return await restart_with(self._app, kept | desired.config, by, CONFIRM_WITHIN)

    def phase(self, version: int) -> str:
        """How a version stands."""
        active = self._app.overlay.active
        if active.n < version:
            return "rolled_back"
        return "trial" if active.n == version and active.confirm else "held"

    async def confirm(self, args: specs.RevArgs, by: By) -> Done:
        """It stays."""
        self._on_trial(args.rev)
        await self._app.console.settings.confirm()
        self._report()
        return Done()

    async def roll_back(self, args: specs.RevArgs, by: By) -> Done:
        """The one before holds again, after a restart."""
        self._on_trial(args.rev)
        self._app.console.settings.give_up("taken back from above")
        self._report()
        return Done()

    # -- inside ----------------------------------------------------------------------------

    def _on_trial(self, rev: int) -> None:
        uplink = self._app.uplink
        commands = None if uplink is None else uplink.commands
        if commands is None or commands.wanted.rev != rev or not self._app.overlay.active.confirm:
            raise Failed("absent")

    def _report(self) -> None:
        uplink = self._app.uplink
        if uplink is not None and uplink.commands is not None:
            uplink.commands.wanted.report()


async def restart_with(app: App, values: Values, by: By, confirm: float) -> int:
    """Makes a version of the overlay and restarts.  Raises Failed while somebody is served."""
    try:
        async with app.console.alone(nobody(app, by), wait=False):
            version = await asyncio.to_thread(app.overlay.commit, values, "mqtt." + by.key, confirm)
            app.leave_soon("restart", f"configuration {version.n}")
    except ConsoleError:
        raise Failed("busy_session") from None
    return version.n


def _sort(value: Any) -> Any:
    names = {bool: "boolean", int: "number", float: "number", str: "text", list: "list"}
    return "nothing" if value is None else names.get(type(value), "table")


_ASCII = str.maketrans({"–": "-", "…": "...", "“": '"', "”": '"', "≤": "<=", "≥": ">="})


def _plain(right: str) -> str:
    """As `Allowed` has it; what cannot be said so is left out."""
    text = right.translate(_ASCII).encode("ascii", "replace").decode()[:160]
    return "see docs/configuration.md" if _LONG.search(text) else text
