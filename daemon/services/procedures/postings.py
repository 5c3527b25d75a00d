"""Which phrases hold a word: arrays that weigh a query against every phrase at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from daemon.services.procedures.spelling import Typed

Floats = npt.NDArray[np.float32]


class Parts(msgspec.Struct, frozen=True):
    """What a score is made of; together 1."""

    share: float
    """How much of the best phrase was asked for."""
    asked: float
    """How much of the query that phrase answers."""
    everywhere: float
    """How much of the query all phrases of the procedure together answer."""


class Postings:
    """Phrases by number, those of one procedure side by side; built once, read by one thread."""

    def __init__(
        self, phrases: Sequence[Sequence[Sequence[str]]], weights: Mapping[str, float]
    ) -> None:
        """`phrases`: the words of each phrase of each procedure; `weights`: of each word."""
        places: dict[str, list[int]] = defaultdict(list)
        starts: list[int] = []
        sums: list[float] = []
        for owned in phrases:
            starts.append(len(sums))
            for phrase in owned:
                for word in dict.fromkeys(phrase):
                    places[word].append(len(sums))
                sums.append(sum(weights[word] for word in phrase) or 1.0)
        self._places = {word: np.array(at, np.int32) for word, at in places.items()}
        self._starts = np.array(starts, np.intp)
        self._sums = np.array(sums, np.float32)
        self._weights = weights

    def best(
        self, typed: Sequence[Typed], weights: Sequence[float], parts: Parts, most: int
    ) -> list[int]:
        """Numbers of at most `most` procedures that may answer, best first."""
        wanted = sum(weights) or 1.0
        answered, everywhere = np.zeros_like(self._sums), np.zeros(len(self._starts), np.float32)
        trusts: dict[str, float] = {}
        for one, weight in zip(typed, weights, strict=True):
            if not one.reading:
                continue
            here = self._trusted(one.reading.items())
            answered += np.float32(weight) * here
            everywhere += np.float32(weight) * np.maximum.reduceat(here, self._starts)
            for word, trust in one.reading.items():
                trusts[word] = max(trusts.get(word, 0.0), trust)
        held = np.zeros_like(self._sums)
        for word, trust in trusts.items():
            held[self._places[word]] += np.float32(trust * self._weights[word])
        phrase = parts.share * held / self._sums + parts.asked / wanted * answered
        score = np.maximum.reduceat(phrase, self._starts) + parts.everywhere / wanted * everywhere
        order = np.argsort(-score, kind="stable")[:most]
        return [int(at) for at in order if everywhere[at] > 0]

    def _trusted(self, reading: Iterable[tuple[str, float]]) -> Floats:
        """For each phrase, how well it holds one typed word."""
        here = np.zeros_like(self._sums)
        for word, trust in reading:
            at = self._places[word]
            here[at] = np.maximum(here[at], np.float32(trust))
        return here
