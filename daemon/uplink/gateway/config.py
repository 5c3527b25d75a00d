"""[gateway]: how the kiosk reaches the ward's gateway."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec


class DeliveryConfig(msgspec.Struct, frozen=True, kw_only=True):
    """[gateway.delivery]: electronic copies on their way to the ward's document store."""

    chunk_kb: int = 1024
    """Size of the pieces, KiB; where the store finds them too large, smaller ones follow."""
    slowest_kbit: int = 128
    """Kilobits a second below which a line counts as broken."""
    keep_mb: int = 2000
    """Megabytes of copies that may wait; beyond them an alarm is raised and no copy is dropped."""
    keep_days: int = 3
    """Days that a copy may wait before an alarm is raised; an order for e-mail that waits longer is
    dropped, with an alarm: the copy itself stays."""
    mail: bool = False
    """Offer to send electronic copies by e-mail: the ward's gateway sends them (`sealed/mail`)."""
    mail_most: int = 500
    """Orders for e-mail that may wait; beyond them none is taken."""
    link: str = ""
    """https address before the random part of an address that works once, such as
    `https://kho.ward.example/1/`; empty = none is offered."""

    def __post_init__(self) -> None:
        for name, least, most in (
            ("chunk_kb", 64, 16384),
            ("slowest_kbit", 8, 1_000_000),
            ("keep_mb", 50, 100_000),
            ("keep_days", 1, 30),
            ("mail_most", 1, 100_000),
        ):
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name}: read {getattr(self, name)}, {least} to {most} is right")
        parts = urlsplit(self.link)
        if self.link and (
            parts.scheme != "https" or not parts.hostname or self.link[-1] not in "/#="
        ):
            raise ValueError(f"link: read {self.link!r}, https://HOST/PATH/ is right")


class GatewayConfig(msgspec.Struct, frozen=True, kw_only=True):
    """An empty `url` = no gateway: numbers are of the kiosk's own volume, as in the demo."""

    url: str = ""
    """https address of the gateway, without a path (`https://gateway.ward.example`)."""
    ca: str = ""
    """PEM file of the authority that signed the gateway's certificate; empty = the system's."""
    certificate: str = ""
    """PEM file of the kiosk's own certificate (mutual TLS)."""
    key: str = ""
    """PEM file of its private key."""
    timeout: float = 6.0
    """Seconds for one question, connecting included."""
    wait: float = 25.0
    """Seconds that the gateway may hold a question for payment notices."""
    retry_least: float = 1.0
    """Seconds: first bound of the random wait before a new attempt."""
    retry_most: float = 60.0
    """Seconds: last bound of it."""

    delivery: DeliveryConfig = DeliveryConfig()

    def __post_init__(self) -> None:
        if self.url:
            parts = urlsplit(self.url)
            if parts.scheme != "https" or not parts.hostname or parts.path.strip("/"):
                raise ValueError(f"url: read {self.url!r}, https://HOST[:PORT] is right")
            for name in ("certificate", "key"):
                if not getattr(self, name):
                    raise ValueError(
                        f"{name}: read '', a PEM file is right: the gateway asks for it"
                    )
        for name, least, most in (
            ("timeout", 0.1, 60.0),
            ("wait", 0.0, 60.0),
            ("retry_least", 0.01, 600.0),
            ("retry_most", self.retry_least, 3600.0),
        ):
            if not least <= getattr(self, name) <= most:
                read = getattr(self, name)
                raise ValueError(f"{name}: read {read}, {least:g} to {most:g} is right")
