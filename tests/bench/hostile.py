"""How long a hostile file takes until its verdict, and how much memory the worker needs for it.

`python -m tests.bench.hostile` prints each file.
"""

from __future__ import annotations

import time

from tests.bench.figures import Figure, figure
from tests.documents.bare_worker import BareWorker
from tests.documents.hostile import FILES


def measure(each: bool = False) -> list[Figure]:
    """The slowest verdict and the highest memory of one worker over all files."""
    worker = BareWorker()
    taken: dict[str, float] = {}
    try:
        for name, hostile in FILES.items():
            data = hostile.make()
            began = time.perf_counter()
            seen = worker.examine(data)
            taken[name] = time.perf_counter() - began
            if each:
                print(f"{taken[name]:6.2f} s  {name:52} {seen.quality} {seen.reason}")
        peak = worker.peak()
    finally:
        worker.close()
    slowest = max(taken, key=lambda name: taken[name])
    return [
        figure("hostile files: slowest verdict", [taken[slowest]], "s", "≤ 2", slowest),
        figure("hostile files: worker's peak", [peak], "MiB", "", f"{len(taken)} files"),
    ]


if __name__ == "__main__":
    for row in measure(each=True):
        print(row)
