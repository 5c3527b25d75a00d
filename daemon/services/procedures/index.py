"""The index of procedures: SQLite's FTS5 finds candidates, their everyday phrases rank them."""

from __future__ import annotations

import itertools
import math
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from daemon.catalogue.procedures import Procedure
from daemon.services.procedures.fold import words
from daemon.services.procedures.spelling import Spelling, Typed

CANDIDATES = 40
LEAST = 0.2
"""Below this score nothing is shown: a wrong answer costs more time than none."""


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
        self._spelling = Spelling(seen)
        self._phrases = {
            code: [self._phrase(phrase) for phrase in phrases] for code, phrases in texts.items()
        }
        self._all = {
            code: frozenset(word for phrase in phrases for word in phrase)
            for code, phrases in texts.items()
        }
        self._db = self._build(texts)

    def search(self, text: str, limit: int = 10) -> list[Hit]:
        """The best procedures for these words, best first; empty where none fits."""
        wanted = "".join(text.split())
        if wanted in self._named:
            return [Hit(wanted, self._named[wanted].name_vi, 1.0)]
        typed = self._spelling.read(text)
        meant = {word for one in typed for word in one.reading}
        if not meant:
            return []
        scored = [(self._score(code, typed), code) for code in self._candidates(meant)]
        scored.sort(key=lambda pair: (-pair[0], pair[1]))
        return [
            Hit(code, self._named[code].name_vi, round(score, 4))
            for score, code in scored[:limit]
            if score >= LEAST
        ]

    def close(self) -> None:
        self._db.close()

    # -- inside ----------------------------------------------------------------------------

    def _weight(self, word: str) -> float:
        rarity = self._rarity.get(word, 0.0)
        return rarity * (self._spelling.empty_weight if word in self._spelling.empty else 1)

    def _phrase(self, tokens: tuple[str, ...]) -> _Phrase:
        weight = sum(map(self._weight, tokens))
        return _Phrase(tokens, weight, frozenset(itertools.pairwise(tokens)))

    def _build(self, texts: dict[str, list[tuple[str, ...]]]) -> sqlite3.Connection:
        db = sqlite3.connect(":memory:", check_same_thread=False)
        db.execute("CREATE VIRTUAL TABLE procedure USING fts5(code UNINDEXED, name, everyday)")
        db.executemany(
            "INSERT INTO procedure VALUES (?, ?, ?)",
            (
                (code, " ".join(phrases[0]), " . ".join(map(" ".join, phrases[1:])))
                for code, phrases in texts.items()
            ),
        )
        return db

    def _candidates(self, meant: set[str]) -> list[str]:
        strong = {word for word in meant if word not in self._spelling.empty} or meant
        query = " OR ".join(f'"{word}"' for word in sorted(strong))
        rows = self._db.execute(
            "SELECT code FROM procedure WHERE procedure MATCH ?"
            " ORDER BY bm25(procedure, 0, 1.0, 1.5) LIMIT ?",
            (query, CANDIDATES),
        )
        return [code for (code,) in rows]

    def _score(self, code: str, typed: list[Typed]) -> float:
        """Mean of: the best phrase's share in the query, the query's share in it and in all."""
        wanted = sum(map(self._asked, typed)) or 1.0
        best = 0.0
        for phrase in self._phrases[code]:
            got: dict[str, float] = defaultdict(float)
            asked = 0.0
            order: list[str] = []
            for one in typed:
                fit, trust = max(
                    ((token, one.reading.get(token, 0.0)) for token in phrase.tokens),
                    key=lambda pair: pair[1],
                )
                if not trust:
                    continue
                got[fit] = max(got[fit], trust)
                asked += trust * self._asked(one)
                order.append(fit)
            if not got:
                continue
            held = sum(trust * self._weight(token) for token, trust in got.items())
            pairs = phrase.pairs & set(itertools.pairwise(order))
            together = len(pairs) / len(phrase.pairs) if phrase.pairs else 0.0
            share = held / phrase.weight if phrase.weight else 0.0
            best = max(best, 0.4 * share + 0.35 * asked / wanted + 0.1 * together)
        everywhere = sum(
            max(
                (trust for token, trust in one.reading.items() if token in self._all[code]),
                default=0,
            )
            * self._asked(one)
            for one in typed
        )
        return best + 0.15 * everywhere / wanted

    def _asked(self, one: Typed) -> float:
        """How much a typed word weighs: as its likeliest meaning, little where it has none."""
        if one.word in self._spelling.empty or not one.reading:
            return self._spelling.empty_weight * one.share
        return one.share * max(self._weight(meant) * trust for meant, trust in one.reading.items())


def _texts(item: Procedure) -> list[tuple[str, ...]]:
    """Official name, English name, then the everyday phrases; folded."""
    texts = (item.name_vi, item.name_en, *item.common_words)
    return [tokens for tokens in (tuple(words(text)) for text in texts) if tokens]
