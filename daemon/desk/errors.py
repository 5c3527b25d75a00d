"""Why the desk does not do what a form asks; each has a word in `words.toml`."""

from __future__ import annotations


class DeskError(Exception):
    """`code` is the key of the sentence that the officer reads."""

    status = 409

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotThere(DeskError):
    """No such request, or it is over."""

    status = 410


class NotAllowed(DeskError):
    """Not this officer, not now."""

    status = 403
