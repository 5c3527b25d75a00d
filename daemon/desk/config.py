"""The desk's own configuration: one small TOML file."""

from __future__ import annotations

import ipaddress
from typing import Literal

import msgspec
from cryptography import x509


class DeskConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Every key has a default but the names under which the desk is reached."""

    names: tuple[str, ...]
    """Names and addresses in the address bar of its users (`desk.ward.example`, `10.1.2.3`)."""
    host: str = "0.0.0.0"
    """Address to listen at."""
    port: int = 8443
    ward: str = "Phường Mẫu"
    """Name of the ward, as the pages show it."""
    state: str = "/var/lib/ward-desk"
    """The small authority, the people, the audit log.  Nothing of a citizen."""
    runtime: str = "/run/ward-desk"
    """The control socket."""
    language: Literal["vi", "en"] = "vi"
    """What the pages begin in; each officer may change it."""
    idle: float = 300.0
    """Seconds without a key after which the PIN is asked for again."""
    away: float = 20.0
    """Seconds after which a request is free again when its officer's page is gone."""
    live_seconds: float = 2.0
    """`by_live_camera`: so long the live view must have been on the officer's screen."""
    frames: float = 8.0
    """Pictures a second of the live view, at most."""
    watermark: bool = True
    """The officer's name and the time lie faintly over each page, against photographs of it."""
    client_days: int = 365
    """Days that an officer's or a kiosk's certificate holds."""

    def __post_init__(self) -> None:
        if not self.names:
            raise ValueError("names: read nothing, the desk's name in an address is right")
        for name, least, most in (
            ("port", 0, 65535),
            ("idle", 10, 3600),
            ("away", 1, 600),
            ("live_seconds", 0, 60),
            ("frames", 1, 30),
            ("client_days", 1, 825),
        ):
            if not least <= getattr(self, name) <= most:
                read = getattr(self, name)
                raise ValueError(f"{name}: read {read}, {least} to {most} is right")

    def general_names(self) -> list[x509.GeneralName]:
        """For the server's certificate."""
        made: list[x509.GeneralName] = []
        for name in self.names:
            try:
                made.append(x509.IPAddress(ipaddress.ip_address(name)))
            except ValueError:
                made.append(x509.DNSName(name))
        return made

    def is_host(self, header: str) -> bool:
        """Is this `Host` header one of ours?"""
        name = header.rpartition(":")[0] if header.rpartition(":")[2].isdigit() else header
        return name.strip("[]") in self.names
