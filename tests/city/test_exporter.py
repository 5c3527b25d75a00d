"""The exporter folds what a receiver must fold; rules and panels ask for what it tells."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prometheus_client", reason="needs prometheus_client")

from docs.monitoring.exporter import Kiosks

UP = "wk/v1/26824/26824-k01/up/"
FOLDER = Path(__file__).parents[2] / "docs" / "monitoring"


def told(seq: int, data: dict[str, Any], ident: str = "") -> bytes:
    return json.dumps({"id": ident or str(seq), "boot": 1, "seq": seq, "data": data}).encode()


def values(kiosks: Kiosks) -> dict[str, float]:
    samples = [sample for metric in kiosks.collect() for sample in metric.samples]
    return {sample.name: sample.value for sample in samples}


def test_repeats_old_states_and_overtaking_wills_change_nothing() -> None:
    kiosks = Kiosks()
    kiosks.take(UP + "presence", told(3, {"online": True, "conn": 2}))
    kiosks.take(UP + "presence", told(2, {"online": False, "conn": 1}))
    for _ in range(3):
        kiosks.take(UP + "event/door.opened", told(1, {"open": True}, "one"))
    kiosks.take(UP + "state", told(9, {"mode": "in_service"}))
    kiosks.take(UP + "state", told(8, {"mode": "maintenance"}))
    kiosks.take(UP + "state", b"{")
    kiosks.take(UP + "consumables", told(1, {"items": [{"id": "paper", "pct": 22}]}))
    kiosks.take(UP + "alarm/jam/a", told(1, {"code": "jam", "state": "raised"}))
    assert values(kiosks) == {
        "wk_online": 1,
        "wk_in_service": 1,
        "wk_alarm": 1,
        "wk_consumable_percent": 22,
        "wk_facts_total": 1,
        "wk_unread_total": 1,
    }
    kiosks.take(UP + "presence", told(4, {"online": False, "conn": 2}))
    kiosks.take(UP + "alarm/jam/a", b"")
    assert values(kiosks)["wk_online"] == 0
    assert "wk_alarm" not in values(kiosks)


@pytest.mark.parametrize("name", ["alerts.yaml", "dashboard.json"])
def test_every_metric_that_is_asked_for_is_told(name: str) -> None:
    asked = set(re.findall(r"\bwk_[a-z_]+", (FOLDER / name).read_text(encoding="utf-8")))
    told_of = {metric.name for metric in Kiosks().collect()}
    assert asked
    assert {one.removesuffix("_total") for one in asked} <= told_of


def test_rules_fire_when_they_should(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool of the Debian package prometheus")
    shutil.copy(FOLDER / "alerts.yaml", tmp_path)
    shutil.copy(Path(__file__).with_name("alerts_test.yaml"), tmp_path)
    done = subprocess.run(
        [promtool, "test", "rules", "alerts_test.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
