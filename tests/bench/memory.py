"""Memory of the document worker and its helpers at its peak, on a 12-megapixel photograph.

`python -m tests.bench.memory [PHOTO]` measures it alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from daemon.children import Child
from daemon.documents import allocator
from daemon.documents.client import DocumentsClient
from daemon.documents.text_engine import DEFAULT, NAMES, Name
from tests.bench.figures import Figure, figure


def peak(pid: int) -> float:
    """MiB that a process had in memory at most, files that it shares with others included."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM")


def own_peak(pid: int) -> float:
    """MiB of its own that it had at most: without the pages of program files, which are shared and
    which the kernel takes back at will.  Linux 6.18 maps those by whole folios, as they happen to
    lie in its cache: 35 MiB more or less for one and the same program.
    """
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssFile:"):
            return peak(pid) - int(line.split()[1]) / 1024
    raise OSError("no RssFile")


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found += tree(int(child))
    return found


async def peaks(photo: bytes, engine: Name, times: int = 2) -> dict[str, float]:
    """MiB after each step: ready, examine, read, assemble; helper processes included.

    The highest of short-lived programs (a `tesseract` of pytesseract) counts as their helper's
    `ru_maxrss` does not: it is looked for while the page is read.
    """
    client = DocumentsClient()
    how = ("--engine", engine)
    child = Child("documents", client, arguments=how, environment=allocator.ENVIRONMENT)
    task = asyncio.create_task(child.run())
    found: dict[str, float] = {}
    programs: dict[int, float] = {}

    async def watch() -> None:
        while True:
            for pid in tree(child.pid):
                with contextlib.suppress(OSError):
                    programs[pid] = max(programs.get(pid, 0.0), peak(pid))
            await asyncio.sleep(0.02)

    def now() -> float:
        lasting = tree(child.pid)
        passing = [size for pid, size in programs.items() if pid not in lasting]
        return sum(peak(pid) for pid in lasting) + max(passing, default=0.0)

    try:
        async with asyncio.timeout(30):
            await child.ready.wait()
        found["ready"] = now()
        watching = asyncio.create_task(watch())
        for _ in range(times):
            seen = await client.examine(photo)
            found["examine"] = now()
            reading = await client.read(seen.page_jpeg, seen.kind)
            found["read"] = now()
            await client.assemble([(seen.page_jpeg, reading)], "bench")
            found["assemble"] = now()
        watching.cancel()
        return found
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def measure(photo: Path, engines: tuple[Name, ...] = (DEFAULT,)) -> list[Figure]:
    """One figure an engine: the whole way of a page, twice."""
    rows = []
    for engine in engines:
        found = asyncio.run(peaks(photo.read_bytes(), engine))
        steps = ", ".join(f"{step} {size:.0f}" for step, size in found.items())
        name = f"document worker's peak, 12 Mpx, {engine}"
        rows.append(figure(name, [max(found.values())], "MiB", "≤ 300", steps))
    return rows


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    if len(sys.argv) > 1:
        given = Path(sys.argv[1])
    else:
        from daemon.demo.photos import photos

        given = photos(Path("build/demo/photos"))[0]
    for row in measure(given, NAMES):
        print(row)
