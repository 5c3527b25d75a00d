"""How long a hostile file takes until its verdict, and how much memory the worker needs for it.

`python -m tests.bench.hostile` prints each file.  The seconds are those of a clock on the wall; the
worker's processor time stands beside them, which other programs on the machine hardly change.
"""

from __future__ import annotations

import time

from tests.bench.figures import Figure, figure, processor_time
from tests.documents.bare_worker import BareWorker
from tests.documents.hostile import FILES


def measure(each: bool = False) -> list[Figure]:
    """The slowest verdict and the highest memory of one worker over all files."""
    worker = BareWorker()
    taken: dict[str, float] = {}
    worked: dict[str, float] = {}
    try:
        for name, hostile in FILES.items():
            data = hostile.make()
            began, before = time.perf_counter(), processor_time(worker.pid)
            seen = worker.examine(data)
            taken[name] = time.perf_counter() - began
            worked[name] = processor_time(worker.pid) - before
            if each:
                times = f"{taken[name]:6.2f} s  {worked[name]:6.2f} s of the processor"
                print(f"{times}  {name:52} {seen.quality} {seen.reason}")
        peak = worker.peak()
    finally:
        worker.close()
    slowest = max(taken, key=lambda name: taken[name])
    hardest = max(worked, key=lambda name: worked[name])
    return [
        figure("hostile files: slowest verdict", [taken[slowest]], "s", "≤ 2", slowest),
        figure("hostile files: most processor time", [worked[hardest]], "s", "≤ 2", hardest),
        figure("hostile files: worker's peak", [peak], "MiB", "", f"{len(taken)} files"),
    ]


if __name__ == "__main__":
    for row in measure(each=True):
        print(row)
