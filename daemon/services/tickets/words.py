"""The words of the slips, checked when they are loaded."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from daemon.catalogue.reading import CatalogueError, read
from daemon.machine.values import Written

TEXTS = Path(__file__).with_name("texts.toml")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    vi: dict[str, str]
    en: dict[str, str]


@lru_cache(maxsize=1)
def load(path: Path = TEXTS) -> dict[Written, dict[str, str]]:
    """The texts by language and key.  Raises CatalogueError."""
    file = read(path, _File)
    for key in file.vi.keys() - file.en.keys():
        raise CatalogueError(path, f"en.{key}", None, "each text in both languages")
    return {"vi": file.vi, "en": file.en}


class Words:
    """The texts of one language."""

    def __init__(self, language: Written) -> None:
        self._texts = load()[language]

    def __call__(self, key: str, **values: str) -> str:
        return self._texts[key].format(**values)

    def counted(self, key: str, count: int, **values: str) -> str:
        """The text of `key.0`, `key.1` or `key.n` for this count."""
        own = f"{key}.{count}"
        return self(own if own in self._texts else f"{key}.n", **values)

    def reason(self, code: str) -> str:
        """Why, in plain words; a general sentence for a code without words."""
        return self._texts.get(f"reason.{code}", self._texts["reason.other"])

    def remedy(self, code: str) -> str:
        """What to do about it."""
        return self._texts.get(f"do.{code}", self._texts["do.other"])
