"""What is written into the form of one paper."""

from __future__ import annotations

from datetime import datetime

import msgspec

from daemon.catalogue.calendar import VIETNAM
from daemon.machine.values import Product
from daemon.register.settings import Certifier


class Filled(msgspec.Struct, frozen=True):
    """What is written into the form of one paper."""

    number: str
    volume: str
    """With year and sign: `01/2026-SCTĐT/BS`."""
    signed_at: datetime
    product: Product
    authority: str
    certifier: Certifier
    proof: str
    """The QR's whole text: web address and signed statement."""
    lookup: str
    """The web address alone, as people read it."""
    title: str
    """Name of the original, for the file's metadata."""
    sample: bool
    """Not under the state's root: *MẪU* on every page."""

    def words(self) -> dict[str, str]:
        """The placeholders of the template."""
        local = self.signed_at.astimezone(VIETNAM)
        return {
            "number": self.number,
            "volume": self.volume,
            "day": f"{local.day:02d}",
            "month": f"{local.month:02d}",
            "year": f"{local.year:04d}",
            "signed_on": f"{local:%d/%m/%Y}",
            "signed_at": f"{local:%H:%M:%S} +07:00",
            "certifier": self.certifier.name,
            "authority": self.authority,
            "lookup": self.lookup.removeprefix("https://").rstrip("/"),
        }
