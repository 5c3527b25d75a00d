"""`update`: the door to RAUC, which writes and verifies images and switches between two slots."""

from __future__ import annotations

import asyncio
import logging
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.paper import printable
from daemon.console.rows import BundleInfo, SlotRow, UpdateRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.program import ran

if TYPE_CHECKING:
    from daemon.wiring import App

log = logging.getLogger(__name__)

PROGRAM = "rauc"
INSTALL_WITHIN = 3600.0
ASK_WITHIN = 30.0
LARGEST = 8 << 30
"""Bytes of a bundle: more than a slot of the appliance has."""

_PERCENT = re.compile(rb"^\s*(\d{1,3})%\s*(.*)$")


class BundleArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bundle's file."""

    path: Annotated[str, msgspec.Meta(min_length=2, max_length=400)]


class Updates:
    """Nothing is downloaded here: a bundle is brought as a file, and RAUC checks its signature."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._busy = asyncio.Lock()

    def verbs(self) -> dict[str, Verb]:
        return {
            "update": Verb(role="view", run=self.status, within=ASK_WITHIN),
            "update.check": Verb(
                role="admin", args=BundleArgs, run=self.check, within=2 * ASK_WITHIN
            ),
            "update.install": Verb(
                role="admin", args=BundleArgs, run=self.install, talks=True, within=INSTALL_WITHIN
            ),
            "update.confirm": Verb(role="admin", run=self.confirm, within=ASK_WITHIN),
            "update.rollback": Verb(role="admin", run=self.rollback, talks=True, within=660.0),
        }

    async def status(self, args: NoArgs, talk: Talk) -> UpdateRow:
        """The slots: which one runs, which one starts next, what is in them."""
        told = _decoded(await ran(PROGRAM, "status", "--detailed", "--output-format=json"))
        slots = []
        for one in told.get("slots", []):
            for name, slot in one.items():
                slots.append(_slot(str(name), slot))
        return UpdateRow(
            compatible=_text(told.get("compatible")),
            booted=_text(told.get("booted")),
            primary=_text(told.get("boot_primary")),
            slots=tuple(slots),
        )

    async def check(self, args: BundleArgs, talk: Talk) -> BundleInfo:
        """Is it a bundle of a known signer, for this machine?"""
        path = await asyncio.to_thread(self._bundle, args.path)
        told = _decoded(await ran(PROGRAM, "info", "--output-format=json", str(path)))
        info = BundleInfo(
            compatible=_text(told.get("compatible")),
            version=_text(told.get("version")),
            build=_text(told.get("build")),
            size=path.stat().st_size,
        )
        here = (await self.status(NoArgs(), talk)).compatible
        if info.compatible != here:
            raise ConsoleError(
                Code.FAILED, f"the bundle is for {info.compatible!r}; this machine is {here!r}"
            )
        return info

    async def install(self, args: BundleArgs, talk: Talk) -> BundleInfo:
        """Into the slot that does not run: citizens are served meanwhile; `reboot` changes over."""
        if self._busy.locked():
            raise ConsoleError(Code.BUSY, "another update is being installed")
        async with self._busy:
            info = await self.check(args, talk)
            await talk.line(f"version {info.version}, {info.size / 1e6:.0f} MB, signature good")

            why = ""

            async def say(line: bytes) -> None:
                nonlocal why
                if line.startswith(b"LastError:"):
                    why = printable(line[10:].decode("utf-8", "replace").strip())[:200]
                found = _PERCENT.match(line)
                if found is not None:
                    text = found[2].decode("ascii", "replace")[:60]
                    await talk.live(f"{int(found[1]):3} %  {text}", percent=int(found[1]))

            path = await asyncio.to_thread(self._bundle, args.path)
            try:
                await ran(PROGRAM, "install", str(path), within=INSTALL_WITHIN, say=say)
            except ConsoleError as error:
                raise ConsoleError(error.code, f"not installed: {why or error}") from None
            log.warning("update: version %s is installed beside the running one", info.version)
            return info

    async def confirm(self, args: NoArgs, talk: Talk) -> UpdateRow:
        """The running slot is good: the boot loader goes on with it."""
        await ran(PROGRAM, "status", "mark-good", "booted")
        return await self.status(args, talk)

    async def rollback(self, args: NoArgs, talk: Talk) -> UpdateRow:
        """The other slot starts next; nothing happens before `reboot`."""
        now = await self.status(args, talk)
        other = next((slot for slot in now.slots if slot.state == "inactive" and slot.boots), None)
        if other is None:
            raise ConsoleError(Code.FAILED, "there is no other slot to go back to: update status")
        if other.boot_status != "good":
            raise ConsoleError(
                Code.FAILED, f"{other.name} is marked {other.boot_status!r}: it would not start"
            )
        await talk.line(f"{other.name} has version {other.version or 'unknown'}.")
        if not await talk.yes("Start it at the next boot?"):
            raise ConsoleError(Code.FAILED, "not confirmed; nothing was changed")
        await ran(PROGRAM, "status", "mark-active", "other")
        return await self.status(args, talk)

    def _bundle(self, text: str) -> Path:
        """The file behind a name.  Raises ConsoleError for anything that is no bundle.

        RAUC reads it as root: only a plain file, under its own name, where updates are put.
        """
        given = Path(text)
        folders = [Path(one) for one in self._app.config.console.updates]
        where = ", ".join(map(str, folders))
        if not given.is_absolute() or given.suffix != ".raucb":
            raise ConsoleError(Code.USAGE, "a bundle's whole path, ending in .raucb, is right")
        try:
            path = given.resolve(strict=True)
            mode = given.lstat()
        except OSError as error:
            raise ConsoleError(
                Code.FAILED, f"{text}: {error.strerror}; put it in {where}"
            ) from None
        if not any(path.is_relative_to(folder.resolve()) for folder in folders):
            raise ConsoleError(Code.NOT_ALLOWED, f"bundles are taken from {where} only")
        if not stat.S_ISREG(mode.st_mode):
            raise ConsoleError(Code.USAGE, f"{text} is no plain file")
        if not 0 < mode.st_size <= LARGEST:
            raise ConsoleError(Code.USAGE, f"{text} has {mode.st_size} bytes: not a bundle")
        return path


def _decoded(data: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except msgspec.MsgspecError:
        raise ConsoleError(Code.FAILED, f"{PROGRAM} answered what is no JSON object") from None


def _slot(name: str, slot: dict[str, Any]) -> SlotRow:
    status = slot.get("slot_status") or {}
    bundle, installed = status.get("bundle") or {}, status.get("installed") or {}
    return SlotRow(
        name=name,
        state=_text(slot.get("state")),
        boots=bool(slot.get("bootname")),
        boot_status=_text(slot.get("boot_status")),
        version=_text(bundle.get("version")),
        installed=_text(installed.get("timestamp")),
    )


def _text(value: object) -> str:
    return value[:80] if isinstance(value, str) else ""
