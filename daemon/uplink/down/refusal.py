"""Why something that came down is not taken."""

from __future__ import annotations


class Refused(Exception):
    """`code` is one of `words.toml`; nothing of what was read stands in it."""

    def __init__(self, code: str, jti: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.jti = jti
        """Of a command whose signature holds."""
