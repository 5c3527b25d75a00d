"""From what was typed to words that the catalogue knows: abbreviations, slips, synonyms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from daemon.catalogue.reading import read
from daemon.services.procedures.fold import sound, untelex, words

WORDS = Path(__file__).with_name("words.toml")

EXACT, SYNONYM, SOUND, SLIP, BEGUN = 1.0, 0.8, 0.8, 0.7, 0.6
"""How much a reading of a word is trusted: as written, another word for it, of the same sound,
one or two letters off, its beginning (the last word may still be being typed)."""


class _Empty(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    weight: float
    words: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    abbreviations: dict[str, str]
    synonyms: dict[str, tuple[str, ...]]
    empty: _Empty


Reading = dict[str, float]
"""What a typed word may mean: known words, each with the trust in it (0…1)."""

_LONGEST = 16
"""Letters; what is longer is no word."""
_SHORT = 6
"""A shorter word keeps its first sound when it is mistyped: else it is another word."""

_ASIDE = 0.4
"""Share of the words behind an abbreviation that is a word of the catalogue itself."""


class Typed(msgspec.Struct, frozen=True):
    """One word of a query."""

    word: str
    reading: Reading
    share: float
    """Its part in the query, 1 for a word that was typed."""


class Spelling:
    """Knows the words of the catalogue."""

    def __init__(self, known: Iterable[str], path: Path = WORDS) -> None:
        """Raises CatalogueError where the file of words does not hold."""
        file = read(path, _File)
        self.empty = frozenset(file.empty.words)
        self.empty_weight = file.empty.weight
        self._abbreviations = {key: words(text) for key, text in file.abbreviations.items()}
        self._synonyms = file.synonyms
        self._known = frozenset(known)
        self._long = sorted(word for word in self._known if len(word) >= 3)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            self._sounds[sound(word)].append(word)

    def read(self, text: str) -> list[Typed]:
        """Each typed word with what it may mean; an unknown word means nothing."""
        typed: list[tuple[str, float]] = []
        for word in self._joined(words(text)):
            meant = self._abbreviations.get(word, [])
            if word in self._known or not meant:
                typed.append((word, 1.0))
            share = _ASIDE if word in self._known else 1.0
            typed.extend((one, share) for one in meant)
        last = len(typed) - 1
        return [
            Typed(word, self._reading(word, begun=at == last and not text[-1:].isspace()), share)
            for at, (word, share) in enumerate(typed)
        ]

    def _joined(self, typed: list[str]) -> list[str]:
        """`ct 07` is `ct07`, `sao y` stays two words."""
        found: list[str] = []
        for word in typed:
            if found and word.isdigit() and found[-1] + word in self._known:
                found[-1] += word
            else:
                found.append(word)
        return found

    def _reading(self, word: str, *, begun: bool) -> Reading:
        found: Reading = {}

        def add(meant: Iterable[str], trust: float) -> None:
            for one in meant:
                if one in self._known and found.get(one, 0) < trust:
                    found[one] = trust

        add([word], EXACT)
        add(self._synonyms.get(word, ()), SYNONYM)
        if word.isdigit() or len(word) > _LONGEST:
            return found
        if len(word) > 1 and word not in self.empty:
            add(self._sounds.get(sound(word), ()), SOUND)
        if not found:
            add([untelex(word)], SOUND)
            add(self._sounds.get(sound(untelex(word)), ()), SLIP)
        if begun and len(word) >= 2:
            add((one for one in self._known if one.startswith(word)), BEGUN)
        if not found and len(word) >= 3:
            add(self._near(word), SLIP)
        return found

    def _near(self, word: str) -> list[str]:
        most = 1 if len(word) < 6 else 2
        near: list[tuple[str, int, int]] = process.extract(
            word, self._long, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        if len(word) < _SHORT:
            near = [one for one in near if sound(one[0])[:1] == sound(word)[:1]]
        best = min((distance for _, distance, _ in near), default=0)
        return [one for one, distance, _ in near if distance == best]
