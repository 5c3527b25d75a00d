"""Makes the samples of all jobs in a few processes and keeps them in a file for the next run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec

import models
from models.training import faces, samples
from models.training.samples import Job, Sample

_CHUNK = 20


def _start() -> None:
    faces.widen()


def _some(jobs: Sequence[Job]) -> bytes:
    return msgspec.msgpack.encode([sample for job in jobs for sample in samples.make(job)])


def gather(
    jobs: Sequence[Job], cache: Path, workers: int, tell: Callable[[str], None]
) -> list[Sample]:
    """The samples of all jobs, in their order; `cache` is a folder for what was made before."""
    file = cache / f"{_key(jobs)}.msgpack"
    if file.is_file():
        return msgspec.msgpack.decode(file.read_bytes(), type=list[Sample])
    out: list[Sample] = []
    chunks = [jobs[i : i + _CHUNK] for i in range(0, len(jobs), _CHUNK)]
    with ProcessPoolExecutor(workers, initializer=_start) as crew:
        for n, made in enumerate(crew.map(_some, chunks), start=1):
            out += msgspec.msgpack.decode(made, type=list[Sample])
            if n % 5 == 0 or n == len(chunks):
                tell(f"{n * _CHUNK}/{len(jobs)} pages drawn")
    cache.mkdir(parents=True, exist_ok=True)
    held = file.with_suffix(".part")
    held.write_bytes(msgspec.msgpack.encode(out))
    held.replace(file)
    return out


def _key(jobs: Sequence[Job]) -> str:
    """Changes with the jobs and with everything that draws."""
    home = Path(models.__file__).parent
    digest = hashlib.sha256(msgspec.json.encode(list(jobs)))
    sources = [*(home / "specimens").rglob("*.py"), *(home / "specimens").rglob("*.toml")]
    for source in sorted([*sources, home / "training" / "samples.py", home / "training/faces.py"]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
