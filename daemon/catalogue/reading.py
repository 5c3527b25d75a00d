"""Reads a data file into typed structs; every fault names file, key, value and remedy."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from daemon.catalogue import signed

T = TypeVar("T")

HERE = signed.folder("catalogue", Path(__file__).parent)
"""The kiosk's own facts, or a newer set that the city signed."""


class CatalogueError(Exception):
    """A fact file that cannot be used."""

    def __init__(self, file: Path | str, key: str, value: object, remedy: str) -> None:
        shown = repr(value)
        if len(shown) > 80:
            shown = shown[:77] + "…"
        super().__init__(f"{file}: {key} is {shown}: {remedy}")
        self.file = str(file)
        self.key = key
        self.value = value
        self.remedy = remedy


def read(path: Path, kind: type[T]) -> T:
    """The file (JSON or TOML by its ending) as `kind`.  Raises CatalogueError."""
    raw = _raw(path)
    _check_text(path, raw, "")
    try:
        return msgspec.convert(raw, kind, strict=True)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        key = place.rpartition("`$")[2] if "`$" in place else place.removeprefix("$")
        key = key.rstrip("`").removeprefix(".")
        raise CatalogueError(path, key or "the file", _look(raw, key), message) from None


def _raw(path: Path) -> Any:
    try:
        data = path.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise CatalogueError(path, "the file", why, "put the file there, readable") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CatalogueError(path, f"byte {error.start}", data[error.start], "use UTF-8") from None
    try:
        if path.suffix == ".toml":
            return tomllib.loads(text)
        return msgspec.json.decode(text)
    except (tomllib.TOMLDecodeError, msgspec.DecodeError) as error:
        raise CatalogueError(
            path, "the file", str(error), f"write valid {path.suffix[1:]}"
        ) from None


def _check_text(path: Path, value: Any, key: str) -> None:
    """All text is NFC: a decomposed letter would neither be found nor drawn rightly."""
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise CatalogueError(path, key, value, "normalise the text to NFC")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(path, name, f"{key}.{name}".lstrip("."))
            _check_text(path, item, f"{key}.{name}".lstrip("."))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            _check_text(path, item, f"{key}[{at}]")


def _look(raw: Any, key: str) -> Any:
    """The value at a path like `a.b[3].c`; the enclosing one where the path does not lead on."""
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", key):
        try:
            raw = raw[int(index)] if index else raw[name]
        except (KeyError, IndexError, TypeError):
            break
    return raw
