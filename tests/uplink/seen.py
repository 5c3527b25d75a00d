"""The other side, from scratch: a subscriber who has read docs/mqtt.md and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.uplink.conftest import UP, Heard

Order = tuple[int, int]


class Seen:
    """One kiosk, folded out of its messages."""

    def __init__(self) -> None:
        self.online: bool | None = None
        self.facts: dict[str, dict[str, Any]] = {}
        """Id → message, of `event/…`, in the order of arrival."""
        self.repeats = 0
        self.stands: dict[str, dict[str, Any]] = {}
        """Topic → what stands on it."""
        self.alarms: dict[str, dict[str, Any]] = {}
        self.told: dict[str, list[str]] = {}
        """Topic of an alarm → the states it went through."""
        self._orders: dict[str, Order] = {}
        self._birth: tuple[int, int] | None = None
        self.disorder: list[str] = []
        self._first: dict[str, bytes] = {}

    def fold(self, messages: Iterable[Heard]) -> Seen:
        """Leaves out what is no JSON: the sealed, and requests for certificates."""
        for one in messages:
            name = one.topic.removeprefix(UP)
            if one.topic.startswith(UP) and not name.startswith(("sealed/", "csr")):
                self._one(name, one)
        return self

    def _one(self, name: str, heard: Heard) -> None:
        if not heard.body:
            self.alarms.pop(name, None)
            self.told.setdefault(name, []).append("")
            return
        message = heard.json
        order = (message["boot"], message["seq"])
        if name.startswith(("event/", "alarm/")):
            before = self._first.get(message["id"])
            if before is not None:
                self.repeats += 1
                if self._data(before) != self._data(heard.body):
                    self.disorder.append(f"{name}: a repeat that differs")
                return
            self._first[message["id"]] = heard.body
            if order <= self._orders.get("facts", (0, 0)):
                self.disorder.append(f"{name}: {order} after {self._orders['facts']}")
            self._orders["facts"] = order
        if name.startswith("event/"):
            self.facts[message["id"]] = message | {"topic": name}
        elif name.startswith("alarm/"):
            self.told.setdefault(name, []).append(message["data"]["state"])
            self.alarms[name] = message["data"]
        elif name == "presence":
            self._presence(message["data"], message["boot"])
        elif order > self._orders.get(name, (0, 0)):
            self._orders[name] = order
            self.stands[name] = message["data"]

    def _presence(self, data: dict[str, Any], boot: int) -> None:
        if data["online"]:
            self._birth = max(self._birth or (0, 0), (boot, data["conn"]))
            self.online = True
        elif self._birth is None or (boot, data["conn"]) == self._birth:
            self.online = False

    @staticmethod
    def _data(body: bytes) -> bytes:
        """After a start of the kiosk the envelope is another; the fact is the same."""
        return body[body.index(b'"data":') :]
