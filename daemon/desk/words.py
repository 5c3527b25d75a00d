"""The desk's sentences, Vietnamese and English."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("words.toml")
LANGUAGES = ("vi", "en")


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """Key → language → sentence."""
    found: dict[str, dict[str, str]] = {}
    for section, words in tomllib.loads(FILE.read_text(encoding="utf-8")).items():
        for key, pair in words.items():
            found[f"{section}.{key}"] = dict(zip(LANGUAGES, pair, strict=True))
    return found


def say(language: str, key: str, **args: object) -> str:
    """One sentence."""
    return table()[key][language].format(**args)


def known(key: str) -> bool:
    """Is there such a sentence?"""
    return key in table()
