"""A page to be looked at: from the vault to the screen, and nothing where it was erased."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daemon.hands.papers import Papers
from daemon.machine import effects as fx
from daemon.store import Vault


class Visit:
    """The part of a visit that is needed: its vault."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class Visits:
    def __init__(self, visit: Visit) -> None:
        self.now = visit


class Screen:
    def __init__(self) -> None:
        self.enlarged: list[tuple[str, bytes]] = []

    def enlarge(self, page: str, jpeg: bytes) -> None:
        self.enlarged.append((page, jpeg))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "visit")
    made.begin()
    made.put("page-1", b"the page itself")
    return made


async def test_the_page_goes_to_the_screen(vault: Vault) -> None:
    anything: Any = None
    screen: Any = Screen()
    visits: Any = Visits(Visit(vault))
    papers = Papers(anything, anything, screen, visits, {}, anything)
    await papers.enlarge(fx.EnlargePage("page-1"), anything)
    await papers.enlarge(fx.EnlargePage("page-2"), anything)
    assert screen.enlarged == [("page-1", b"the page itself")]
