"""Pages lead somewhere: each relative link has its file, each name on the tour its definition."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[\w-]+)?\)")
_NAMED = re.compile(r"\[`([\w.]+)`\]\(([^)]+\.py)\)")
Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def defined(path: Path) -> set[str]:
    """`function`, `Class`, `Class.method` and `CONSTANT` of a file."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, Defined):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, Defined)}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {one.id for one in targets if isinstance(one, ast.Name)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_has_its_file(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [one for one in links if not (page.parent / one).exists()] == []


def test_every_name_on_the_tour_is_defined_where_it_leads() -> None:
    named = _NAMED.findall((DOCS / "tour.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [(name, link) for name, link in named if name not in defined(DOCS / link)] == []


def test_the_tour_names_no_lines() -> None:
    """Lines move; names are found again."""
    assert not re.search(r"\.py[:#]L?\d", (DOCS / "tour.md").read_text(encoding="utf-8"))
