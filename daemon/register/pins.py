"""Remembers which PIN a token refused, so that none is ever sent twice: a few wrong ones lock it.

The note is on disk before the PIN is sent.  A process that was killed in between does not know what
the token said; then the token's own flag tells (CKF_USER_PIN_COUNT_LOW: the last PIN was wrong).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Literal

import msgspec

_SCRYPT = {"n": 2**14, "r": 8, "p": 1}

Known = Literal["", "sent", "refused"]
"""Nothing; sent, and nobody noted the answer; refused."""


class _Note(msgspec.Struct, frozen=True):
    label: str
    salt: str
    pin: str
    state: Known = "refused"


class PinMemory:
    """One file: salted scrypt, mode 0600, never the PIN."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def known(self, label: str, pin: str) -> Known:
        """What became of this PIN on this token."""
        try:
            note = msgspec.json.decode(self._path.read_bytes(), type=_Note)
            salt = bytes.fromhex(note.salt)
        except (OSError, ValueError, msgspec.MsgspecError):
            return ""
        if note.label != label or _digest(pin, salt) != note.pin:
            return ""
        return note.state

    def sending(self, label: str, pin: str) -> None:
        """It goes to the token now."""
        self._write(label, pin, "sent")

    def refused(self, label: str, pin: str) -> None:
        """The token refused it."""
        self._write(label, pin, "refused")

    def right(self) -> None:
        """The token took it."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _write(self, label: str, pin: str, state: Known) -> None:
        salt = os.urandom(16)
        note = _Note(label, salt.hex(), _digest(pin, salt), state)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_name(self._path.name + ".part")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(note))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _digest(pin: str, salt: bytes) -> str:
    return hashlib.scrypt(pin.encode(), salt=salt, **_SCRYPT).hex()
