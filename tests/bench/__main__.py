"""`python -m tests.bench [--quick] [--json]`: every figure, with the machine named.

`--quick` plays the visit without a person's pauses (half a minute instead of five).
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

from daemon.demo.photos import photos
from tests.bench import (
    delivery,
    desk,
    glass,
    hostile,
    lookup,
    machine,
    memory,
    outbox,
    pages,
    proof,
    register,
    remote,
    screens,
    signing,
    starts,
    visits,
)
from tests.bench.figures import Figure, figure, machine_name


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    found: list[Figure] = []

    def tell(figures: Iterable[Figure]) -> None:
        for one in figures:
            found.append(one)
            if not options.json:
                print(one, flush=True)

    if not options.json:
        print(machine_name(), flush=True)
    pictures = photos(Path("build/demo/photos"))
    tell(machine.measure())
    tell(lookup.measure())
    tell(asyncio.run(pages.measure(pictures[0])))
    tell(memory.measure(pictures[0]))
    tell(hostile.measure())
    tell(asyncio.run(signing.measure()))
    tell(asyncio.run(proof.measure()))
    tell(asyncio.run(remote.measure()))
    tell(register.measure())
    tell(outbox.measure(*((100_000, 20_000) if options.quick else ())))
    tell(asyncio.run(delivery.measure()))
    tell(asyncio.run(screens.measure()))
    tell(glass.measure(50 if options.quick else glass.VISITS))
    tell(asyncio.run(desk.measure()))
    tell(starts.start())
    rows, total = starts.at_rest()
    tell(rows)
    tell([figure("memory at rest: all", [total], "MiB", "≤ 450")])
    tell(asyncio.run(visits.measure(pictures, paced=not options.quick)))
    if options.json:
        answer = {"machine": machine_name(), "figures": found}
        print(msgspec.json.encode(answer).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
