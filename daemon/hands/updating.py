"""Updates from above: the console's own verbs.  What is installed is RAUC's to check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from daemon.console.rows import SlotRow, UpdateRow
from daemon.console.talk import NoArgs
from daemon.hands.nobody import nobody
from daemon.inside.power import PowerArgs
from daemon.inside.update_asked import UpdateArgs
from daemon.uplink.down import specs
from daemon.uplink.down.acts import Act, By, Done, Failed

if TYPE_CHECKING:
    from daemon.wiring import App


class Updating:
    """Stage, apply, confirm, roll back: one slot runs, the other one is written."""

    def __init__(self, app: App) -> None:
        self._app = app

    def acts(self) -> dict[str, Act]:
        """By name of the command."""
        return {
            "update-status": self.status,
            "update-stage": self.stage,
            "update-apply": self.apply,
            "update-confirm": self.confirm,
            "update-rollback": self.roll_back,
        }

    async def status(self, args: specs.Nothing, by: By) -> Done:
        """What runs, and what lies beside it."""
        return Done(result=told(await self._status(by)))

    async def stage(self, args: specs.StageArgs, by: By) -> Done:
        """Units of systemd fetch, check and install it; `update-status` shows what came of it."""
        asked = UpdateArgs(where=args.where, wait=False)
        await self._app.console.update_asked.run(asked, nobody(self._app, by))
        return Done(code="taken")

    async def apply(self, args: specs.RestartArgs, by: By) -> Done:
        """A restart of the machine, where there is something else to start."""
        other = beside(await self._status(by))
        if other is None or not other.version:
            raise Failed("absent")
        wanted = PowerArgs(what="reboot", reason=args.reason, wait=False)
        await self._app.console.power.run(wanted, nobody(self._app, by))
        return Done(result={"version": code(other.version)})

    async def confirm(self, args: specs.Nothing, by: By) -> Done:
        """The boot loader goes on with what runs."""
        row = await self._app.console.updates.confirm(NoArgs(), nobody(self._app, by))
        return Done(result=told(row))

    async def roll_back(self, args: specs.Nothing, by: By) -> Done:
        """Nothing happens before a restart."""
        updates, agreed = self._app.console.updates, nobody(self._app, by, agrees=True)
        return Done(result=told(await updates.rollback(NoArgs(), agreed)))

    async def _status(self, by: By) -> UpdateRow:
        return await self._app.console.updates.status(NoArgs(), nobody(self._app, by))


def beside(row: UpdateRow) -> SlotRow | None:
    """The slot that does not run."""
    return next((one for one in row.slots if one.boots and one.state == "inactive"), None)


def told(row: UpdateRow) -> dict[str, str]:
    """Versions as codes."""
    here = next((one for one in row.slots if one.boots and one.state == "booted"), None)
    pairs = {"running": here, "beside": beside(row)}
    found = {name: code(slot.version) for name, slot in pairs.items() if slot and slot.version}
    if pairs["beside"] is not None and pairs["beside"].boot_status:
        found["beside_is"] = code(pairs["beside"].boot_status)
    return found


def code(text: str) -> str:
    """A version such as 1.2.0+20261125 as a code, which has no run of five digits."""
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", text)
    parted = re.sub(r"(\d{4})(?=\d)", r"\1-", plain)[:46]
    return parted if parted[:1].isalpha() else "v" + parted
