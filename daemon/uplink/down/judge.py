"""May this command be obeyed?  No I/O, no effect: the checks in their order (docs/mqtt.md)."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable

import msgspec

from daemon.uplink import topics
from daemon.uplink.down import jose
from daemon.uplink.down.keys import Keys
from daemon.uplink.down.payloads import Claims, CommandKey, Desired, FileClaims
from daemon.uplink.down.refusal import Refused
from daemon.uplink.down.specs import RANK, SPECS, Args, Spec

LARGEST = 160_000
"""Bytes of a token; a broker is told the same, but need not keep to it."""
LARGEST_FILE = 8_000_000
"""Bytes of a signed file of facts, which comes by the gateway or a stick."""
LONGEST = 120
"""Seconds between `iat` and `exp`."""
AHEAD = 60
"""Seconds that a signer's clock may be ahead of ours."""
NONCE_HOLDS = 120.0


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A command that may be obeyed, unless it was obeyed already."""

    claims: Claims
    key: CommandKey
    spec: Spec


class Judge:
    """Belongs to the loop."""

    def __init__(
        self,
        kiosk: str,
        keys: Keys,
        trusted: Callable[[], bool],
        wall: Callable[[], float] = time.time,
        mono: Callable[[], float] = time.monotonic,
    ) -> None:
        self._kiosk = kiosk
        self._ward = topics.ward(kiosk)
        self._audience = (kiosk, self._ward + "-all")
        self._keys = keys
        self._trusted = trusted
        self._wall, self._mono = wall, mono
        self._nonce = ""
        self._nonce_until = 0.0

    def nonce(self) -> str:
        """A new one, good once; letters only, so that it fits every alphabet."""
        self._nonce = "".join(secrets.choice(string.ascii_letters) for _ in range(24))
        self._nonce_until = self._mono() + NONCE_HOLDS
        return self._nonce

    def command(self, name: str, token: bytes, retained: bool) -> Taken:
        """`name`: the command as the topic has it.  Raises Refused."""
        if retained:
            raise Refused("retained")
        body, key = self._signed(token)
        try:
            claims = msgspec.json.decode(body, type=Claims)
        except (msgspec.MsgspecError, RecursionError):
            raise Refused("malformed") from None
        jti = claims.jti
        if claims.aud not in self._audience:
            raise Refused("audience", jti)
        if claims.cmd != name:
            raise Refused("topic", jti)
        spec = SPECS.get(claims.cmd)
        self._in_time(claims, spec)
        if spec is None:
            raise Refused("unknown", jti)
        if min(RANK[claims.role], RANK[key.role]) < RANK[spec.role]:
            raise Refused("role", jti)
        if key.commands is not None and claims.cmd not in key.commands:
            raise Refused("not_listed", jti)
        return Taken(claims=claims, key=key, spec=spec)

    def arguments(self, taken: Taken) -> Args:
        """What the command takes.  Raises Refused."""
        try:
            return msgspec.convert(taken.claims.args, taken.spec.args, strict=True)
        except (msgspec.ValidationError, RecursionError):
            raise Refused("arguments", taken.claims.jti) from None

    def desired(self, token: bytes) -> Desired:
        """A configuration.  Raises Refused."""
        body, key = self._signed(token)
        try:
            found = msgspec.json.decode(body, type=Desired)
        except (msgspec.MsgspecError, RecursionError):
            raise Refused("malformed") from None
        if found.aud != self._kiosk:
            raise Refused("audience")
        if min(RANK[found.role], RANK[key.role]) < RANK["admin"]:
            raise Refused("role")
        return found

    def file(self, name: str, token: bytes) -> FileClaims:
        """A signed file of facts of this name: whoever may give `catalogue`.  Raises Refused."""
        body, key = self._signed(token, LARGEST_FILE)
        try:
            found = msgspec.json.decode(body, type=FileClaims)
        except (msgspec.MsgspecError, RecursionError):
            raise Refused("malformed") from None
        if found.aud not in self._audience:
            raise Refused("audience")
        if found.name != name:
            raise Refused("topic")
        if min(RANK[found.role], RANK[key.role]) < RANK[SPECS["catalogue"].role]:
            raise Refused("role")
        if key.commands is not None and "catalogue" not in key.commands:
            raise Refused("not_listed")
        return found

    # -- inside ----------------------------------------------------------------------------

    def _signed(self, token: bytes, largest: int = LARGEST) -> tuple[bytes, CommandKey]:
        if len(token) > largest:
            raise Refused("too_large")
        try:
            long = largest if largest > LARGEST else 0
            found = self._keys.key(jose.kid_of(token, long))
            if found is None:
                raise Refused("key_unknown")
            body = jose.opened(token, found[1], long)
        except jose.BadToken as error:
            raise Refused(str(error)) from None
        wards = found[0].wards
        if "*" not in wards and self._ward not in wards:
            raise Refused("ward")
        return body, found[0]

    def _in_time(self, claims: Claims, spec: Spec | None) -> None:
        if claims.nonce or not self._trusted():
            if not claims.nonce:
                if spec is None or not spec.blind:
                    raise Refused("clock", claims.jti)
                return
            good = secrets.compare_digest(claims.nonce.encode(), self._nonce.encode())
            if not good or self._mono() > self._nonce_until:
                raise Refused("nonce", claims.jti)
            self._nonce = ""
            self._nonce_until = 0.0
            return
        now = self._wall()
        if claims.exp - claims.iat > LONGEST:
            raise Refused("too_long", claims.jti)
        if claims.iat > now + AHEAD:
            raise Refused("too_early", claims.jti)
        if claims.exp <= now:
            raise Refused("expired", claims.jti)
