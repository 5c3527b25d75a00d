"""`install`: what a first installation still lacks.  Each step is judged by what is, not by what
was clicked: whoever was interrupted goes on where it stands.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from daemon.catalogue import wards
from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import InstallRow, PortRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside import identity
from daemon.inside.settings import Settings
from daemon.inside.trials import PARTS, Trials
from daemon.store import StoreError

if TYPE_CHECKING:
    from daemon.wiring import App

PLACES = ("/dev/ward-kiosk", "/dev/serial/by-id", "/dev/input/by-path", "/dev/usb")
"""Where devices have names that stay the same."""


class IdentityArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`install.identity`."""

    ward: Annotated[str, msgspec.Meta(pattern=r"^\d{5}$")]
    number: Annotated[int, msgspec.Meta(ge=1, le=99)]


class CertificateArgs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`install.certificate`."""

    pem: Annotated[str, msgspec.Meta(min_length=64, max_length=20_000)]


class Install:
    """Facts for the guide that `kioskctl install` is."""

    def __init__(self, app: App, settings: Settings, trials: Trials) -> None:
        self._app = app
        self._settings = settings
        self._trials = trials

    def verbs(self) -> dict[str, Verb]:
        return {
            "install": Verb(role="view", run=self.steps),
            "install.identity": Verb(role="admin", args=IdentityArgs, run=self.named),
            "install.ports": Verb(role="admin", run=self.ports),
            "install.request": Verb(role="admin", run=self.request, talks=True),
            "install.certificate": Verb(
                role="admin", args=CertificateArgs, run=self.certificate, hides=frozenset({"pem"})
            ),
        }

    async def steps(self, args: NoArgs, talk: Talk) -> tuple[InstallRow, ...]:
        """In the order in which they are done."""
        app, config = self._app, self._app.config
        health = app.devices.health()
        lost = sorted(name for name, one in health.items() if one.state == "lost")
        named = "id" in app.table.get("kiosk", {}) or "kiosk.id" in app.overlay.values()
        uplink = config.uplink
        connected = False
        if app.uplink is not None:
            try:
                connected = (await app.uplink.status()).connected
            except StoreError:
                connected = False
        passed = {
            row.device for row in await self._trials.last(args, talk) if row.verdict == "passed"
        }
        wanted = [name for name in PARTS if name != "sensors"]
        open_tests = [name for name in wanted if name not in passed]
        return (
            InstallRow(
                name="identity",
                done=named,
                detail=f"{config.kiosk.id}, {app.ward_name}",
            ),
            InstallRow(
                name="devices",
                done=not lost,
                detail=f"{len(health) - len(lost)} of {len(health)} answer"
                + (f"; lost: {', '.join(lost)}" if lost else ""),
            ),
            InstallRow(
                name="certificate",
                done=not uplink.tls or bool(uplink.certificate),
                detail=uplink.certificate or ("none yet" if uplink.tls else "no TLS: none needed"),
            ),
            InstallRow(
                name="broker",
                done=connected,
                detail=f"{uplink.broker}:{uplink.port}, {'connected' if connected else 'no line'}"
                if uplink.broker
                else "none configured",
            ),
            InstallRow(
                name="tests",
                done=not open_tests,
                detail="all passed" if not open_tests else "to do: " + " ".join(open_tests),
            ),
        )

    async def named(self, args: IdentityArgs, talk: Talk) -> dict[str, str]:
        """Makes ward and number the candidate; returns what changes."""
        if args.ward not in wards.load():
            raise ConsoleError(Code.USAGE, f"{args.ward} is none of the city's 168 wards")
        kiosk = f"{args.ward}-k{args.number:02}"
        changes = self._settings.propose({"kiosk.ward": args.ward, "kiosk.id": kiosk})
        return changes | {"ward": wards.load()[args.ward].full_name}

    async def ports(self, args: NoArgs, talk: Talk) -> tuple[PortRow, ...]:
        """Devices that are found by a path, and what could be meant."""
        config = self._app.config
        paths = {
            "scanner.device": config.scanner.device,
            "touch.device": config.touch.device,
            "ticket_printer.device": config.ticket_printer.device,
        }
        return await asyncio.to_thread(_ports, paths)

    async def request(self, args: NoArgs, talk: Talk) -> str:
        """The request goes to whoever gave the command; the key stays here."""
        kiosk = self._app.config.kiosk.id
        pem = await asyncio.to_thread(identity.requested, self._app.state_folder, kiosk)
        await talk.file(f"{kiosk}.csr", pem)
        return f"{kiosk}.csr"

    async def certificate(self, args: CertificateArgs, talk: Talk) -> dict[str, str]:
        """Takes the answer of the authority, and makes it the candidate."""
        state, kiosk = self._app.state_folder, self._app.config.kiosk.id
        try:
            path = await asyncio.to_thread(
                identity.accepted, state, kiosk, args.pem, dt.datetime.now(dt.UTC)
            )
        except identity.IdentityError as error:
            raise ConsoleError(Code.FAILED, f"the certificate is refused: {error}") from None
        key = state / identity.FOLDER / identity.KEY
        return self._settings.propose({"uplink.certificate": str(path), "uplink.key": str(key)})


def _ports(paths: dict[str, str]) -> tuple[PortRow, ...]:
    there = tuple(
        str(path) for place in PLACES for path in sorted(Path(place).glob("*")) if path.exists()
    )
    return tuple(
        PortRow(key=key, value=value, there=Path(value).exists(), candidates=there[:20])
        for key, value in paths.items()
    )
