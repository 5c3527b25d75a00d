"""The look-up's time with 500 and with 10,000 procedures: `python -m tests.bench.lookup`."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from daemon.catalogue import procedures as catalogue
from daemon.catalogue.procedures import Procedure
from daemon.services.procedures.index import Index
from tests.bench.figures import Figure, figure

PHRASES = 10
"""Everyday expressions of a made-up procedure."""
_ONSETS = "b c ch d g gi h k kh l m n ng nh ph qu r s t th tr v x"
_RIMES = (
    "a ac ai am an ang anh ao at au ay e em en eng eo et i ia iem ien ieng im in inh it o oc oi"
    " om on ong ot u ua uc ui um un ung uoc uoi uong ut uu uyen y"
)
SYLLABLES = [onset + rime for onset in _ONSETS.split() for rime in _RIMES.split()]
"""Folded syllables as Vietnamese has them, 1,150: words that the made-up procedures add."""
QUESTIONS = Path(__file__).parents[1] / "services"


def measure() -> Iterator[Figure]:
    """One figure for each size: processor time a question, hostile ones among them."""
    asked = [
        one["query"]
        for name in ("queries.json", "other_queries.json")
        for one in json.loads((QUESTIONS / name).read_text(encoding="utf-8"))
    ]
    hostile = ["a" * 5000, "khai sinh " * 500, "🙂" * 5000, "giay to " * 600 + "khong biet"]
    for count, aim in ((500, "≤ 30"), (10_000, "≤ 100")):
        index = Index(more(count))
        times = []
        for question in itertools.chain(asked[::3], hostile):
            begun = time.thread_time()
            index.search(question)
            times.append(1000 * (time.thread_time() - begun))
        yield figure(f"look-up among {count:,} procedures, a question", times, "ms", f"{aim} ms")


def more(count: int) -> list[Procedure]:
    """So many procedures: those that are shown, and others with their words in other order."""
    dice = random.Random(count)
    real = list(catalogue.load().shown().values())
    phrases = [phrase for item in real for phrase in item.common_words]
    names = [word for item in real for word in item.name_vi.split()]
    made = list(real)
    while len(made) < count:
        like = dice.choice(real)
        made.append(
            replace(
                like,
                code=f"{3 + len(made) // 1_000_000}.{500_000 + len(made):06}",
                name_vi=" ".join(dice.sample(names, 9)) + f" {dice.choice(SYLLABLES)}",
                name_en=f"{like.name_en} {dice.choice(SYLLABLES)}",
                common_words=tuple(
                    f"{dice.choice(phrases)} {dice.choice(SYLLABLES)}" for _ in range(PHRASES)
                ),
            )
        )
    return made[:count]


if __name__ == "__main__":
    for one in measure():
        print(one)
