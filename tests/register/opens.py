"""A process of its own that opens a token: counts how often a PIN is sent, may be killed then.

`python -m tests.register.opens SETTINGS STATE [after]`: SETTINGS = the token's as JSON, STATE = the
folder; `after` = killed (exit 9) when the token has answered and nobody has noted what.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import pkcs11

from daemon.register.errors import TokenError
from daemon.register.settings import TokenSettings
from daemon.register.token import Token


class _Counted:
    """A token of the library, seen from outside."""

    def __init__(self, token: Any, killed: bool) -> None:
        self._token = token
        self._killed = killed
        self.flags = token.flags
        self.sent = 0

    def open(self, **options: str) -> Any:
        self.sent += 1
        sys.stdout.write("sent\n")
        sys.stdout.flush()
        try:
            return self._token.open(**options)
        except pkcs11.PKCS11Error:
            if self._killed:
                os._exit(9)
            raise
        finally:
            if self._killed:
                os._exit(9)


def main() -> int:
    """0 = open; else the code of the error on standard output."""
    settings = msgspec.json.decode(sys.argv[1], type=TokenSettings)
    killed = "after" in sys.argv[3:]
    found = Token._token

    def counted(self: Token, module: str) -> Any:
        return _Counted(found(self, module), killed)

    Token._token = counted  # type: ignore[method-assign]
    try:
        _ = Token(settings, Path(sys.argv[2])).session
    except TokenError as error:
        sys.stdout.write(f"{error.code}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
