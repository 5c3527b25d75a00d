"""Programs of the city's side: where they are missing, a test says so and skips."""

from __future__ import annotations

import shutil

import pytest

from tests.uplink.conftest import broker as broker


def promtool() -> str:
    """Prometheus' checker of rules."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("needs promtool of the Debian package prometheus")
    return found
