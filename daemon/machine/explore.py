"""All paths of the machine, within bounds: breadth first over states, with what must never happen.

The bounds are those of the design: two pages, two copies, three retries, two papers.  A node is a
state with a *ghost*: what an observer would remember (money, authorisation, seals, running timers).
Preferences are left out here, since they multiply states without meaning; that they change nothing
but themselves is a separate proof (`tests/machine`).
"""

from __future__ import annotations

import collections
import gc
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import msgspec

from daemon.machine import house as home
from daemon.machine.consequences import IDLE, IDLE_END
from daemon.machine.copy import scenes
from daemon.machine.events import (
    AnyEvent,
    BedChanged,
    CardRead,
    CopyFound,
    DeviceBack,
    DeviceLost,
    Elapsed,
    Maintenance,
    Pressed,
    SecretFound,
    TrayChanged,
)
from daemon.machine.flows import FLOWS
from daemon.machine.observer import (
    BrokenError,
    Ghost,
    check_timers,
    check_visit,
    observe,
)
from daemon.machine.state import Scene, State
from daemon.machine.step import start, step
from daemon.machine.values import House, KindRule, Part
from daemon.machine.view import view
from daemon.machine.views import View, actions

BOUNDS = House(
    kinds={
        "one": KindRule("one"),
        "two": KindRule("two", sides=2),
        "no": KindRule("no", policy="no"),
        "foreign": KindRule("foreign", foreign=True),
        "nothing": KindRule("nothing", refusal="not_a_paper"),
    },
    picks=("one", "two", "no"),
    max_copies=2,
    max_pages=2,
    max_papers=2,
    tries=3,
    services=("justice",),
    rating_reasons=("wait", "staff"),
    dossier_status=True,
    dossiers=False,
    ward="W",
    bank="Kho bạc Nhà nước TP.HCM",
    payee="UBND phường Bình Lợi Trung",
    mail=True,
    link=True,
)
"""The house that is explored."""

PREFERENCES = frozenset({"language", "size", "contrast", "speech", "low"})


class WrongError(AssertionError):
    """Something that must never happen did; the text holds the path that leads there."""


class Node(msgspec.Struct, frozen=True):
    """A state with its history's sum."""

    state: State
    ghost: Ghost


class Report(msgspec.Struct, frozen=True):
    """What was explored; every count is of this run."""

    name: str
    states: int
    nodes: int
    transitions: int
    ignored: int
    """Events that meant nothing where they came, and changed nothing."""
    scenes: int
    deepest: int
    """Events on the shortest path to the farthest state."""
    alone: int
    """States from which the kiosk finds back to its first screen by time and the taking away of
    papers alone, nobody touching anything: must be all of them."""


