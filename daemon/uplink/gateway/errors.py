"""What can go wrong with the ward's gateway.  No message holds a body or a citizen's datum."""

from __future__ import annotations


class GatewayError(Exception):
    """The common base; `code` is stable."""

    code = "gateway"


class GatewayDown(GatewayError):
    """Nothing was answered, or a 5xx: whether it was done there is unknown; ask again."""

    code = "gateway_down"


class StoreFull(GatewayDown):
    """507: there is no room at the ward; asked again it may have some."""

    code = "store_full"


class GatewayRefused(GatewayError):
    """Answered with a refusal: asking again in the same way is of no use."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"gateway: refused with {status} {code}")
