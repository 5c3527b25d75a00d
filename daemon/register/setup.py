"""What sealing needs, opened once: token and keys, form, names of kinds, the ward's public key."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from pyhanko.sign.timestamps import TimeStamper

from daemon.catalogue import kinds
from daemon.catalogue.kinds import Kind
from daemon.register import demo_pki, template
from daemon.register.canvas import Canvas
from daemon.register.csc import Service
from daemon.register.demo_pki import DemoPki
from daemon.register.envelope import Ward
from daemon.register.keys import Keys, SplitKeys, TokenKeys
from daemon.register.remote import RemoteKeys
from daemon.register.settings import RegisterSettings, TokenSettings
from daemon.register.signing import CopySigner
from daemon.register.template import Template
from daemon.register.token import Token

DEMO = "demo-pki"
"""Folder of the demo's keys inside the state folder."""


class Tools(NamedTuple):
    """Everything open."""

    signer: CopySigner
    template: Template
    kinds: dict[str, Kind]
    ward: Ward


class Setup:
    """Opens the tools on first use; a failure is raised each time until its cause is gone."""

    def __init__(
        self,
        settings: RegisterSettings,
        state: Path,
        keys: Keys | None,
        timestamper: TimeStamper | None,
    ) -> None:
        self._settings = settings
        self._state = state
        self._keys = keys
        self._timestamper = timestamper
        self._tools: Tools | None = None
        self._others: dict[str, CopySigner] = {}
        """Of certifiers with a key of their own, by id."""
        self._ward: Ward | None = None
        self._one = asyncio.Lock()

    async def ward(self) -> Ward:
        """The ward's public key; needs no token.  Raises RegisterError."""
        async with self._one:
            if self._ward is None:
                self._ward = await asyncio.to_thread(self._open_ward)
            return self._ward

    async def tools(self) -> Tools:
        """Everything.  Raises RegisterError."""
        ward = await self.ward()
        async with self._one:
            if self._tools is None:
                self._tools = await asyncio.to_thread(self._open, ward)
            return self._tools

    async def tools_of(self, acting: RegisterSettings) -> Tools:
        """The same for the certifier who decided.  Raises RegisterError."""
        tools, certifier = await self.tools(), acting.certifier
        if not certifier.key and not certifier.certificate_serial:
            return tools
        if certifier == self._settings.certifier:
            return tools
        async with self._one:
            signer = self._others.get(certifier.id)
            if signer is None:
                keys = self._keys or keys_of(acting, self._state)
                signer = CopySigner(acting, keys, self._timestamper)
                self._others[certifier.id] = signer
        return tools._replace(signer=signer)

    async def close(self) -> None:
        """Let go of the token."""
        async with self._one:
            while self._others:
                await self._others.popitem()[1].close()
            if self._tools is not None:
                await self._tools.signer.close()
                self._tools = None

    def _demo(self) -> DemoPki | None:
        if self._settings.keys != "demo" or self._keys is not None:
            return None
        return demo_pki.make(
            self._state / DEMO,
            certifier=self._settings.certifier.name,
            authority=self._settings.authority,
        )

    def _open_ward(self) -> Ward:
        demo = self._demo()
        path = self._settings.ward_certificate
        return Ward(demo.ward_certificate if demo and not path else path)

    def _open(self, ward: Ward) -> Tools:
        settings, demo = self._settings, self._demo()
        if demo is not None:
            demo.use()
            standard = settings.token == TokenSettings()
            settings = replace(settings, token=demo.token if standard else settings.token)
        form = template.load(settings.form)
        Canvas(form.fonts, settings.fonts)  # a missing font is told now, not in front of a citizen
        keys = self._keys or keys_of(settings, self._state)
        return Tools(
            CopySigner(settings, keys, self._timestamper),
            form,
            kinds.load(),
            ward,
        )


def keys_of(settings: RegisterSettings, state: Path) -> Keys:
    """Where the configuration says that the keys are; `state` remembers a refused PIN."""
    if settings.keys != "remote":
        return TokenKeys(Token(settings.token, state))
    remote = settings.remote
    service = RemoteKeys(Service(remote))
    if remote.authority:
        return service
    token = TokenKeys(Token(settings.token, state))
    proof: Keys = service if remote.proof else token
    return SplitKeys({"certifier": service, "authority": token, "proof": proof})
