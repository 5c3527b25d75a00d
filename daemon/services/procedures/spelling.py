"""From what was typed to words that the catalogue knows: abbreviations, slips, synonyms."""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from rapidfuzz import process
from rapidfuzz.distance import OSA

from daemon.catalogue.reading import read
from daemon.services.procedures.fold import sound, untelex, unvni, words

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
    phrases: dict[str, str]
    empty: _Empty


Reading = dict[str, float]
"""What a typed word may mean: known words, each with the trust in it (0…1)."""

_LONGEST = 16
"""Letters; what is longer is no word."""
_SHORT = 6
"""A shorter word keeps its first sound when it is mistyped: else it is another word."""

_ASIDE = 0.4
"""Share of the words behind an abbreviation that is a word of the catalogue itself."""
_BESIDE = 0.5
"""Share of the words that an expression stands for, beside the expression."""
_MOST_BEGUN = 24
"""Words that a word begun may become."""
_PARTED = (4, 14)
"""Letters of a word that may be two words without their space."""
_MOST_WORDS = 30
"""Words of a query that are read: what comes after says nothing new."""


class Typed(msgspec.Struct, frozen=True):
    """One word of a query."""

    word: str
    reading: Reading
    share: float
    """Its part in the query, 1 for a word that was typed."""


class Spelling:
    """Knows the words of the catalogue."""

    def __init__(
        self,
        known: Mapping[str, int],
        pairs: Iterable[tuple[str, str]] = (),
        path: Path = WORDS,
    ) -> None:
        """`known`: each word with how many procedures have it; `pairs`: neighbours.

        Raises CatalogueError where the file of words does not hold.
        """
        file = read(path, _File)
        self.empty = frozenset(file.empty.words)
        self.empty_weight = file.empty.weight
        self._abbreviations = {key: words(text) for key, text in file.abbreviations.items()}
        self._synonyms = file.synonyms
        self._phrases = {tuple(words(key)): words(text) for key, text in file.phrases.items()}
        self._longest_phrase = max(map(len, self._phrases), default=0)
        self._known = frozenset(known)
        self._counts = dict(known)
        self._sorted = sorted(self._known)
        self._pairs = frozenset(pairs)
        self._long = sorted(word for word in self._known if len(word) >= 3)
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self._known):
            self._sounds[sound(word)].append(word)

    def read(self, text: str) -> list[Typed]:
        """Each typed word with what it may mean; an unknown word means nothing."""
        typed: list[tuple[str, float]] = []
        plain = list(dict.fromkeys(self._parted(self._joined(words(text)[:_MOST_WORDS]))))
        for word in plain:
            meant = self._abbreviations.get(word, [])
            if word in self._known or not meant:
                typed.append((word, 1.0))
            share = _ASIDE if word in self._known else 1.0
            typed.extend((one, share) for one in meant)
        last = len(typed) - 1
        return [
            Typed(word, self._reading(word, begun=at == last and not text[-1:].isspace()), share)
            for at, (word, share) in enumerate(typed)
        ] + [Typed(word, self._reading(word, begun=False), _BESIDE) for word in self._beside(plain)]

    def _beside(self, plain: list[str]) -> list[str]:
        """What the expressions in the query stand for, each word once."""
        read = [self._cleaned(word) for word in plain]
        found: dict[str, None] = {}
        for at in range(len(read)):
            for length in range(1, self._longest_phrase + 1):
                for word in self._phrases.get(tuple(read[at : at + length]), ()):
                    if word not in read:
                        found[word] = None
        return list(found)

    def _cleaned(self, word: str) -> str:
        """Without what an input method left in it, where only so it is a word."""
        if word in self._known:
            return word
        plain = untelex(unvni(word))
        return plain if plain in self._known else word

    def _parted(self, typed: list[str]) -> list[str]:
        """`kethon` is `ket hon`: an unknown word that is two known ones."""
        found: list[str] = []
        for word in typed:
            if word in self._known or not _PARTED[0] <= len(word) <= _PARTED[1]:
                found.append(word)
                continue
            cuts = (
                (word[:at], word[at:])
                for at in range(2, len(word) - 1)
                if word[:at] in self._known and word[at:] in self._known
            )
            best = max(cuts, key=lambda pair: pair in self._pairs, default=None)
            found.extend(best if best is not None and best in self._pairs else (word,))
        return found

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
            plain = untelex(unvni(word))
            add([plain], SOUND)
            add(self._sounds.get(sound(plain), ()), SLIP)
        if begun and len(word) >= 2:
            add(self._begun(word), BEGUN)
        if not found and len(word) >= 3:
            add(self._near(word), SLIP)
        return found

    def _begun(self, word: str) -> list[str]:
        """Known words that begin so: the commonest, where there are many."""
        first = bisect.bisect_left(self._sorted, word)
        end = bisect.bisect_left(self._sorted, word + "\x7f", first)
        found = self._sorted[first:end]
        return heapq.nlargest(_MOST_BEGUN, found, key=self._counts.__getitem__)

    def _near(self, word: str) -> list[str]:
        most = 1 if len(word) < 6 else 2
        near: list[tuple[str, int, int]] = process.extract(
            word, self._long, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        if len(word) < _SHORT:
            near = [one for one in near if sound(one[0])[:1] == sound(word)[:1]]
        best = min((distance for _, distance, _ in near), default=0)
        return [one for one, distance, _ in near if distance == best]
