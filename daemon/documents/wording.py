"""What the words of a page say about its kind.

Each kind's data file holds titles, phrases and beginnings of lines with their weight (`Wording`).
Compared are letters and digits alone, so that neither misread marks nor lost spaces matter; what is
alike enough counts, in proportion.  Of titles that lie in one another (CĂN CƯỚC in CĂN CƯỚC CÔNG
DÂN) only the longest counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import msgspec
from rapidfuzz import fuzz

from daemon.catalogue import languages
from daemon.catalogue.kinds import FOREIGN, OTHER, Kind
from daemon.documents import syllables
from daemon.documents.lines import Run, runs, squeezed, stacked
from daemon.documents.messages import Word

_HEADING = "conghoaxahoichunghiavietnam"
"""The national heading, squeezed: whatever bears it is a Vietnamese paper."""

_COPY = "bansao"

_MOST_PHRASES, _LEAST = 9.0, -9.0
"""What all phrases together may say for and against a kind: they are not independent."""

_GUESSED = 0.35
"""Runs read with less confidence are a pattern that looked like letters."""

_WITHIN = 95.0
"""Likeness (0-100) of a title in a longer line: two letters less would be another title."""

_MANY, _STRANGE = 10, 0.45
"""From so many words on, a lower share of Vietnamese syllables speaks for another language."""

_FEW = 4
"""Well read words below which a page counts as without text."""

NO_TEXT = "(no text)"
"""What a cue says where nothing was read: no word speaks for anything."""


class Cue(msgspec.Struct, frozen=True):
    """Something that speaks for a kind or against it."""

    said: str
    """The words of the catalogue, or the name of a general observation in brackets."""
    weight: float
    """Natural logarithm of a likelihood ratio."""


class Words(msgspec.Struct, frozen=True):
    """What the words say."""

    weights: dict[str, float] = {}
    """Kind → natural logarithm of its likelihood ratio; kinds without evidence are left out."""
    cues: dict[str, tuple[Cue, ...]] = {}
    """Kind → why, strongest first."""
    read: int = 0
    """Words read well."""
    headed: bool = False
    """The national heading stands on it."""


class Lexicon:
    """The wording of all kinds, ready to compare."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = tuple(kinds)
        self._titles: dict[str, list[tuple[str, str, float]]] = {}
        self._phrases: list[tuple[str, str, str, float]] = []
        self._starts: list[tuple[str, str, str, float]] = []
        for kind in kinds.values():
            for said, weight in kind.wording.title.items():
                self._titles.setdefault(squeezed(said), []).append((kind.id, said, weight))
            for said, weight in kind.wording.phrase.items():
                self._phrases.append((squeezed(said), kind.id, said, weight))
            for said, weight in kind.wording.start.items():
                self._starts.append((squeezed(said), kind.id, said, weight))

    def weigh(self, words: Sequence[Word], height: int) -> Words:
        """What the words of a page (or of its head) say; `height` of the whole page in pixels."""
        good = [w for w in words if w.confidence > 0.5 and sum(c.isalpha() for c in w.text) > 1]
        found = [run for run in runs(words) if run.confidence > _GUESSED]
        cues: dict[str, list[Cue]] = {}
        titles: dict[str, list[Cue]] = {}
        for kind, cue in self._title_cues(found, height):
            titles.setdefault(kind, []).append(cue)
        whole = "".join(run.squeezed for run in found)
        for kind, cue in self._phrase_cues(found, whole):
            cues.setdefault(kind, []).append(cue)
        headed = fuzz.partial_ratio(_HEADING, whole, score_cutoff=78) > 0 if good else False
        for kind, cue in _general(good, words, headed):
            cues.setdefault(kind, []).append(cue)
        weights: dict[str, float] = {}
        why: dict[str, tuple[Cue, ...]] = {}
        for kind in {*titles, *cues}:
            weights[kind] = round(_sum(titles.get(kind, []), cues.get(kind, [])), 2)
            both = titles.get(kind, []) + cues.get(kind, [])
            why[kind] = tuple(sorted(both, key=lambda cue: -abs(cue.weight)))
        return Words(weights, why, len(good), headed)

    def _title_cues(self, found: Sequence[Run], height: int) -> list[tuple[str, Cue]]:
        if not found:
            return []
        usual = statistics.median(word.h for run in found for word in run.words)
        hits: list[tuple[float, str, Run]] = []
        for run in stacked(found):
            best = [(self._alike(title, run), title) for title in self._titles]
            top = max((likeness for likeness, _ in best), default=0.0)
            hits += [(likeness, title, run) for likeness, title in best if likeness > top - 4 > 0]
        kept: dict[str, tuple[float, Run]] = {}
        for likeness, title, run in hits:
            if any(
                len(other) > len(title) and title in other and _overlap(run, beside)
                for _, other, beside in hits
            ):
                continue
            stress = likeness / 100 * self._stress(title, run, usual, height)
            if title not in kept or stress > kept[title][0]:
                kept[title] = stress, run
        # A stamp says BẢN SAO, a printed form says it in brackets.
        return [
            (kind, Cue(said, round(weight * stress, 2)))
            for title, (stress, run) in kept.items()
            for kind, said, weight in self._titles[title]
            if title != _COPY or ("(" in said) == ("(" in run.text)
        ]

    @staticmethod
    def _alike(title: str, run: Run) -> float:
        """0 to 100; below what the title's length makes trustworthy it is 0."""
        have = run.squeezed
        if len(have) < 0.8 * len(title):
            return 0.0  # a part of a longer title is another title
        least = 90 if len(title) <= 7 else 86
        if len(have) > 1.35 * len(title):
            # Something else stands in the line: an emblem read as letters, a neighbouring column.
            if len(have) > 3 * len(title) or len(title) <= 7:
                return 0.0
            return fuzz.partial_ratio(title, have, score_cutoff=_WITHIN) * 0.9
        return fuzz.ratio(title, have, score_cutoff=least)

    def _stress(self, title: str, run: Run, usual: float, height: int) -> float:
        """0 to 1: how much a run stands out as a title."""
        large = run.letter > 1.35 * usual
        mixed = not any(said.isupper() for _, said, _ in self._titles[title])
        stress = 1.0 if run.shouted or (mixed and len(run.words) > 1) else 0.7 if large else 0.15
        return stress * (0.8 if run.y > 0.62 * height else 1.0)

    def _phrase_cues(self, found: Sequence[Run], whole: str) -> list[tuple[str, Cue]]:
        out = []
        for phrase, kind, said, weight in self._phrases:
            if len(phrase) < 8:
                likeness = 100.0 if phrase in whole else 0.0
            elif len(phrase) <= len(whole):
                least = 92 if len(phrase) < 14 else 88
                likeness = fuzz.partial_ratio(phrase, whole, score_cutoff=least)
            else:
                continue
            if likeness:
                out.append((kind, Cue(said, round(weight * likeness / 100, 2))))
        for start, kind, said, weight in self._starts:
            for run in found:
                have = run.squeezed[: len(start)]
                if len(start) < 4:
                    hit = run.text.casefold().startswith(said.casefold())
                else:
                    hit = have == start
                if hit or (len(start) > 5 and fuzz.ratio(have, start) >= 85):
                    out.append((kind, Cue(said, weight)))
                    break
        return out


