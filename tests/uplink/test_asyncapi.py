"""docs/asyncapi.yaml: made from the types, right by the official parser, true of what is sent."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from daemon.store import Store
from daemon.uplink import DeviceHealth, Uplink, asyncapi
from daemon.uplink.describe import example
from daemon.uplink.examples import EXAMPLES
from daemon.uplink.measures import Consumables, Counters
from daemon.uplink.messages import UPWARD
from daemon.uplink.payloads import FACTS
from docs import apipage
from tests.register import chromium
from tests.uplink.conftest import KIOSK, Broker, config
from tests.uplink.test_uplink import depth, listening, soon

jsonschema = pytest.importorskip("jsonschema")

DOCS = Path(__file__).parents[2] / "docs"
WRITTEN = yaml.safe_load((DOCS / "asyncapi.yaml").read_text("utf-8"))


def validator(name: str) -> Any:
    """Of the messages of one channel, as the published document describes them."""
    payload = WRITTEN["components"]["messages"][name]["payload"]
    return jsonschema.Draft202012Validator(
        {"components": WRITTEN["components"], **payload}, format_checker=None
    )


def channel_of(topic: str) -> str:
    """Which channel of the document a topic is.  Only the document is asked."""
    for name, channel in WRITTEN["channels"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(channel["address"]))
        if re.fullmatch(pattern, topic):
            return str(name)
    raise AssertionError(f"no channel for {topic}")


def test_the_document_is_what_the_types_say() -> None:
    assert json.loads(json.dumps(asyncapi.document())) == WRITTEN, "run: ./dev docs"


def test_the_command_prints_it() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "daemon.uplink", "asyncapi"],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        cwd=DOCS.parent,
    )
    assert json.loads(done.stdout) == WRITTEN


@pytest.fixture(scope="module")
def tools() -> Path:
    """AsyncAPI's own parser and component, as they are pinned."""
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    try:
        return apipage.install(DOCS.parent / apipage.INSTALLED)
    except subprocess.CalledProcessError:
        pytest.skip("the npm registry is not reached")


@pytest.mark.long
def test_the_official_parser_takes_it(tools: Path, tmp_path: Path) -> None:
    def check(file: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["node", str(tools / "check.cjs"), str(file)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    done = check(DOCS / "asyncapi.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    broken = json.loads(json.dumps(WRITTEN))
    broken["operations"]["tell_state"]["action"] = "shout"
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    assert check(tmp_path / "broken.json").returncode == 1


@pytest.mark.long
def test_the_page_shows_every_channel_and_message(tools: Path, tmp_path: Path) -> None:
    """Drawn by a browser without a network."""
    program = chromium.program()
    if program is None:
        pytest.skip("needs the Debian package chromium")
    page = apipage.build(asyncapi.document(), tmp_path / "page", tools)
    done = subprocess.run(
        [
            *(program, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"),
            *("--virtual-time-budget=20000", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--proxy-server=127.0.0.1:9", page.as_uri()),
        ],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    shown = html.unescape(re.sub(r"<script.*?</script>|<[^>]+>", "", done.stdout, flags=re.DOTALL))
    for channel in WRITTEN["channels"].values():
        assert channel["address"] in shown
    for name in WRITTEN["components"]["messages"]:
        assert name in shown
    assert "Error" not in shown.partition("Operations")[0]


@pytest.mark.parametrize("sort", UPWARD, ids=lambda sort: sort.name)
def test_an_example_keeps_to_its_schema(sort: Any) -> None:
    topic = "wk/v1/26824/26824-k01/up/" + re.sub(r"\{\w+\}", "x", sort.name)
    check = validator(channel_of(topic))
    text = json.loads(example(sort.name, EXAMPLES[sort.name]))
    check.validate(text)
    check.validate(text | {"later": 1}), "a field of a later version"
    for broken in (text | {"seq": "1"}, text | {"data": 7}, {"data": text["data"]}):
        assert not check.is_valid(broken)


async def test_every_message_of_a_run_keeps_to_the_document(broker: Broker, store: Store) -> None:
    """All that `mosquitto_sub` heard, held against the published file alone."""
    ear = listening(broker)
    uplink = Uplink(config(broker.port), store, KIOSK)
    uplink.describe("0.1.0", ("camera",))
    uplink.state("in_service", False, {"ticket": True})
    uplink.device(DeviceHealth(id="camera", state="ok", fig={"sharp": 0.5}))
    for name in ("audit/console", "audit/register"):
        uplink.head(EXAMPLES[name])  # type: ignore[arg-type]
    levels, totals = EXAMPLES["consumables"], EXAMPLES["counters"]
    assert isinstance(levels, Consumables) and isinstance(totals, Counters)
    uplink.consumables(levels)
    uplink.counters(totals)
    uplink.reported(EXAMPLES["reported"])  # type: ignore[arg-type]
    await uplink.start()
    uplink.alarms.book.set("jam", "page_printer", True, "jam")
    await uplink.alarms.keep()
    uplink.alarms.book.set("jam", "page_printer", False)
    await uplink.alarms.keep()
    for name in FACTS:
        await uplink.event(EXAMPLES["event/" + name])
    await depth(store)
    await soon(lambda: len(ear.on("event/")) == len(FACTS) and len(ear.on("alarm/")) == 2)
    await soon(lambda: ear.on("state"))
    await uplink.stop()
    await soon(lambda: len(ear.on("presence")) == 2)
    heard = [one for one in ear.heard if one.topic.startswith("wk/")]
    seen = set()
    for one in heard:
        name = channel_of(one.topic)
        validator(name).validate(one.json)
        seen.add(name)
    assert seen == {
        name for name in WRITTEN["components"]["messages"] if "/up/" in address(name)
    } - {"res", "sealed", "request"}


def address(message: str) -> str:
    return str(WRITTEN["channels"][message]["address"])
