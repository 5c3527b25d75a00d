"""`bundle`: one archive for whoever helps from afar, without a citizen and without a secret."""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import platform
import tarfile
import time
from importlib.metadata import distributions, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.rows import BundleRow
from daemon.console.talk import NoArgs, Talk, Verb
from daemon.inside.audit import Audit, TailArgs
from daemon.inside.look import Inside
from daemon.inside.ring import Ring
from daemon.inside.settings import exported
from daemon.inside.trials import Trials
from daemon.inside.usage import Usage
from daemon.uplink.errors import UplinkError
from daemon.uplink.sealing import Sealer

if TYPE_CHECKING:
    from daemon.wiring import App

FAULTS = 20
ENTRIES = 200
"""Of the audit log."""


class Bundle:
    """Everything in it is an answer of the console already: nothing is read for it alone."""

    def __init__(
        self, app: App, inside: Inside, trials: Trials, usage: Usage, audit: Audit, ring: Ring
    ) -> None:
        self._app = app
        self._inside = inside
        self._trials = trials
        self._usage = usage
        self._audit = audit
        self._ring = ring

    def verbs(self) -> dict[str, Verb]:
        return {"bundle": Verb(role="tech", run=self.run, talks=True, within=120.0)}

    async def run(self, args: NoArgs, talk: Talk) -> BundleRow:
        files = await self._files(talk)
        content = await asyncio.to_thread(packed, self._app.config.kiosk.id, files)
        names = tuple(sorted(files))
        await talk.line(
            f"{len(names)} files, {len(content) / 1024:.0f} KiB packed: {', '.join(names)}"
        )
        name = f"{self._app.config.kiosk.id}-{time.strftime('%Y%m%d-%H%M%S')}.tar.xz"
        key = self._app.config.console.support_certificate
        if key:
            # What it holds names no citizen, but tells how this kiosk is built: not everybody's.
            content, name = await asyncio.to_thread(sealed_to, Path(key), content), name + ".p7m"
        digest = hashlib.sha256(content).hexdigest()
        await talk.file(name, content)
        return BundleRow(name=name, size=len(content), sha256=digest, files=names, sealed=bool(key))

    async def _files(self, talk: Talk) -> dict[str, bytes]:
        """A part that fails says so in its place: a broken kiosk needs its bundle most."""
        nothing = NoArgs()
        parts: dict[str, Any] = {
            "status.json": self._inside.status(),
            "devices.json": self._inside.devices(),
            "faults.json": self._inside.faults(),
            "trials.json": self._trials.last(nothing, talk),
            "counters.json": self._usage.counters(nothing, talk),
            "consumables.json": self._usage.consumables(nothing, talk),
            "audit.json": self._audit.tail(TailArgs(lines=ENTRIES), talk),
        }
        answers = await asyncio.gather(*parts.values(), return_exceptions=True)
        files: dict[str, bytes] = {}
        for name, answer in zip(parts, answers, strict=True):
            if isinstance(answer, BaseException):
                answer = {"error": type(answer).__name__}
            files[name] = msgspec.json.format(msgspec.json.encode(answer))
        lines = self._ring.lines()
        bad = [line for line in lines if line.level in ("WARNING", "ERROR", "CRITICAL")]
        files["log.txt"] = "\n".join(line.shown() for line in lines).encode()
        files["last-faults.txt"] = "\n".join(line.shown() for line in bad[-FAULTS:]).encode()
        files["kiosk.toml"] = exported(self._app.config).encode()
        files["versions.json"] = await asyncio.to_thread(versions)
        return files


def sealed_to(certificate: Path, content: bytes) -> bytes:
    """A CMS envelope, DER.  Raises ConsoleError rather than leave it open."""
    try:
        return Sealer(certificate)(content)
    except UplinkError as error:
        raise ConsoleError(
            Code.FAILED, f"console.support_certificate cannot be used, so no bundle: {error.reason}"
        ) from None


def packed(kiosk: str, files: dict[str, bytes]) -> bytes:
    """The archive, with a manifest of digests."""
    manifest = {
        "kiosk": kiosk,
        "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "files": {
            name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for name, content in sorted(files.items())
        },
    }
    whole = {"manifest.json": msgspec.json.format(msgspec.json.encode(manifest)), **files}
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as archive:
        for name, content in whole.items():
            entry = tarfile.TarInfo(f"{kiosk}/{name}")
            entry.size, entry.mtime, entry.mode = len(content), int(time.time()), 0o600
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def versions() -> bytes:
    """Of the kiosk, the system, and every Python package."""
    system = os.uname()
    try:
        release = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        release = []
    told = {
        "ward-kiosk": version("ward-kiosk"),
        "python": platform.python_version(),
        "kernel": f"{system.sysname} {system.release} {system.machine}",
        "system": next((line[13:-1] for line in release if line.startswith('PRETTY_NAME="')), ""),
        "packages": {one.metadata["Name"]: one.version for one in distributions()},
    }
    return msgspec.json.format(msgspec.json.encode(told, order="sorted"))
