"""The index of procedures: their phrases, official and everyday, against what was typed.

Every phrase of every procedure is weighed at once (`postings.py`); the best procedures are then
ranked with care for the order of words.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from daemon.catalogue.procedures import Procedure
from daemon.services.procedures.fold import words
from daemon.services.procedures.postings import Parts, Postings
from daemon.services.procedures.spelling import Spelling, Typed

CANDIDATES = 40
LEAST = 0.2
"""Below this score nothing is shown: a wrong answer costs more time than none."""

SHARE, ASKED, TOGETHER, EVERYWHERE = 0.3, 0.35, 0.05, 0.3
"""What a score is made of: how much of the best phrase was asked for, how much of the query that
phrase answers, its words in their order, and how much of the query all phrases together answer."""
_PARTS = Parts(SHARE, ASKED, EVERYWHERE)


class Hit(msgspec.Struct, frozen=True):
    """One result; `score` 0…1, higher is better."""

    code: str
    name: str
    score: float


class _Phrase(msgspec.Struct, frozen=True):
    tokens: tuple[str, ...]
    weight: float
    """Sum of the weights of its words."""
    pairs: frozenset[tuple[str, str]]


class _Asked(msgspec.Struct, frozen=True):
    typed: tuple[Typed, ...]
    weights: tuple[float, ...]
    wanted: float
    """Sum of the weights."""
    meaning: dict[str, list[tuple[int, float]]]
    """Word → which typed words may mean it, with the trust in that."""


class Index:
    """Built in memory at start; one thread at a time may search."""

    def __init__(self, procedures: Iterable[Procedure]) -> None:
        self._named = {item.code: item for item in procedures if item.code is not None}
        texts = {code: _texts(item) for code, item in self._named.items()}
        seen: Counter[str] = Counter()
        for phrases in texts.values():
            seen.update({word for phrase in phrases for word in phrase})
        self._rarity = {
            word: math.log(1 + len(texts) / (0.5 + count)) for word, count in seen.items()
        }
        self._spelling = Spelling(
            seen,
            {
                pair
                for phrases in texts.values()
                for phrase in phrases
                for pair in itertools.pairwise(phrase)
            },
        )
        self._weights = {word: self._weighed(word) for word in seen}
        self._phrases = {
            code: [self._phrase(phrase) for phrase in phrases] for code, phrases in texts.items()
        }
        self._all = {
            code: frozenset(word for phrase in phrases for word in phrase)
            for code, phrases in texts.items()
        }
        self._codes = tuple(texts)
        self._postings = Postings(tuple(texts.values()), self._weights)

    def search(self, text: str, limit: int = 10) -> list[Hit]:
        """The best procedures for these words, best first; empty where none fits."""
        wanted = "".join(text.split())
        if wanted in self._named:
            return [Hit(wanted, self._named[wanted].name_vi, 1.0)]
        typed = self._spelling.read(text)
        if not any(one.reading for one in typed):
            return []
        asked = self._asking(typed)
        near = self._postings.best(*self._telling(asked), _PARTS, CANDIDATES)
        scored = [(self._score(code, asked), code) for code in map(self._codes.__getitem__, near)]
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        return [
            Hit(code, self._named[code].name_vi, round(score, 4))
            for score, code in scored[:limit]
            if score >= LEAST
        ]

    # -- inside ----------------------------------------------------------------------------

    def _weight(self, word: str) -> float:
        return self._weights.get(word, 0.0)

    def _weighed(self, word: str) -> float:
        rarity = self._rarity.get(word, 0.0)
        return rarity * (self._spelling.empty_weight if word in self._spelling.empty else 1)

    def _phrase(self, tokens: tuple[str, ...]) -> _Phrase:
        weight = sum(map(self._weight, tokens))
        return _Phrase(tokens, weight, frozenset(itertools.pairwise(tokens)))

    def _score(self, code: str, asked: _Asked) -> float:
        """How well a procedure answers, 0…1: see `SHARE`."""
        best = max((self._phrase_score(one, asked) for one in self._phrases[code]), default=0.0)
        all_words = self._all[code]
        everywhere = sum(
            weight
            * max((trust for word, trust in one.reading.items() if word in all_words), default=0)
            for one, weight in zip(asked.typed, asked.weights, strict=True)
        )
        return best + EVERYWHERE * everywhere / asked.wanted

    def _phrase_score(self, phrase: _Phrase, asked: _Asked) -> float:
        fits: dict[int, tuple[float, str]] = {}
        for token in phrase.tokens:
            for at, trust in asked.meaning.get(token, ()):
                if at not in fits or fits[at][0] < trust:
                    fits[at] = (trust, token)
        if not fits:
            return 0.0
        got: dict[str, float] = {}
        answered = 0.0
        order: list[str] = []
        for at in sorted(fits):
            trust, token = fits[at]
            got[token] = max(got.get(token, 0.0), trust)
            answered += trust * asked.weights[at]
            order.append(token)
        held = sum(trust * self._weight(token) for token, trust in got.items())
        pairs = phrase.pairs & set(itertools.pairwise(order))
        together = len(pairs) / len(phrase.pairs) if phrase.pairs else 0.0
        share = held / phrase.weight if phrase.weight else 0.0
        return SHARE * share + ASKED * answered / asked.wanted + TOGETHER * together

    def _telling(self, asked: _Asked) -> tuple[list[Typed], list[float]]:
        """The typed words that tell procedures apart; the empty ones where there are no others."""
        pairs = list(zip(asked.typed, asked.weights, strict=True))
        told = [pair for pair in pairs if pair[0].word not in self._spelling.empty] or pairs
        return [one for one, _ in told], [weight for _, weight in told]

    def _asking(self, typed: list[Typed]) -> _Asked:
        """The query, weighed once for all procedures."""
        meaning: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, one in enumerate(typed):
            for word, trust in one.reading.items():
                meaning[word].append((at, trust))
        weights = tuple(map(self._asked_weight, typed))
        return _Asked(tuple(typed), weights, sum(weights) or 1.0, meaning)

    def _asked_weight(self, one: Typed) -> float:
        """How much a typed word weighs: as its likeliest meaning, little where it has none."""
        if one.word in self._spelling.empty or not one.reading:
            return self._spelling.empty_weight * one.share
        return one.share * max(self._weight(meant) * trust for meant, trust in one.reading.items())


def _texts(item: Procedure) -> list[tuple[str, ...]]:
    """Official name, English name, then the everyday phrases; folded."""
    texts = (item.name_vi, item.name_en, *item.common_words)
    return [tokens for tokens in (tuple(words(text)) for text in texts) if tokens]
