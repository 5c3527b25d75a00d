from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.visits.visit import Visitor, running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visitor]:
    """One kiosk for all tests of a module, each of which leaves it as it found it."""
    async with running(tmp_path_factory.mktemp("kiosk")) as visitor:
        await visitor.ready()
        yield visitor
