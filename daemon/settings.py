"""Reads settings: a TOML table against a tree of typed structs, all mistakes at once.

Each mistake names the key, what was read and what would be right, since whoever made it sits in a
console without an editor that knows the types.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


class Mistake(msgspec.Struct, frozen=True):
    """One thing that is wrong."""

    key: str
    read: str
    right: str

    def __str__(self) -> str:
        return f"{self.key}: read {self.read}; right is {self.right}"


def fill(kind: type[T], table: Mapping[str, Any], key: str = "") -> tuple[T | None, list[Mistake]]:
    """A struct filled from a table, defaults for what is missing; or None and the mistakes."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    mistakes: list[Mistake] = []
    values: dict[str, Any] = {}
    for name, value in table.items():
        path = f"{key}.{name}" if key else name
        if name not in fields:
            mistakes.append(Mistake(path, "a key that does not exist", _nearest(name, fields)))
            continue
        field = fields[name]
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            if not isinstance(value, Mapping):
                mistakes.append(Mistake(path, _shown(value), f"a section [{path}]"))
                continue
            filled, wrong = fill(field.type, value, path)
            mistakes.extend(wrong)
            values[field.name] = filled
            continue
        try:
            values[field.name] = msgspec.convert(value, field.type, strict=True)
        except msgspec.ValidationError as error:
            mistakes.append(Mistake(path, _shown(value), _right(error, field.type)))
    for name, field in fields.items():
        if field.required and name not in table:
            path = f"{key}.{name}" if key else name
            mistakes.append(Mistake(path, "nothing", f"a value is needed ({_said(field.type)})"))
    if mistakes:
        return None, mistakes
    try:
        return kind(**values), []
    except (ValueError, TypeError) as error:
        name, _, rest = str(error).partition(": ")
        return None, [_own(key, name, rest)]


def _own(key: str, name: str, rest: str) -> Mistake:
    """A mistake that a struct found itself: "name: read X, Y is right"."""
    path = f"{key}.{name}" if key and rest else name or key
    read, _, right = rest.partition(", " if ", " in rest else "; ")
    return Mistake(path, read.removeprefix("read "), right.removesuffix(" is right") or rest)


def _nearest(name: str, fields: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, fields, 1)
    return f'perhaps "{near[0]}"' if near else "one of " + ", ".join(sorted(fields))


def _right(error: msgspec.ValidationError, kind: Any) -> str:
    text = str(error).partition(" - at ")[0]
    if text.startswith("Invalid enum value"):
        return "one of " + ", ".join(f'"{one}"' for one in _choices(kind))
    expected = text.removeprefix("Expected ").partition(", got ")[0].replace("`", "")
    return {
        "str": "a text",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
    }.get(expected, expected)


def _choices(kind: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    for part in getattr(kind, "__args__", ()):
        found.extend(_choices(part) if hasattr(part, "__args__") else [part])
    return tuple(found)


def _said(kind: Any) -> str:
    return getattr(kind, "__name__", str(kind))


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "…"
