"""Finds in the sources what the console says: each text with `{}` where a value comes in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "daemon"
ROOMS = (ROOT / "console", ROOT / "inside")
WHOLE = {"line", "live", "yes", "typed", "wrapped", "_say", "_yes", "_typed"}
"""Calls whose texts are shown."""


def sources() -> Iterator[Path]:
    for room in ROOMS:
        yield from sorted(room.rglob("*.py"))


def spoken() -> dict[str, str]:
    """Text → where it stands."""
    found: dict[str, str] = {}
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for text in _of(node):
                if any(letter.isalpha() for letter in text.replace("{}", "")):
                    found.setdefault(text, f"{path.relative_to(ROOT)}:{node.lineno}")  # type: ignore[attr-defined]
    return found


def _of(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in WHOLE:
        for argument in node.args:
            yield from _texts(argument)
    elif name == "ConsoleError" and len(node.args) == 2:
        yield from _texts(node.args[1])
    elif name == "Command" and len(node.args) > 2:
        yield from _texts(node.args[2])
    elif name == "Result" and len(node.args) > 1 and isinstance(node.args[1], ast.List):
        for one in node.args[1].elts:
            yield from _texts(one)
    elif name == "fact":
        yield from _texts(node.args[0])


def _texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
