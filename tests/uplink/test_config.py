"""Settings that cannot be right are named."""

from __future__ import annotations

from typing import Any

import pytest

from daemon.uplink import Uplink, UplinkConfig
from daemon.uplink.topics import above


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"port": 0}, "port: read 0, 1 to 65535 is right"),
        ({"keepalive": 1}, "keepalive: read 1"),
        ({"retry_least": 5.0, "retry_most": 1.0}, "retry_most: read 1.0, 5 to 3600"),
        ({"visit_delay_least": 9.0, "visit_delay_most": 1.0}, "visit_delay_most: read 1.0"),
        ({"key": "kiosk.key"}, "certificate: read ''"),
        ({"certificate": "kiosk.pem"}, "key: read ''"),
        ({"keep_reports": 1}, "keep_reports: read 1"),
    ],
)
def test_a_mistake_is_named(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError) as caught:
        UplinkConfig(**wrong)
    assert str(caught.value).startswith(said)


def test_the_defaults_are_right_and_quiet() -> None:
    assert UplinkConfig().broker == ""


@pytest.mark.parametrize("kiosk", ["", "kiosk", "26824-k1", "26824-k01/#", "2682-k01", "+"])
def test_a_kiosk_that_cannot_be_a_topic_is_refused(kiosk: str, store: Any) -> None:
    with pytest.raises(ValueError, match="26824-k01"):
        Uplink(UplinkConfig(), store, kiosk)


def test_topics_begin_with_ward_and_kiosk() -> None:
    assert above("26824-k01") == "wk/v1/26824/26824-k01/up/"
