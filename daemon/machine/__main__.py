"""`python -m daemon.machine --draw | --explore | --replay JOURNAL`.

Exit status: 0 = done and proved; 1 = a rule is broken, or a replay went another way; 2 = usage.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from daemon.machine import draw
from daemon.machine.explore import Report, WrongError, explore
from daemon.machine.replay import Beginning, Recorded, read, replay

PROVED = """Proved for every state above:
  * left alone, the kiosk finds back to its first screen (time and the taking of papers suffice)
  * no event raises; an event that means nothing changes nothing
  * every screen can be drawn and has something to press
  * nothing of a visitor's is in a state outside a visit; each visit has one key, and ends
  * no visit ends forgetting a paper on the bed
  * money is asked for only after the certifier's yes, once, and only the amount that was shown
  * sealed is exactly what was accepted, once; printed only what was sealed, once more at most
  * whoever paid leaves with copies, or the ward has the request
  * no timer outlives its screen"""


def main(arguments: list[str] | None = None) -> int:
    """The entry point."""
    parser = argparse.ArgumentParser(prog="python -m daemon.machine", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--draw", action="store_true", help="the state diagram (Graphviz source)")
    what.add_argument("--explore", action="store_true", help="all paths within bounds")
    what.add_argument("--replay", metavar="JOURNAL", type=Path, help="repeat recorded visits")
    parser.add_argument("--out", type=Path, help="with --draw: an .svg or .dot file")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    options = parser.parse_args(arguments)
    if options.draw:
        return _draw(options.out)
    if options.explore:
        return _explore(options.json)
    return _replay(options.replay, options.json)


def _draw(out: Path | None) -> int:
    source = draw.dot(draw.edges())
    if out is None:
        print(source, end="")
    elif out.suffix == ".svg":
        try:
            subprocess.run(["dot", "-Tsvg", "-o", str(out)], input=source, text=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"no SVG: {error}; Debian's package graphviz has `dot`", file=sys.stderr)
            return 1
    else:
        out.write_text(source, encoding="utf-8")
    return 0


def _explore(as_json: bool) -> int:
    began = time.monotonic()
    reports: list[Report] = []
    try:
        for report in explore():
            reports.append(report)
            if not as_json:
                print(
                    f"{report.name}: {report.states} states of {report.scenes} screens, "
                    f"{report.transitions} transitions, depth {report.deepest}, "
                    f"{report.alone} of {report.nodes} find home alone",
                    flush=True,
                )
    except WrongError as error:
        print(error, file=sys.stderr)
        return 1
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        print(msgspec.json.encode({"seconds": seconds, "searches": reports}).decode())
    else:
        total = sum(report.transitions for report in reports)
        print(f"{total} transitions in {seconds} s\n{PROVED}")
    return 0


def _replay(path: Path, as_json: bool) -> int:
    try:
        lines = list(read(path.read_bytes()))
    except (OSError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    runs: list[tuple[Beginning, list[Recorded]]] = []
    for line in lines:
        if isinstance(line, Beginning):
            runs.append((line, []))
        elif not runs:
            print(f"{path}: it does not begin with the constants of a start", file=sys.stderr)
            return 2
        else:
            runs[-1][1].append(line)
    wrong = 0
    for number, (beginning, record) in enumerate(runs, 1):
        state, differences = replay(beginning.house, record)
        wrong += len(differences)
        result = {
            "start": number,
            "transitions": len(record),
            "last": type(state.scene).__name__,
            "differences": msgspec.to_builtins(differences),
        }
        print(msgspec.json.encode(result).decode() if as_json else _sentence(result))
    return 1 if wrong else 0


def _sentence(result: dict[str, object]) -> str:
    text = "start {start}: {transitions} transitions, ends at {last}".format(**result)
    return text + "".join(f"\n  differs: {one}" for one in result["differences"])  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
