"""How the line to the ward's broker stands: told by the uplink, shown by the console."""

from __future__ import annotations

import msgspec


class BrokerLine(msgspec.Struct, frozen=True, kw_only=True):
    """The line at one moment."""

    broker: str
    """Empty: none is configured."""
    connected: bool
    error: str
    """Why there is no line."""
    waiting: int
    """Facts in the outbox."""
    sent: int
    """Facts that the broker took since the start."""
    last_ack_s: float | None
    """Seconds since it took the last one."""
    refused: dict[str, str]
    """Kinds of facts that wait although there is a line, and why."""
    certificate_days: int | None
    """Until the kiosk's own certificate ends; None = there is none, or it cannot be read."""
