"""`python -m daemon.demo [--out DIR] [--window]`: the kiosk with simulated devices.

Without a display it plays a whole visit by itself and leaves in DIR (build/demo) the signed copy,
the printed sheets and the slip as pictures, a picture of each screen in order, the register's
export and a summary.  With `--window` it opens the kiosk's window and a bench panel.

Exit status: 0 = the visit succeeded and the copy verifies; 1 = not; 2 = wrong use.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import shutil
import sys
import time
from pathlib import Path

import msgspec

from daemon.config import Config, parse
from daemon.demo import results
from daemon.demo.photos import VIEW_MM, photos
from daemon.demo.visitor import LostWayError, Visitor
from daemon.wiring import App
from models.specimens import FontMissingError


class Summary(msgspec.Struct, frozen=True):
    """What the visit took."""

    start_s: float
    """From the start of the program to the first screen."""
    visit_s: float
    steps_s: dict[str, float]
    screens: tuple[str, ...]
    copies: tuple[str, ...]
    sheets: int
    slips: int
    genuine: bool
    chain: bool
    sign_ms: tuple[float, ...] = ()


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m daemon.demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/demo"), metavar="DIR")
    parser.add_argument("--window", action="store_true", help="a window and a bench panel")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if options.window:
        from daemon.demo.window import serve

        return asyncio.run(serve(options.out))
    return asyncio.run(_play(options.out))


def configuration(out: Path, **sections: object) -> Config:
    """Embedded defaults in a folder of their own, open at any hour."""
    return parse(
        {
            "paths": {"state": str(out / "state"), "runtime": str(out / "run")},
            "documents": {"view_mm": VIEW_MM},
            "queue": {"always_open": True},
            "page_printer": {"seconds_a_sheet": 0.5},
            **sections,
        }
    )


async def _play(out: Path) -> int:
    began = time.monotonic()
    _clear(out)
    drawing = asyncio.create_task(asyncio.to_thread(photos, out / "photos"))
    app = App(configuration(out))
    say(f"Starting the kiosk; what it makes goes to {out}/ …")
    await app.start()
    try:
        await asyncio.wait_for(app.drawn.wait(), 30)
        started = time.monotonic() - began
        await asyncio.gather(*(child.ready.wait() for child in app.children))
        visitor = Visitor(app, await drawing, out / "screens")
        visit = time.monotonic()
        steps: dict[str, float] = {}
        app.watchers.append(lambda event, before, step: steps.update(app.tally.sums().steps_s))
        try:
            await visitor.play()
        except LostWayError as error:
            say(f"The visit lost its way: {error}")
            return 1
        took = time.monotonic() - visit
        return await _tell(app, out, visitor, Summary(
            start_s=round(started, 2), visit_s=round(took, 1), steps_s=steps,
            screens=tuple(visitor.screens), copies=(), sheets=0, slips=0, genuine=False,
            chain=False,
        ))  # fmt: skip
    except FontMissingError as error:
        say(f"The papers of the demonstration cannot be drawn: {error}")
        return 1
    finally:
        await app.stop()


async def _tell(app: App, out: Path, visitor: Visitor, summary: Summary) -> int:
    copies = await results.copies(app, out)
    sheets, slips = results.paper(app, out)
    verdicts = [results.verify(app, path) for path in copies]
    results.export(app, out)
    genuine = bool(verdicts) and all(verdict.genuine for verdict in verdicts)
    summary = msgspec.structs.replace(
        summary,
        copies=tuple(str(path) for path in copies),
        sheets=len(sheets),
        slips=len(slips),
        genuine=genuine,
        chain=results.audit(app),
        sign_ms=app.copies.signed_ms if app.copies is not None else (),
    )
    (out / "summary.json").write_bytes(msgspec.json.format(msgspec.json.encode(summary)))
    say(
        f"{len(summary.screens)} screens in {out}/screens, {len(sheets)} sheets, {len(slips)} slips"
    )
    for name, seconds in summary.steps_s.items():
        say(f"  {name:<10} {seconds:6.1f} s")
    say(f"  {'visit':<10} {summary.visit_s:6.1f} s   (start {summary.start_s:.1f} s)")
    for path, verdict in zip(copies, verdicts, strict=True):
        say(f"{path}: {verdict.text.strip().splitlines()[0] if verdict.text else ''}")
    good = genuine and summary.chain and bool(sheets) and bool(slips)
    say("The copy verifies." if good else "The copy does NOT verify.")
    return 0 if good else 1


def _clear(out: Path) -> None:
    """A fresh kiosk each time; only the photographs stay."""
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():
        if path.name != "photos":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (out / "screens").mkdir()


def say(text: str) -> None:
    """One line for whoever started the demo."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
