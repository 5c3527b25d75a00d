"""The vault of a visit: files that only this process, and only during this visit, can read.

AES-256-GCM under a key that exists in memory alone.  Ending the visit forgets the key; a crash or a
pulled plug does the same.  What is left on the disk is noise, and is swept at the next start.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import secrets
import shutil
import threading
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NONCE = 12
_PART = ".part-"
"""Before a file is whole; no name can begin so."""


class VaultError(Exception):
    """Nothing is kept under that name, the visit has ended, or the disk does not take it."""

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(f"{reason}: {name}" if name else reason)
        self.reason = reason


class Vault:
    """One visit's files in a folder of its own.  All methods may be called from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key: bytearray | None = None
        self._aes: AESGCM | None = None
        self._changing = threading.Lock()
        """Nothing is put while the visit ends: it would stay behind."""

    def begin(self) -> None:
        """Makes the key; what the folder held is gone."""
        self.end()
        self._folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        self._key = bytearray(32)
        _lock(self._key)
        self._key[:] = secrets.token_bytes(32)
        self._aes = AESGCM(self._key)

    def put(self, name: str, data: bytes) -> None:
        """Keeps `data` under a name, whole or not at all.  Raises VaultError."""
        path = self._path(name)
        nonce = secrets.token_bytes(_NONCE)
        noise = nonce + self._cipher().encrypt(nonce, data, name.encode())
        part = path.with_name(_PART + name)
        with self._changing:
            self._cipher()  # the visit may have ended meanwhile
            try:
                part.write_bytes(noise)
                part.replace(path)
            except OSError as error:
                with contextlib.suppress(OSError):
                    part.unlink()
                raise VaultError(f"not kept ({error.strerror})", name) from None

    def get(self, name: str) -> bytes:
        """What is kept under a name.  Raises VaultError."""
        path, cipher = self._path(name), self._cipher()
        try:
            data = path.read_bytes()
            return cipher.decrypt(data[:_NONCE], data[_NONCE:], name.encode())
        except FileNotFoundError:
            raise VaultError("nothing is kept under", name) from None
        except (OSError, InvalidTag):
            raise VaultError("cannot be read", name) from None

    def open_fd(self, name: str) -> int:
        """A memory file with what is kept under a name, for another process."""
        data = self.get(name)
        fd = os.memfd_create("vault", os.MFD_CLOEXEC)
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(data)
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    def drop(self, name: str) -> None:
        """Erases one name; nothing happens where there is none."""
        self._path(name).unlink(missing_ok=True)

    def names(self) -> tuple[str, ...]:
        """What is kept."""
        if not self._folder.is_dir():
            return ()
        found = (path.name for path in self._folder.iterdir())
        return tuple(sorted(name for name in found if not name.startswith(_PART)))

    def end(self) -> None:
        """Overwrites the key and removes the folder."""
        with self._changing:
            if self._key is not None:
                ctypes.memset((ctypes.c_char * len(self._key)).from_buffer(self._key), 0, 32)
            self._key = self._aes = None
            shutil.rmtree(self._folder, ignore_errors=True)

    @staticmethod
    def sweep(folder: Path) -> int:
        """At start: removes what visits before a crash have left; returns how many."""
        left = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(left)

    def _cipher(self) -> AESGCM:
        aes = self._aes
        if aes is None:
            raise VaultError("the visit has ended")
        return aes

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise VaultError("not a name", repr(name))
        return self._folder / name


def _lock(key: bytearray) -> None:
    """Keeps the key out of swap, where the system allows it (RLIMIT_MEMLOCK)."""
    address = ctypes.addressof((ctypes.c_char * len(key)).from_buffer(key))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(len(key)))
