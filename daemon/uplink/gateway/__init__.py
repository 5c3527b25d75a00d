"""The ward's gateway: numbers of its book, payment notices, delivery (`docs/gateway.yaml`)."""

from daemon.uplink.gateway.client import Gateway
from daemon.uplink.gateway.config import GatewayConfig
from daemon.uplink.gateway.errors import GatewayDown, GatewayError, GatewayRefused

__all__ = ["Gateway", "GatewayConfig", "GatewayDown", "GatewayError", "GatewayRefused"]
