"""What the ward is told: MQTT 5, by typed payloads, through the outbox (docs/mqtt.md)."""

from daemon.uplink.config import UplinkConfig
from daemon.uplink.errors import LineError, PayloadError, UplinkError
from daemon.uplink.payloads import (
    DeviceHealth,
    DoorOpened,
    OfficerCalled,
    SessionClosed,
    TicketIssued,
)
from daemon.uplink.sealing import Sealer
from daemon.uplink.uplink import Uplink

__all__ = [
    "DeviceHealth",
    "DoorOpened",
    "LineError",
    "OfficerCalled",
    "PayloadError",
    "Sealer",
    "SessionClosed",
    "TicketIssued",
    "Uplink",
    "UplinkConfig",
    "UplinkError",
]
