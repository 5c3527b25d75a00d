from __future__ import annotations

from collections.abc import Iterator

import pytest

from daemon.desk import issue


@pytest.fixture(autouse=True, scope="session")
def quick_files() -> Iterator[None]:
    """The file that carries a key to an officer's PC is not what is tried here."""
    before, issue.ROUNDS = issue.ROUNDS, 2000
    yield
    issue.ROUNDS = before
