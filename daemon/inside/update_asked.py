"""`update fetch`: asks for an update; units of systemd fetch, check and install it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

import msgspec

from daemon.console.talk import Talk, Verb
from daemon.inside.alone import Alone
from daemon.inside.power import handed

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)

REQUEST = "update"
"""File in the runtime folder: one address, for `kiosk-update.path`."""

Address = Annotated[
    str, msgspec.Meta(pattern=r"^(https://[A-Za-z0-9.-]+(:\d{1,5})?)?/[A-Za-z0-9._~/+-]{1,200}$")
]


class UpdateArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the bundle is: https://… or a path of this machine."""

    where: Address
    wait: bool = True


class UpdateAsked:
    """The daemon has no right to change a slot: it leaves the address for those who have."""

    def __init__(self, app: App, alone: Alone) -> None:
        self._app = app
        self._alone = alone

    def verbs(self) -> dict[str, Verb]:
        return {
            "update.fetch": Verb(
                role="admin", args=UpdateArgs, run=self.run, talks=True, within=3600.0
            )
        }

    async def run(self, args: UpdateArgs, talk: Talk) -> str:
        """Asked for while nobody is served; the installer looks again before it writes."""
        async with self._alone(talk, wait=args.wait):
            path = self._app.runtime_folder / REQUEST
            await handed(path, args.where, "kiosk-update.path")
            log.warning("an update was asked for")
        return args.where
