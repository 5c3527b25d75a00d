"""A page becomes a PDF with its text: ours beside OCRmyPDF, which only this comparison uses."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from daemon.documents import pdf, rectify, text
from daemon.documents.decode import decode
from daemon.documents.text_engine import TextEngine
from models.reading import errors, pages

RUNS = 3


def measured(engine: TextEngine, peer: bool = True) -> dict[str, Any]:
    """Seconds from the JPEG of a page to its PDF/A, the file's size, and the peer's."""
    printed = pages.page(700)
    jpeg = rectify.jpeg(pages.spoilt(printed.pixels, 2, 700), pages.DPI, 75)
    ours, size, taken = 0.0, 0, []
    for _ in range(RUNS):
        began = time.perf_counter()
        reading = text.read(decode(jpeg), pages.DPI, engine)
        made = pdf.assemble([(jpeg, reading)], "bench")
        taken.append(time.perf_counter() - began)
        size = len(made)
    ours = statistics.median(taken)
    told: dict[str, Any] = {"page with text layer, seconds": round(ours, 2)}
    told["its PDF, bytes"] = size
    if not peer:
        return told
    program = os.environ.get("OCRMYPDF") or shutil.which("ocrmypdf")
    if not program:
        told["OCRmyPDF"] = "skipped: not installed (pip install ocrmypdf, apt install ghostscript)"
        return told
    with TemporaryDirectory() as folder:
        began, cpu = time.perf_counter(), _children()
        failure, text_cer = _peer(program, Path(folder), jpeg, printed.text)
        if failure:
            told["OCRmyPDF"] = f"skipped: {failure}"
            return told
        theirs = time.perf_counter() - began
        told["OCRmyPDF, the same page, seconds"] = round(theirs, 2)
        told["OCRmyPDF, seconds of the processor"] = round(_children() - cpu, 2)
        told["OCRmyPDF, character error"] = text_cer
        told["ours / OCRmyPDF"] = round(ours / theirs, 2)
    return told


def _peer(program: str, folder: Path, jpeg: bytes, truth: str) -> tuple[str, float]:
    """(why it could not, character error of its text)."""
    page, out, read = folder / "page.jpg", folder / "page.pdf", folder / "page.txt"
    page.write_bytes(jpeg)
    command = [program, "--quiet", "-l", "vie", "--jobs", "1", "--image-dpi", str(pages.DPI)]
    command += ["--output-type", "pdfa-2", "--sidecar", str(read), str(page), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return f"exit status {done.returncode}, {last}", 0.0
    edits, length = errors.edits(truth, read.read_text(encoding="utf-8"))
    return "", round(edits / length, 4)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
