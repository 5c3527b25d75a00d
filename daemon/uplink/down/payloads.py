"""What is answered to what came down, and what comes down: one frozen struct each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from daemon.uplink.down.words import words
from daemon.uplink.payloads import Code, Count, Payload, Percent

Uuid = Annotated[
    str,
    msgspec.Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
Words = Annotated[str, msgspec.Meta(pattern=r"^[^\d\x00-\x1f]{1,120}$")]
"""A sentence of `words.toml`, and no other: `Answer` compares it."""
Allowed = Annotated[str, msgspec.Meta(pattern=r"^(?!.*\d{9})[\x20-\x7e]{0,160}$")]
"""What the types of the configuration say would be right; nothing of what was read."""

Role = Literal["view", "ops", "admin"]
Status = Literal["accepted", "running", "done", "rejected", "failed", "expired"]


class Answer(Payload, frozen=True, kw_only=True):
    """The answer to a command, on its response topic, with its correlation data."""

    re: Uuid | None
    """The command's `jti`; null where that could not be believed."""
    status: Status
    code: Code
    progress: Percent | None = None
    result: dict[Code, int | float | bool | Code] = msgspec.field(default_factory=dict)
    text_vi: Words
    text_en: Words

    def __post_init__(self) -> None:
        if (self.text_vi, self.text_en) != words(self.code):
            raise ValueError("text: the words of its code are right")


class Wrong(msgspec.Struct, frozen=True, kw_only=True):
    """One key of a configuration that cannot be used."""

    key: Code
    read: Literal["nothing", "text", "number", "boolean", "list", "table"]
    """What kind of value was read; whoever sent it knows the value."""
    allowed: Allowed


class Reported(Payload, frozen=True, kw_only=True):
    """The configuration sent down: what became of it."""

    rev: Count
    """Of the newest that was taken; 0 = none yet."""
    applied: bool
    phase: Literal["none", "waiting", "trial", "held", "refused", "rolled_back"]
    """`trial` = it holds, and comes back by itself unless `config-confirm` arrives in time."""
    errors: tuple[Wrong, ...] = ()
    keys_rev: Count = 0
    """Of the set of command keys."""


class Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """The payload of a signed command."""

    iss: Code | Annotated[str, msgspec.Meta(pattern=r"^ward:\d{5}$")]
    sub: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Who gave it; kept in the kiosk's own log only."""
    role: Role
    aud: Annotated[str, msgspec.Meta(max_length=16)]
    """A kiosk, or `{ward}-all`."""
    jti: Uuid
    iat: int
    exp: int
    cmd: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{1,31}$")]
    args: dict[str, Any] = {}
    nonce: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Of the last `challenge`: needed while the kiosk's clock is not believed."""


class Desired(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of the signed configuration."""

    iss: Annotated[str, msgspec.Meta(max_length=64)]
    role: Role
    aud: Annotated[str, msgspec.Meta(max_length=16)]
    rev: Annotated[int, msgspec.Meta(ge=1, le=9_999_999)]
    """Rises; an older one is refused."""
    config: dict[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){0,3}$")], Any]
    """Dotted key → value, all that is to differ from the kiosk's file."""


class FileClaims(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of a signed file of facts."""

    iss: Annotated[str, msgspec.Meta(max_length=64)]
    role: Role
    aud: Annotated[str, msgspec.Meta(max_length=16)]
    """A kiosk, or `{ward}-all`."""
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z-]{1,31}$")]
    rev: Annotated[int, msgspec.Meta(ge=1, le=9_999_999)]
    """Rises; an older one is refused."""
    text: str
    """The file (UTF-8)."""


class CommandKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key that may sign: a JWK (RFC 8037) and what it may."""

    kid: Code
    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}$")]
    role: Role
    """The most that it may grant."""
    wards: tuple[Annotated[str, msgspec.Meta(pattern=r"^(\d{5}|\*)$")], ...]
    """Whose kiosks it may command; `*` = all."""
    commands: tuple[str, ...] | None = None
    """Only these; null = all of its role."""


class KeySet(msgspec.Struct, frozen=True, kw_only=True):
    """The payload of the signed set of command keys."""

    rev: Annotated[int, msgspec.Meta(ge=1, le=9_999_999)]
    keys: Annotated[tuple[CommandKey, ...], msgspec.Meta(max_length=500)]
