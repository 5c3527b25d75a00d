"""The state diagram, from the transitions that the exploration found: never drawn by hand.

Graphviz source (and SVG where `dot` is installed), one cluster a file of the flow, an edge for each
way from one screen to another with the event that takes it.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable

from daemon.machine import house
from daemon.machine.events import AnyEvent, Elapsed, Pressed
from daemon.machine.explore import SMALL, Exploration
from daemon.machine.flows import FLOWS

Edge = tuple[str, str, str]
"""From scene, to scene, what takes it there."""


def edges() -> list[Edge]:
    """The ways between screens with one page and nothing broken, each once.

    Left out, since they lead from everywhere to one place: home, the idle limit, and the reminder
    of papers left behind, which any end of a visit may pass through.
    """
    search = Exploration(SMALL, "diagram")
    search.run()
    found: set[Edge] = set()
    for before, then, event in search.taken:
        if isinstance(event, Elapsed) and event.token.startswith("idle"):
            continue
        if before is not then and then is not house.Left and event != Pressed("home"):
            found.add((before.__name__, then.__name__, label(event)))
    return sorted(found)


def label(event: AnyEvent) -> str:
    """What stands on an arrow."""
    match event:
        case Pressed(action):
            return action
        case Elapsed(token):
            return f"⧗ {token}"
    verdict = getattr(event, "verdict", "") or getattr(event, "quality", "")
    return type(event).__name__ + (f" {verdict}" if verdict else "")


def dot(ways: Iterable[Edge]) -> str:
    """The diagram in Graphviz' language."""
    clusters: dict[str, list[str]] = collections.defaultdict(list)
    for scene, flow in FLOWS.items():
        clusters[getattr(flow, "__name__", "").rpartition(".")[2]].append(scene.__name__)
    lines = [
        "digraph kiosk {",
        '  graph [newrank=true, rankdir=TB, fontname="Noto Sans", nodesep=0.3, ranksep=0.9];',
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Noto Sans"];',
        '  edge [fontname="Noto Sans", fontsize=9, color="#4A5568"];',
    ]
    for name, scenes in clusters.items():
        lines.append(f'  subgraph "cluster_{name}" {{ label="{name}"; style=filled; ')
        lines.append('    color="#EEF2F7"; ' + " ".join(f'"{scene}";' for scene in scenes) + " }")
    together: dict[tuple[str, str], list[str]] = collections.defaultdict(list)
    for before, then, why in ways:
        together[before, then].append(why)
    for (before, then), whys in together.items():
        words = "\\n".join(whys)
        lines.append(f'  "{before}" -> "{then}" [label="{words}"];')
    return "\n".join([*lines, "}", ""])
