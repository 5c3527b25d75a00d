"""What all families of commands share: their type, their grammar, their words."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from daemon.console.inside import Code, ConsoleError
from daemon.console.pace import Pace
from daemon.console.wire import Role, Value


class Asking(Protocol):
    """What a command needs of the connection."""

    def ask(self, verb: str, kind: type[Any], **args: Value) -> Any: ...

    def talk(
        self,
        verb: str,
        kind: type[Any],
        keep: Path | None = None,
        pace: Pace | None = None,
        **args: Value,
    ) -> Any: ...


class Result(msgspec.Struct, frozen=True):
    """What a command found: data for machines, lines for people."""

    data: Any
    lines: list[str]
    code: Code = Code.OK


class Command(msgspec.Struct, frozen=True):
    """One command."""

    name: str
    usage: str
    help: str
    role: Role
    run: Callable[[Asking, Sequence[str]], Result]
    more: str = ""
    """A longer usage, for completion, where the short one leaves names out."""

    @property
    def completes(self) -> str:
        """Its small words are what may follow the command."""
        return self.more or self.usage


def one_of(word: str, choices: Sequence[str]) -> str | None:
    """The choice that begins so, if there is exactly one, or that is so."""
    named = [choice for choice in choices if choice.startswith(word)]
    if word in named:
        return word
    return named[0] if word and len(named) == 1 else None


def chosen(words: Sequence[str], choices: Sequence[str], usage: str) -> tuple[str, list[str]]:
    """The first word as one of the choices, and what follows it.  Raises ConsoleError."""
    verb = one_of(words[0], choices) if words else None
    if verb is None:
        raise ConsoleError(Code.USAGE, usage)
    return verb, list(words[1:])


def options(
    words: Sequence[str], usage: str, known: Mapping[str, str | bool], most: int = 0
) -> tuple[list[str], dict[str, Any]]:
    """Plain words (at most so many) and `--name VALUE`, or `--name` where the default is a bool.

    Raises ConsoleError.
    """
    plain: list[str] = []
    found: dict[str, Any] = dict(known)
    left = list(words)
    while left:
        word = left.pop(0)
        if not word.startswith("-") or word == "-":
            plain.append(word)
            continue
        name = one_of(word, tuple(known))
        if name is None or (not isinstance(known[name], bool) and not left):
            raise ConsoleError(Code.USAGE, usage)
        found[name] = True if isinstance(known[name], bool) else left.pop(0)
    if len(plain) > most:
        raise ConsoleError(Code.USAGE, usage)
    return plain, found


def duration(text: str) -> float:
    """Seconds of `90s`, `30m`, `2h`.  Raises ConsoleError."""
    found = re.fullmatch(r"(\d{1,5})([smhd])", text)
    if found is None:
        raise ConsoleError(Code.USAGE, f"{text!r} is no duration; 30m or 2h is right")
    return int(found[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def whole(text: str, what: str) -> int:
    """A number of at most six figures.  Raises ConsoleError."""
    if not re.fullmatch(r"\d{1,6}", text):
        raise ConsoleError(Code.USAGE, f"{what}: {text!r} is no number; 500 is right")
    return int(text)


def new_file(name: str) -> Path:
    """A file that is to be made; refused before anything begins where that cannot be.

    Raises ConsoleError.
    """
    path = Path(name)
    if path.exists() or not os.access(path.parent, os.W_OK | os.X_OK):
        raise ConsoleError(Code.USAGE, f"{name}: name a new file in a folder that you may write to")
    return path


def nothing(words: Sequence[str], usage: str) -> None:
    """Raises ConsoleError where anything follows."""
    if words:
        raise ConsoleError(Code.USAGE, f"{usage}: nothing comes after it, read {words[0]!r}")
