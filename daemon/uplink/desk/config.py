"""[desk]: how the kiosk reaches the certifier's desk of its ward."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec


class DeskLinkConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Needed with `certifier.kind = "desk"`; the files come from `kioskctl desk issue`."""

    url: str = ""
    """https address of the desk, without a path (`https://desk.ward.example:8443`)."""
    ca: str = ""
    """PEM file of the ward's small authority, which signed the desk's certificate."""
    certificate: str = ""
    """PEM file of the kiosk's own certificate (mutual TLS)."""
    key: str = ""
    """PEM file of its private key."""
    timeout: float = 6.0
    """Seconds for dialling; a line silent for so long is given up."""
    retry_least: float = 0.5
    """Seconds: first bound of the random wait before dialling anew."""
    retry_most: float = 15.0
    """Seconds: last bound of it."""
    frames: float = 8.0
    """Pictures a second of the live view, at most."""
    budget: int = 900_000
    """Bytes a second of the live view, at most."""

    def __post_init__(self) -> None:
        if self.url:
            parts = urlsplit(self.url)
            if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
                raise ValueError(f"url: read {self.url!r}, https://HOST[:PORT] is right")
            for name in ("ca", "certificate", "key"):
                if not getattr(self, name):
                    raise ValueError(f"{name}: read '', a PEM file is right: the desk asks for it")
        for name, least, most in (
            ("timeout", 0.5, 60.0),
            ("retry_least", 0.01, 60.0),
            ("retry_most", self.retry_least, 600.0),
            ("frames", 1.0, 30.0),
            ("budget", 50_000, 10_000_000),
        ):
            if not least <= getattr(self, name) <= most:
                read = getattr(self, name)
                raise ValueError(f"{name}: read {read}, {least:g} to {most:g} is right")
