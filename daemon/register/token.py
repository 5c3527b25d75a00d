"""The PKCS#11 token: opened once, kept open, every failure named, a wrong PIN never tried twice.

All methods block; `signing.py` calls them on one thread.  SoftHSM logs in per process and reads
`SOFTHSM2_CONF` when its library is first loaded: one process uses one SoftHSM folder.
"""

from __future__ import annotations

import ctypes.util
from pathlib import Path
from typing import Any

import pkcs11
from cryptography import x509
from pkcs11 import Attribute, ObjectClass, TokenFlag, exceptions

from daemon.register import credentials
from daemon.register.errors import (
    KeyMissing,
    ModuleMissing,
    PinLocked,
    PinMissing,
    PinWrong,
    TokenAbsent,
    TokenError,
    TokenLost,
)
from daemon.register.pins import PinMemory
from daemon.register.settings import TokenSettings

_SOFTHSM = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
"""Where Debian 12 and 13 put the library; it is in no folder of the linker."""

_LOST = (
    exceptions.DeviceRemoved,
    exceptions.DeviceError,
    exceptions.DeviceMemory,
    exceptions.SessionHandleInvalid,
    exceptions.SessionClosed,
    exceptions.TokenNotPresent,
    exceptions.UserNotLoggedIn,
    exceptions.ObjectHandleInvalid,
    exceptions.GeneralError,
    exceptions.FunctionFailed,
)


def find_module(configured: str = "") -> str:
    """Path of the PKCS#11 library; raises `ModuleMissing`."""
    for path in (configured,) if configured else _SOFTHSM:
        if Path(path).is_file():
            return path
    found = None if configured else ctypes.util.find_library("softhsm2")
    if found:
        return found
    where = configured or ", ".join(_SOFTHSM)
    raise ModuleMissing(f"token.module: no library at {where}; install softhsm2 or set the key")


class Token:
    """One open, logged-in session on the token with the configured label."""

    def __init__(self, settings: TokenSettings, state: Path) -> None:
        """`state`: folder where a refused PIN is remembered, also across a restart."""
        self.settings = settings
        self._pins = PinMemory(state / "pin-refused.json")
        self._session: Any = None

    @property
    def session(self) -> Any:
        """The open session; opens it first where needed."""
        if self._session is None:
            self._session = self._open()
        return self._session

    def close(self) -> None:
        """Log out and forget the session; the next use opens it again."""
        session, self._session = self._session, None
        if session is not None:
            try:
                session.close()
            except pkcs11.PKCS11Error:
                return

    def certificate(self, label: str) -> x509.Certificate:
        """The certificate stored under `label`; raises `KeyMissing`."""
        found = self._only(label, ObjectClass.CERTIFICATE)
        return x509.load_der_x509_certificate(bytes(found[Attribute.VALUE]))

    def sign_digest(self, label: str, digest: bytes) -> bytes:
        """Raw ECDSA (r ‖ s) over a SHA-256 digest with the P-256 key `label`."""
        key = self._only(label, ObjectClass.PRIVATE_KEY)
        try:
            return bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
        except pkcs11.PKCS11Error as error:
            raise self.named(error) from error

    def named(self, error: pkcs11.PKCS11Error) -> TokenError:
        """Our error for a token's one; a lost token's session is dropped."""
        if isinstance(error, _LOST):
            self._session = None
            return TokenLost(f"token {self.settings.label}: {type(error).__name__}")
        return TokenError(f"token {self.settings.label}: {type(error).__name__}")

    def _only(self, label: str, kind: ObjectClass) -> Any:
        try:
            found = list(self.session.get_objects({Attribute.LABEL: label, Attribute.CLASS: kind}))
        except pkcs11.PKCS11Error as error:
            raise self.named(error) from error
        if len(found) != 1:
            raise KeyMissing(
                f"token {self.settings.label}: found {len(found)} {kind.name} objects named "
                f"{label!r}, 1 is right"
            )
        return found[0]

    def _open(self) -> Any:
        module, label = find_module(self.settings.module), self.settings.label
        pin = self._pin()
        known = self._pins.known(label, pin)
        if known == "refused":
            raise self._refused_before()
        token = self._token(module)
        if known == "sent" and TokenFlag.USER_PIN_COUNT_LOW in token.flags:
            self._pins.refused(label, pin)
            raise self._refused_before()
        self._pins.sending(label, pin)
        try:
            session = token.open(user_pin=pin)
        except exceptions.UserAlreadyLoggedIn:
            session = token.open()
        except (exceptions.PinIncorrect, exceptions.PinLenRange, exceptions.PinInvalid) as error:
            self._pins.refused(label, pin)
            raise PinWrong(
                f"token {label}: the PIN in {self.settings.pin_file} was refused; "
                "it will not be tried again, put the right one there"
            ) from error
        except exceptions.PinLocked as error:
            raise PinLocked(f"token {label}: locked; unlock it with the SO PIN") from error
        except (exceptions.TokenNotPresent, exceptions.TokenNotRecognised) as error:
            raise self._absent() from error
        except pkcs11.PKCS11Error as error:
            raise self.named(error) from error
        self._pins.right()
        return session

    def _refused_before(self) -> PinWrong:
        return PinWrong(
            f"token {self.settings.label}: this PIN was refused before and is not tried "
            f"again; put the right one into {self.settings.pin_file}"
        )

    def _token(self, module: str) -> Any:
        try:
            library = pkcs11.lib(module)
        except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
            raise ModuleMissing(f"token.module: {module} does not load: {error}") from error
        for again in (False, True):
            if again:  # a token made or plugged in later is seen only by a fresh initialisation
                library.reinitialize()
            try:
                for token in library.get_tokens(token_label=self.settings.label):
                    return token
            except pkcs11.PKCS11Error as error:
                if again:
                    raise self._absent() from error
        raise self._absent()

    def _absent(self) -> TokenAbsent:
        return TokenAbsent(
            f"token.label: no token {self.settings.label!r} is there; plug it in or set its label"
        )

    def _pin(self) -> str:
        name = self.settings.pin_file
        try:
            pin = credentials.read(name)
        except (OSError, ValueError) as error:
            raise PinMissing(
                f"token.pin_file: {name!r} cannot be read ({type(error).__name__})"
            ) from error
        if not pin:
            raise PinMissing(f"token.pin_file: {name!r} is empty")
        return pin
