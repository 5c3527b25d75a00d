"""What a measurement is, and how it is told."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

RUNS = 5


class Figure(msgspec.Struct, frozen=True):
    """One figure: the median of `runs`."""

    name: str
    value: float
    unit: str
    aim: str = ""
    runs: int = RUNS
    lowest: float = 0.0
    highest: float = 0.0
    note: str = ""

    def __str__(self) -> str:
        spread = f"({self.lowest:.4g}–{self.highest:.4g})" if self.runs > 1 else ""
        aim = f"aim {self.aim}" if self.aim else ""
        return f"{self.name:<46} {self.value:>10.4g} {self.unit:<8} {spread:<22} {aim} {self.note}"


def figure(name: str, values: list[float], unit: str, aim: str = "", note: str = "") -> Figure:
    """The median of some values."""
    return Figure(
        name, statistics.median(values), unit, aim, len(values), min(values), max(values), note
    )


def seconds(work: Callable[[], object], runs: int = RUNS) -> list[float]:
    """How long `work` takes, `runs` times, after one run that is not counted."""
    work()
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return taken


def machine_name() -> str:
    """Processor, cores and system that the figures belong to."""
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith(("model name", "Model")):
            cpu = line.partition(":")[2].strip()
            break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}"
    )


def resident(pid: int) -> float:
    """Memory of a process in MiB that is its own (PSS: shared pages counted in part)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise OSError("no Pss")


def processor_time(pid: int) -> float:
    """Seconds that all threads of a process have spent on a processor (proc(5), `stat`)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
