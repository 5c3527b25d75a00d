"""The kiosk's line to the certifier's desk: it dials, the desk answers."""

from daemon.uplink.desk.config import DeskLinkConfig
from daemon.uplink.desk.line import DeskLine, Receiver

__all__ = ["DeskLine", "DeskLinkConfig", "Receiver"]
