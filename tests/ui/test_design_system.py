"""No colour and no size stands outside `theme.py`: read from the syntax trees of the screen.

Proportions of what the theme gives (`draft.mm(SIZES.icon) * 1.2`, `rect.h / 2`) are no sizes.  The
vector drawings have coordinates of their own, in units of their field; their colours are tokens.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ui_kivy

ROOT = Path(ui_kivy.__file__).parent
THEME = ROOT / "theme.py"
DRAWINGS = ("brush.py", "drawings.py", "people.py", "icons.py", "strokes.py")
UNITS = {ROOT / "widgets" / name for name in DRAWINGS}
"""Drawings: numbers are coordinates of the unit field."""
NOT_SCREENS = {ROOT / "bench.py", ROOT / "gallery.py"}
"""The panel of the bench is none of a kiosk's screens; a made-up paper has a paper's colours."""
HEX = re.compile(r"#[0-9A-Fa-f]{3,8}")
SIZED = {"mm", "px", "fixed"}
KEYWORDS = {"radius", "width", "font_size", "size", "edge_width"}


def files() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if path != THEME)


def literals(path: Path, source: str) -> Iterator[str]:
    """Each literal colour or size, with its line."""
    for node in ast.walk(ast.parse(source)):
        for what in _found(path, node):
            yield f"{path.name}:{getattr(node, 'lineno', 0)}: {what}"


def _found(path: Path, node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if path not in NOT_SCREENS and HEX.fullmatch(text):
            yield f"colour {text}"
    if path in UNITS or path in NOT_SCREENS:
        return
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=args) if name in SIZED:
            if any(_bare(one) for one in args):
                yield f"{name}() of a number"
        case ast.Call(func=ast.Name(id="Color"), args=args) if any(_bare(one) for one in args):
            yield "Color() of numbers"
        case ast.Assign(targets=[ast.Attribute(attr="rgba")], value=value) if _bare(value):
            yield "rgba of numbers"
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            if any(_of_theme(one) for one in elements) and any(_bare(one) for one in elements):
                yield "numbers among sizes of the theme"
    match node:
        case ast.Call(keywords=keywords):
            for one in keywords:
                if one.arg in KEYWORDS and _bare(one.value) and not _zero(one.value):
                    yield f"{one.arg}= of a number"


def _bare(node: ast.AST) -> bool:
    """Is this a number by itself, not a share of something?"""
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float) and not isinstance(value, bool)
        case ast.UnaryOp(operand=operand):
            return _bare(operand)
        case ast.IfExp(body=body, orelse=orelse):
            return _bare(body) or _bare(orelse)
        case ast.BinOp(left=left, right=right, op=op):
            if isinstance(op, ast.Add | ast.Sub):
                return _bare(left) or _bare(right)
            return _bare(left) and _bare(right)
        case ast.Tuple(elts=elements):
            return bool(elements) and all(_bare(one) for one in elements)
    return False


def _zero(node: ast.AST) -> bool:
    if isinstance(node, ast.Tuple):
        return all(_zero(one) for one in node.elts)
    return isinstance(node, ast.Constant) and node.value == 0


def _of_theme(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and ast.unparse(node).startswith("SIZES.")


def test_no_literal_colour_or_size() -> None:
    found = [fault for path in files() for fault in literals(path, path.read_text("utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "draft.mm(12.0)",
        "draft.px(SIZES.body + 2)",
        "draft.mm(3 if large else SIZES.pad)",
        "pen.box(rect, radius=4)",
        "SmoothLine(points=[], width=2.5)",
        "Color(1, 1, 1, 1)",
        "edge.rgba = (0, 0, 0, 0.5)",
        "tone = '#39D353'",
        "LABELS = (SIZES.lead, 13.0)",
    ],
)
def test_a_literal_is_found(source: str) -> None:
    assert list(literals(ROOT / "screens" / "some.py", source))


@pytest.mark.parametrize(
    "source", ["draft.mm(SIZES.icon * 1.2)", "rect.inset(rect.w * 0.2)", "pen.box(rect, radius=0)"]
)
def test_a_proportion_is_no_size(source: str) -> None:
    assert not list(literals(ROOT / "screens" / "some.py", source))


def test_every_size_and_token_is_used() -> None:
    """A name of the theme that nothing takes is a design that nobody sees."""
    from ui_kivy.theme import Palette, Sizes

    text = "\n".join(path.read_text("utf-8") for path in [*files(), THEME])
    unused = [name for name in Sizes.__dataclass_fields__ if f"SIZES.{name}" not in text]
    unused += [name for name in Palette.__dataclass_fields__ if text.count(f'"{name}"') < 2]
    assert not unused
