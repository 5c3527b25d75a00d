"""One decision on the kind of a paper, from what its picture and its words say.

Bayes: the picture's calibrated probabilities are the prior, the words' likelihood ratios multiply
them.  The picture is not taken at its word beyond `_TRUST`: on a form it never saw it can be sure
and wrong, and a title in capitals has to be able to overrule it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from daemon.catalogue.kinds import OTHER
from daemon.documents.messages import Decision
from daemon.documents.wording import NO_TEXT, Words

SURE = 0.8
"""From this probability a kind is said; below, the answer is "not sure"."""

_TRUST = 0.97
"""Share of the prior that follows the picture; the rest is spread over all kinds."""

NO_PAPER = Decision(OTHER, 0.8, OTHER, why=("(no paper found)",))
"""Where no paper was found in a photograph: mostly there is none, sometimes it was not seen."""

_UNHEARD, _FULL = 0.86, 25
"""The share on a page of so many words of which none speaks for the picture's first choice."""

_HIGHEST = 0.999
"""Nothing read from a photograph is more certain."""

_UNSPOKEN = 0.89
"""Nor is what no word speaks for: on forms that it never saw the picture is sure and wrong."""

_CARD = 85.6 / 53.98
_CARD_AWAY = 0.09
"""Natural logarithm of proportions: a card is not further from its own."""


def decide(
    picture: Mapping[str, float],
    words: Words | None,
    kinds: Sequence[str],
    proportions: float = 0.0,
    cards: frozenset[str] = frozenset(),
) -> Decision:
    """The posterior over `kinds`.

    `picture`: kind → probability, for the kinds its model knows (none where there is no model).
    `words`: None where nothing was read.  `proportions`: long side through short side of the page
    found, 0 where unknown; `cards` are the kinds of the size of an identity card.
    """
    said = words or Words()
    # Kinds that a kiosk was taught may have no file in the catalogue: they are guessed, not said.
    names = (*kinds, *(name for name in picture if name not in kinds))
    prior = _prior(picture, names, _trust(picture, said))
    logs = {
        kind: math.log(prior[kind])
        + said.weights.get(kind, 0.0)
        + _shape(kind in cards, kind == OTHER, proportions)
        for kind in names
    }
    top = max(logs.values())
    total = sum(math.exp(value - top) for value in logs.values())
    guess = max(logs, key=lambda kind: logs[kind])
    cues = said.cues.get(guess, ())
    spoken = said.weights.get(guess, 0.0) > 0 and any(cue.said != NO_TEXT for cue in cues)
    probability = min(_HIGHEST if spoken else _UNSPOKEN, 1.0 / total)
    return Decision(
        guess if probability >= SURE and guess in kinds else "",
        round(probability, 4),
        guess,
        picture=_best({k: round(p, 4) for k, p in picture.items()}),
        words=_best({k: w for k, w in said.weights.items() if w > 0}),
        why=tuple(f"{cue.said}: {cue.weight:+.1f}" for cue in cues[:8]),
    )


def _trust(picture: Mapping[str, float], said: Words) -> float:
    """Share of the prior that follows the picture.

    Less where a page is full of well read words and none speaks for what the picture says: then it
    is a page without a title, or the picture is wrong.
    """
    if not picture or said.read < _FULL:
        return _TRUST
    best = max(picture, key=lambda kind: picture[kind])
    return _TRUST if best == OTHER or said.weights.get(best, 0.0) > 0 else _UNHEARD


def _prior(picture: Mapping[str, float], kinds: Sequence[str], trust: float) -> dict[str, float]:
    """The picture's probabilities, with room for the kinds that its model does not know."""
    even = 1.0 / len(kinds)
    known = sum(kind in picture for kind in kinds)
    share = known * even
    return {
        kind: trust * (picture[kind] * share if kind in picture else even) + (1 - trust) * even
        for kind in kinds
    }


def _shape(card: bool, other: bool, proportions: float) -> float:
    """What the proportions of the page say, which the picture's square input does not show."""
    if not proportions or other:
        return 0.0
    off = abs(math.log(proportions / _CARD)) > _CARD_AWAY
    if card:
        return -2.0 if off else 0.5
    return 0.0 if off else -0.7


def _best(found: dict[str, float], count: int = 3) -> dict[str, float]:
    return dict(sorted(found.items(), key=lambda item: -item[1])[:count])
