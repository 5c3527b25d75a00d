"""IPP messages as bytes: the encoding of RFC 8010, as much of it as one printer's client needs.

What a printer sends is not trusted: every length is checked, text loses its control characters and
what does not parse raises `IppGarbledError`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from enum import IntEnum

import msgspec

__all__ = [
    "Attributes",
    "Group",
    "IppGarbledError",
    "Operation",
    "Reply",
    "Request",
    "Status",
    "Tag",
    "Value",
    "decode",
    "encode",
    "keywords",
    "number",
    "text",
]

Value = int | bool | str | bytes | tuple[int, int]
"""One value: enum and integer as int, a range as (lower, upper), text as str, the rest as bytes."""

Attributes = Mapping[str, tuple[Value, ...]]

VERSION = (2, 0)
MOST_ATTRIBUTES = 5000
"""Printers send some 150, CUPS with a list of jobs some thousand."""


class IppGarbledError(ValueError):
    """Bytes that are no IPP message."""


class Group(IntEnum):
    """Delimiter tags (RFC 8010 §3.5.1)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04


class Tag(IntEnum):
    """Value tags (RFC 8010 §3.5.2) that are sent or told apart when read."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    RANGE = 0x33
    BEGIN_COLLECTION = 0x34
    TEXT_LANGUAGE = 0x35
    NAME_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME = 0x49
    MEMBER = 0x4A


class Operation(IntEnum):
    """Operations (RFC 8011 §5.4.15)."""

    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    RESUME_PRINTER = 0x0011


class Status(IntEnum):
    """Status codes (RFC 8011 appendix B) that the driver tells apart; below 0x100 is success."""

    FORBIDDEN = 0x0401
    NOT_AUTHENTICATED = 0x0402
    NOT_AUTHORIZED = 0x0403
    NOT_POSSIBLE = 0x0404
    NOT_FOUND = 0x0406
    GONE = 0x0407
    NOT_ACCEPTING = 0x0506
    BUSY = 0x0507


class Request(msgspec.Struct, frozen=True):
    """What is asked: (tag, name, values) in order; a job group follows the operation's."""

    operation: int
    attributes: tuple[tuple[Tag, str, tuple[int | bool | str, ...]], ...]
    job: tuple[tuple[Tag, str, tuple[int | bool | str, ...]], ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    operation: Attributes = {}
    printer: Attributes = {}
    jobs: tuple[Attributes, ...] = ()


def encode(request: Request, number: int) -> bytes:
    """The message without its document; `number` is the request-id."""
    out = bytearray(struct.pack(">BBHi", *VERSION, request.operation, number))
    out.append(Group.OPERATION)
    for attribute in request.attributes:
        _put(out, *attribute)
    if request.job:
        out.append(Group.JOB)
        for attribute in request.job:
            _put(out, *attribute)
    out.append(Group.END)
    return bytes(out)


def _put(out: bytearray, tag: Tag, name: str, values: tuple[int | bool | str, ...]) -> None:
    for value in values:
        if isinstance(value, bool):
            data = struct.pack(">?", value)
        elif isinstance(value, int):
            data = struct.pack(">i", value)
        else:
            data = value.encode()
        out.append(tag)
        for part in (name.encode(), data):
            out += struct.pack(">H", len(part)) + part
        name = ""  # further values of the same attribute carry no name


def decode(data: bytes) -> Reply:
    """The reply in `data`.  Raises IppGarbledError."""
    if len(data) < 9 or data[0] not in (1, 2):
        raise IppGarbledError(f"{len(data)} bytes that do not begin like IPP")
    (status,) = struct.unpack_from(">H", data, 2)
    operation: dict[str, tuple[Value, ...]] = {}
    printer: dict[str, tuple[Value, ...]] = {}
    jobs: list[Attributes] = []
    for group, attributes in _groups(data):
        if group == Group.OPERATION:
            operation.update(attributes)
        elif group == Group.PRINTER:
            printer.update(attributes)
        elif group == Group.JOB:
            jobs.append(attributes)
    return Reply(status, operation, printer, tuple(jobs))


def _groups(data: bytes) -> Iterator[tuple[int, dict[str, tuple[Value, ...]]]]:
    at, count = 8, 0
    group, found, last = 0, dict[str, tuple[Value, ...]](), ""
    deep = 0
    while True:
        tag = _take(data, at, 1)[0]
        at += 1
        if tag < 0x10:
            if group:
                yield group, found
            group, found, last = tag, {}, ""
            if tag == Group.END:
                return
            continue
        name, at = _field(data, at)
        value, at = _field(data, at)
        count += 1
        if count > MOST_ATTRIBUTES:
            raise IppGarbledError(f"more than {MOST_ATTRIBUTES} attributes")
        # Members of a collection are skipped: nothing that is asked for is one.
        if tag == Tag.END_COLLECTION:
            deep -= 1
            continue
        if deep == 0:
            last = name.decode("ascii", "replace") or last
            if tag != Tag.BEGIN_COLLECTION:
                found[last] = (*found.get(last, ()), _value(tag, value))
        if tag == Tag.BEGIN_COLLECTION:
            deep += 1


def _take(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise IppGarbledError(f"ends after {len(data)} bytes, in the middle of an attribute")
    return data[at : at + length]


def _field(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack(">H", _take(data, at, 2))
    return _take(data, at + 2, length), at + 2 + length


def _value(tag: int, value: bytes) -> Value:
    if tag in (Tag.INTEGER, Tag.ENUM) and len(value) == 4:
        return int.from_bytes(value, "big", signed=True)
    if tag == Tag.BOOLEAN and len(value) == 1:
        return value != b"\0"
    if tag == Tag.RANGE and len(value) == 8:
        lower, upper = struct.unpack(">ii", value)
        return lower, upper
    if tag in (Tag.TEXT_LANGUAGE, Tag.NAME_LANGUAGE):
        _, at = _field(value, 0)
        value, _ = _field(value, at)
        return _clean(value)
    if 0x40 <= tag < 0x60:
        return _clean(value)
    return value


def _clean(value: bytes) -> str:
    return "".join(c if c.isprintable() else " " for c in value.decode("utf-8", "replace"))


def number(attributes: Attributes, name: str) -> int | None:
    """The first value of `name`, if it is a number."""
    value = attributes.get(name, (None,))[0]
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text(attributes: Attributes, name: str) -> str:
    """The first value of `name`, if it is text; else empty."""
    value = attributes.get(name, ("",))[0]
    return value if isinstance(value, str) else ""


def keywords(attributes: Attributes, name: str) -> tuple[str, ...]:
    """All values of `name` that are text."""
    return tuple(value for value in attributes.get(name, ()) if isinstance(value, str))
