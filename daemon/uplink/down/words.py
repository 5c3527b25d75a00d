"""The sentences of answers, by their code."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

import msgspec

FILE = Path(__file__).with_name("words.toml")


class _Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vi: str
    en: str


@lru_cache(maxsize=1)
def table() -> dict[str, tuple[str, str]]:
    """Code → (Vietnamese, English)."""
    read = msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), dict[str, _Pair])
    return {code: (pair.vi, pair.en) for code, pair in read.items()}


def words(code: str) -> tuple[str, str]:
    """The sentences; those of `other` for a code that has none of its own."""
    return table().get(code) or table()["other"]
