"""The print engine behind a real `ippeveprinter`: feeds sheets, runs out of paper, jams.

Run by ippeveprinter for each job: `sheet_printer.py FOLDER DOCUMENT`.  Files in FOLDER are what
people do to it (tests.drivers.eveprinter writes them); `sheets` gets one line for each sheet that
came out: the number of the page on it.  What it has to say goes to stderr, in the words of
ippeveprinter(1).
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pypdfium2

from drivers.ipp_client import IppClient, IppError
from drivers.ipp_message import keywords

FAULTS = {"empty": "media-empty-error,media-needed-error", "jam": "media-jam", "door": "cover-open"}


class Engine:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""
        self.client = IppClient(os.environ["IPP_JOB_PRINTER_URI"], "engine", 5)
        self.job = int(os.environ["IPP_JOB_ID"])

    def fault(self) -> str:
        if int((self.folder / "paper").read_text()) == 0:
            return "empty"
        return next((name for name in ("jam", "door") if (self.folder / name).exists()), "")

    def say(self, fault: str) -> None:
        if fault != self.said:
            if self.said:
                print(f"STATE: -{FAULTS[self.said]}", file=sys.stderr, flush=True)
            if fault:
                print(f"STATE: +{FAULTS[fault]}", file=sys.stderr, flush=True)
            self.said = fault

    def cancelled(self) -> bool:
        try:
            job = self.client.job(self.job)
        except IppError:
            return False
        return "processing-to-stop-point" in keywords(job, "job-state-reasons")

    def feed(self, page: int, number: int) -> bool:
        """One sheet; False when the job ends instead."""
        while True:
            while fault := self.fault():
                self.say(fault)
                if self.cancelled():
                    self.say("")
                    return False
                time.sleep(0.02)
            self.say("")
            if self.cancelled():
                return False
            time.sleep(float((self.folder / "seconds").read_text()))
            if (self.folder / "jam_next").exists():
                (self.folder / "jam_next").rename(self.folder / "jam")
                continue
            break
        with (self.folder / "sheets").open("a") as sheets:
            sheets.write(f"{page}\n")
        left = int((self.folder / "paper").read_text()) - 1
        write(self.folder / "paper", str(left))
        print(f"ATTR: job-impressions-completed={number}", file=sys.stderr, flush=True)
        return True


def write(path: Path, text: str) -> None:
    """In one piece, for who reads it meanwhile."""
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(text)
    new.replace(path)


def drop(folder: Path, number: int) -> bool:
    """Whether the printer gives this job up after so many sheets."""
    path = folder / "drop"
    numbers = path.read_text().split() if path.exists() else []
    if numbers[:1] != [str(number)]:
        return False
    path.write_text(" ".join(numbers[1:]))
    return True


def main(folder: Path, path: str) -> int:
    engine = Engine(folder)
    if drop(folder, 0):
        return 1
    with pypdfium2.PdfDocument(path) as document:
        for number, page in enumerate(document, 1):
            picture = page.render(scale=0.1).to_pil().convert("L")
            grey = picture.getpixel((picture.width // 2, picture.height // 2))
            if not engine.feed(round(grey / 25.5), number):
                return 0
            if drop(folder, number):
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