class Exploration:
    """One search.

    `lost` = the parts that may fail and come back.  `wild` = help at any moment, maintenance at any
    moment, sheets in the tray that nobody printed; it multiplies the states, so it is searched with
    one page and one copy.
    """

    def __init__(
        self, house: House, name: str, lost: tuple[Part, ...] = (), wild: bool = False
    ) -> None:
        self.house = house
        self.name = name
        self.lost = lost
        self.wild = wild
        self.parents: dict[Node, tuple[Node, AnyEvent] | None] = {}
        self.depth: dict[Node, int] = {}
        self.back: dict[Node, list[Node]] = collections.defaultdict(list)
        """For each node the nodes that reach it by time or the taking away of papers."""
        self.taken: set[tuple[type[Scene], type[Scene], AnyEvent]] = set()
        """Screen, next screen, event: what the diagram is drawn from."""
        self.transitions = self.ignored = 0

    def run(self) -> Report:
        """Raises WrongError with the path where a rule is broken."""
        first = Node(start(self.house), Ghost())
        self.parents[first] = None
        self.depth[first] = 0
        queue = collections.deque([first])
        while queue:
            node = queue.popleft()
            shown = self._drawable(node)
            for event in self._events(node, shown):
                after = self._edge(node, event)
                if after is not None and after not in self.parents:
                    self.parents[after] = (node, event)
                    self.depth[after] = self.depth[node] + 1
                    queue.append(after)
        alone = self._left_alone()
        states = {node.state for node in self.parents}
        return Report(
            self.name,
            len(states),
            len(self.parents),
            self.transitions,
            self.ignored,
            len({type(state.scene) for state in states}),
            max(self.depth.values()),
            alone,
        )

    # -- the alphabet ----------------------------------------------------------------------

    def _events(self, node: Node, shown: View) -> Iterator[AnyEvent]:
        for choice in actions(shown):
            if choice.action in PREFERENCES:
                continue
            if not self.wild and choice.action in ("help", "officer"):
                continue
            yield Pressed(choice.action, choice.value)
        yield from FLOWS[type(node.state.scene)].alphabet(node.state.scene)
        world = node.state.world
        yield BedChanged(not world.bed)
        if self.wild or world.tray or isinstance(node.state.scene, scenes.Printing):
            yield TrayChanged(not world.tray)
        if self.wild:
            yield CardRead("other")
            yield Maintenance(not world.maintenance, "")
        job = getattr(node.state.scene, "job", None)
        if job is not None and job.all_pages and not node.ghost.accepted:
            yield CopyFound(job.all_pages[-1])
            yield SecretFound(job.all_pages[-1])
        for token in node.ghost.armed | {IDLE, IDLE_END}:
            yield Elapsed(token)
        if len(world.lost) < 1:
            for part in self.lost:
                yield DeviceLost(part)
        for part in world.lost:
            yield DeviceBack(part)

    # -- the rules -------------------------------------------------------------------------

    def _edge(self, node: Node, event: AnyEvent) -> Node | None:
        self.transitions += 1
        try:
            done = step(node.state, event, self.house)
        except Exception as error:
            raise self._wrong(node, event, f"raised {error!r}") from error
        if not done.expected:
            self.ignored += 1
            if done.state != node.state or done.effects:
                raise self._wrong(node, event, "an ignored event changed something")
            return None
        try:
            after = Node(done.state, observe(node.ghost, event, done))
            check_visit(node.state, done)
            check_timers(after.ghost, done.state)
        except BrokenError as error:
            raise self._wrong(node, event, str(error)) from None
        if after.state.scene is not node.state.scene and not after.state.overlay:
            self.taken.add((type(node.state.scene), type(after.state.scene), event))
        if self._by_itself(node, event):
            self.back[after].append(node)
        return after

    def _by_itself(self, node: Node, event: AnyEvent) -> bool:
        """Does this happen without anybody's touch: time, or papers that are taken away?"""
        match event:
            case Elapsed(token):
                return token in node.ghost.armed
            case BedChanged(False) | TrayChanged(False):
                return True
        return False

    def _drawable(self, node: Node) -> View:
        try:
            shown = view(node.state, self.house)
        except Exception as error:
            raise self._wrong(node, None, f"cannot be drawn: {error!r}") from error
        if shown.name == "nothing":
            raise self._wrong(node, None, "has no screen")
        if not actions(shown):
            raise self._wrong(node, None, "has nothing to press")
        return shown

    # -- the way home ----------------------------------------------------------------------

    def _left_alone(self) -> int:
        """Counts the nodes that lead to the first screen by themselves; raises for one that does
        not.
        """
        goals = [
            node
            for node in self.parents
            if isinstance(node.state.scene, home.Attract | home.OutOfService)
        ]
        seen = set(goals)
        queue = collections.deque(goals)
        while queue:
            for before in self.back[queue.popleft()]:
                if before not in seen:
                    seen.add(before)
                    queue.append(before)
        for node in self.parents:
            if node not in seen:
                raise self._wrong(node, None, "does not find home by itself")
        return len(seen)

    def _wrong(self, node: Node, event: AnyEvent | None, what: str) -> WrongError:
        path: list[str] = [] if event is None else [f"  {_said(event)}   ← {what}"]
        at: Node | None = node
        while at is not None:
            parent = self.parents.get(at)
            scene = type(at.state.scene).__name__
            overlay = f" + {at.state.overlay}" if at.state.overlay else ""
            path.append(
                f"  {_said(parent[1]) if parent else 'start'} → {scene}{overlay}"
                + ("" if event is not None or at is not node else f"   ← {what}")
            )
            at = parent[0] if parent else None
        return WrongError("\n".join([what, *reversed(path)]))


def _said(event: AnyEvent) -> str:
    return repr(event)


SMALL = msgspec.structs.replace(BOUNDS, max_pages=1, max_copies=1, max_papers=1, tries=2)
"""The house where other dimensions are searched."""

DOSSIER = msgspec.structs.replace(SMALL, dossiers=True, services=(), tries=1)
"""The house where dossiers are put together, whose papers multiply everything else."""

PARTS: tuple[Part, ...] = ("page_printer", "bed", "tray", "certifier", "camera", "delivery")
"""The parts whose loss changes the way of a visit.  The camera stands for all that the home menu
needs before it offers a service: one rule handles them."""

SEARCHES: dict[str, tuple[House, tuple[Part, ...], bool]] = {
    "2 pages, 2 papers, 2 copies, 3 tries": (BOUNDS, (), False),
    "a dossier of two papers": (DOSSIER, (), False),
    "help, maintenance and stray sheets at any moment": (SMALL, (), True),
    **{f"{part} fails and returns at any moment": (SMALL, (part,), False) for part in PARTS},
}


def search(name: str) -> Report:
    """One exploration.  Raises WrongError."""
    house, lost, wild = SEARCHES[name]
    # Millions of small values, none of them in a cycle: the collector would only walk them again.
    gc.disable()
    try:
        return Exploration(house, name, lost, wild).run()
    finally:
        gc.enable()


def explore() -> Iterator[Report]:
    """All explorations, in parallel, one report each.  Raises WrongError."""
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(search, SEARCHES)