def _sum(titles: Sequence[Cue], cues: Sequence[Cue]) -> float:
    """Titles repeat each other, so the best counts and the others a little."""
    high = sorted((c.weight for c in titles if c.weight > 0), reverse=True)
    best = sum(weight * (1.0 if n == 0 else 0.25) for n, weight in enumerate(high))
    speaking = [c.weight for c in cues if c.weight > 0]
    for_it = min(max([_MOST_PHRASES - 3, *speaking]) + 3, sum(speaking))
    against = sum(c.weight for c in (*titles, *cues) if c.weight < 0)
    return best + for_it + max(_LEAST, against)


def _overlap(a: Run, b: Run) -> bool:
    return any(word in b.words for word in a.words)


def _general(good: Sequence[Word], words: Sequence[Word], headed: bool) -> list[tuple[str, Cue]]:
    """What no single phrase tells: no text at all, another language, the national heading."""
    out: list[tuple[str, Cue]] = []
    if headed:
        out.append((OTHER, Cue("(national heading)", -6.0)))
        out.append((FOREIGN, Cue("(national heading)", -5.0)))
    if len(good) < _FEW:
        out.append((OTHER, Cue(NO_TEXT, 2.0 if len(words) < 12 else 0.3)))
        if len(words) >= 25:
            out.append((FOREIGN, Cue("(a script that is not Latin)", 1.5)))
        return out
    known = languages.load()
    said = [word.text.casefold().strip(".,:;()") for word in good]
    ours = sum(word in known.vietnamese for word in said)
    theirs = sum(word in known.foreign for word in said)
    if theirs >= 4 and ours <= 0.12 * theirs:
        out.append((FOREIGN, Cue("(another language)", 5.0)))
    elif ours >= 6 and ours > theirs:
        out.append((FOREIGN, Cue("(Vietnamese)", -3.0)))
    letters = [word for word in said if word.isalpha()]
    if len(letters) >= _MANY:
        share = syllables.share(letters)
        if share < _STRANGE:
            out.append((FOREIGN, Cue("(no Vietnamese syllables)", 3.0)))
    return out
