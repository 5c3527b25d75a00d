"""A value that belongs to a citizen: it does not print, does not pickle, does not serialise.

The only way out is `reveal()`, which is easy to search for.  Two encoders exist on purpose: the
link to the screen shows the value to its owner (`link.py`), everything else writes ``***``.
"""

from __future__ import annotations

from typing import Any, Generic, NoReturn, TypeVar

T = TypeVar("T")

MASK = "***"


class Personal(Generic[T]):
    """Wraps a citizen's datum.  Compares and hashes by value, so that states stay comparable."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """The bare value.  Call it only where the value is shown to its owner or kept by law."""
        return self._value

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Personal, self._value))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise TypeError("personal data is not pickled")


def masking(value: object) -> object:
    """A msgspec `enc_hook` that writes the mask: for journals, logs and anything that stays.

    An empty value stays empty: whether something was given is not personal, and a journal must
    replay to the same screens.
    """
    if isinstance(value, Personal):
        return MASK if value else ""
    raise NotImplementedError(type(value).__name__)


def revealing(value: object) -> object:
    """A msgspec `enc_hook` that writes the value: for the link to the citizen's own screen only."""
    if isinstance(value, Personal):
        return value.reveal()
    raise NotImplementedError(type(value).__name__)


def wrapping(kind: Any, value: object) -> object:
    """A msgspec `dec_hook` for fields declared `Personal[...]`."""
    if getattr(kind, "__origin__", kind) is Personal:
        return Personal(value)
    raise NotImplementedError(str(kind))
