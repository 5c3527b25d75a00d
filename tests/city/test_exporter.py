"""Rules and panels ask for what is told; the exporter itself, at a real broker that comes late."""

from __future__ import annotations

import json
import re
import shutil
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prometheus_client", reason="needs prometheus_client")

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from daemon.uplink.describe import example
from daemon.uplink.examples import EXAMPLES
from docs.monitoring.exporter import Kiosks, parsed, secured
from tests.city.conftest import promtool
from tests.city.test_fold import JAM, UP, told
from tests.uplink.conftest import Broker, free_port, until
from tests.uplink.papers import Authority

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "monitoring"


def scraped(text: str) -> dict[str, float]:
    """`name{label=value,…}` → value, as Prometheus reads it."""
    return {
        sample.name
        + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def metrics_of(kiosks: Kiosks) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(kiosks)
    return scraped(generate_latest(registry).decode())


def test_what_stands_is_told_under_stable_labels() -> None:
    kiosks = Kiosks()
    kiosks.take(UP + "presence", told(1, {"online": True, "conn": 1}))
    for name in ("state", "health", "consumables", "counters"):
        kiosks.take(UP + name, example(name, EXAMPLES[name]).encode())
    kiosks.take(UP + "alarm/jam/page_printer", told(1, JAM))
    kiosks.take(UP + "event/door.opened", told(1, {}))
    found = metrics_of(kiosks)
    who = " kiosk=26824-k01"
    assert found[f"wk_online{who} ward=26824"] == 1
    assert found[f"wk_device_ok device=page_printer{who} ward=26824"] == 0
    assert found[f"wk_consumable_percent item=paper{who} ward=26824"] == 22
    assert found[f"wk_counter_total{who} name=copies_ok ward=26824"] == 18204
    assert found[f"wk_host figure=cpu_c{who} ward=26824"] == 52
    alarm = f"wk_alarm code=jam instance=page_printer{who} severity=major ward=26824"
    assert found[alarm] == 1
    assert found[f"wk_facts_total{who} type=door.opened ward=26824"] == 1
    kiosks.take(UP + "presence", b"")
    assert not [name for name in metrics_of(kiosks) if who in name]


def test_a_message_that_is_none_breaks_no_scrape() -> None:
    kiosks = Kiosks()
    kiosks.take(UP + "presence", told(1, {"online": True, "conn": 1}))
    kiosks.take(UP + "consumables", told(1, {"items": [{"id": "paper", "pct": "much"}]}))
    kiosks.take(UP + "consumables", told(2, {"items": [{"id": "paper", "pct": 1}] * 2}))
    found = metrics_of(kiosks)
    assert found["wk_refused_messages_total reason=malformed"] == 1
    assert found["wk_consumable_percent item=paper kiosk=26824-k01 ward=26824"] == 1


@pytest.mark.parametrize("name", ["alerts.yaml", "dashboard.json"])
def test_every_metric_that_is_asked_for_is_told(name: str) -> None:
    asked = set(re.findall(r"\bwk_[a-z_]+", (FOLDER / name).read_text(encoding="utf-8")))
    told_of = {metric.name for metric in Kiosks().collect()}
    assert asked
    assert {one.removesuffix("_total") for one in asked} <= told_of


def expressions() -> Iterator[str]:
    for panel in json.loads((FOLDER / "dashboard.json").read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield target["expr"].replace("$ward", "26824")


def test_every_panel_asks_in_right_promql(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{n}", "expr": one} for n, one in enumerate(expressions())]
    assert len(rules) > 10
    file = tmp_path / "panels.yaml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = run([promtool(), "check", "rules", str(file)], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    file.write_text(file.read_text().replace("sum(", "sum((", 1))
    assert run([promtool(), "check", "rules", str(file)], tmp_path).returncode != 0


def test_rules_fire_when_they_should(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "alerts.yaml", tmp_path)
    shutil.copy(Path(__file__).with_name("alerts_test.yaml"), tmp_path)
    done = run([promtool(), "test", "rules", "alerts_test.yaml"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_rule_is_tested() -> None:
    rules = re.findall(r"alert: (\w+)", (FOLDER / "alerts.yaml").read_text("utf-8"))
    tested = Path(__file__).with_name("alerts_test.yaml").read_text("utf-8")
    assert [name for name in rules if f"alertname: {name}\n" not in tested] == []


def run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def exporter(broker: Broker) -> Iterator[str]:
    """Address of one that was started while its broker was not there."""
    port = free_port()
    words = ["--broker", "127.0.0.1", "--port", str(broker.port), "--listen", str(port)]
    process = subprocess.Popen([sys.executable, "-m", "docs.monitoring.exporter", *words], cwd=ROOT)
    yield f"http://127.0.0.1:{port}/metrics"
    process.kill()
    process.wait()


def test_it_starts_without_a_broker_and_finds_it_later(broker: Broker, exporter: str) -> None:
    def look() -> dict[str, float]:
        try:
            with urllib.request.urlopen(exporter, timeout=5) as answer:
                return scraped(answer.read().decode())
        except OSError:
            return {}

    assert until(look)["wk_broker_up"] == 0
    broker.start()
    until(lambda: look()["wk_broker_up"] == 1)
    online = "wk_online kiosk=26824-k01 ward=26824"

    def pub(*words: str) -> dict[str, float]:
        address = ["-V", "5", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1"]
        subprocess.run(["mosquitto_pub", *address, *words], check=True)
        return look()

    birth: Any = told(1, {"online": True, "conn": 1}).decode()
    until(lambda: online in pub("-r", "-t", UP + "presence", "-m", birth))
    pub("-t", UP + "state", "-m", "{")
    until(lambda: look()["wk_refused_messages_total reason=malformed"] == 1)
    assert look()[online] == 1
    broker.kill()
    until(lambda: look()["wk_broker_up"] == 0)
    assert look()[online] == 1, "what stood stands; whether it is still so nobody knows"


def test_no_tls_below_1_3(tmp_path: Path) -> None:
    context = secured(str(Authority(tmp_path, "root").certificate_file), None, None)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_3
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname


def test_without_tls_only_the_loopback_is_dialled() -> None:
    assert parsed(["--broker", "localhost"]).ca is None
    with pytest.raises(SystemExit):
        parsed(["--broker", "broker.example"])
