"""Marked personal data through whole visits and a crash: nobody finds it where it must not be."""

from __future__ import annotations

import base64
import shutil
import signal
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest

from daemon.register.envelope import Delivery, Unfinished, unseal
from tests.uplink.conftest import MOSQUITTO, Broker, Heard
from tests.visits import marks
from tests.visits.marks import MARK, SEARCH, betrayed, files, secrets
from tests.visits.test_visits_crash import Daemon, until

UPLINK = """
[uplink]
broker = "127.0.0.1"
port = {port}
tls = false
will_delay = 0
connect = 2.0
retry_least = 0.05
retry_most = 0.2
visit_delay_least = 0.0
visit_delay_most = 0.0
"""


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    daemon.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if MOSQUITTO is None or shutil.which("mosquitto_sub") is None:
        pytest.skip("needs the Debian packages mosquitto and mosquitto-clients")
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    yield broker
    broker.stop()


def waiting(state: Path) -> list[tuple[str, bytes]]:
    """Kind and payload of what has not gone yet."""
    with closing(sqlite3.connect(state / "kiosk.db")) as store:
        return list(store.execute("SELECT kind, payload FROM outbox"))


def test_nobody_is_found(daemon: Daemon, broker: Broker) -> None:
    broker.start()
    ear = broker.listen()
    with daemon.config.open("a") as file:
        file.write(UPLINK.format(port=broker.port))
    status, _ = daemon.play("many")
    assert status == -signal.SIGKILL, daemon.said[-5000:]
    daemon.start("daemon", "--config", str(daemon.config))
    state, run = daemon.folder / "state", daemon.folder / "run"
    # without a gateway the copies wait here, sealed: nothing of them goes by MQTT
    until(lambda: {kind for kind, _ in waiting(state)} <= {"sealed/copy"})
    until(lambda: daemon.status().get("doing") == "attract")
    daemon.end()

    # The marks went through everything: the ward finds them where it opens its own envelopes.
    opened = [
        unseal(payload, state / "demo-pki/ward.pem", state / "demo-pki/ward-key.pem")
        for payload in (*sealed(ear.heard), *(payload for _, payload in waiting(state)))
    ]
    assert [one.requester for one in opened if isinstance(one, Unfinished)] == [MARK, MARK]
    pdfs = [one.pdf for one in opened if isinstance(one, Delivery)]
    read = text_of(pdfs[0])
    assert all(marks.bare(word) in marks.bare(read) for word in MARK.split()), (
        f"OCR did not read the mark: {read}"
    )

    wanted = secrets()
    found = {
        str(path.relative_to(daemon.folder)): betrayed(path.read_bytes(), wanted)
        for path in (*files(state, run), daemon.log)
    }
    assert "state/kiosk.db" in found and "state/journal.jsonl" in found
    assert {name: marks for name, marks in found.items() if marks} == {}
    for one in ear.heard:
        assert not betrayed(one.body, wanted), one.topic
        assert not betrayed(one.topic.encode(), wanted)
    assert not betrayed(rows(state / "kiosk.db"), wanted)
    assert len(ear.heard) > 10


def sealed(heard: Sequence[Heard]) -> list[bytes]:
    """The envelopes among what was heard, each once."""
    found: dict[str, bytes] = {}
    for one in heard:
        topic, body = one.topic, one.body
        if topic.endswith(("/sealed/request", "/sealed/name", "/sealed/copy")):
            found[body.hex()] = body
    return list(found.values())


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[n].get_textpage().get_text_bounded() for n in range(len(document))]
    return " ".join(" ".join(pages).split())


def rows(database: Path) -> bytes:
    """Every value of every table, as text, in case a page of the file were compressed."""
    base = sqlite3.connect(database)
    tables = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    parts: list[bytes] = []
    for table in tables:
        for row in base.execute(f'SELECT * FROM "{table}"'):
            parts.extend(v if isinstance(v, bytes) else str(v).encode() for v in row)
    base.close()
    return b"\n".join(parts)


@pytest.mark.parametrize("number", range(3))
def test_the_search_finds_what_lies_open(tmp_path: Path, number: int) -> None:
    """The control: what the product never writes would be found if it did."""
    text = (MARK, SEARCH, marks.NUMBER)[number]
    wanted = secrets()
    noise = b"\x00\xffnoise 0123456789 "
    plain = text.encode()
    for written in (
        plain,
        text.upper().encode(),
        text.encode("utf-16-le"),
        plain.hex().encode(),
        marks.bare(text).encode(),
        base64.b64encode(b"name=" + plain + b";"),
        base64.b64encode(b"a name=" + plain + b";"),
        base64.b64encode(b"the name=" + plain + b";"),
    ):
        (tmp_path / "file").write_bytes(noise + written + noise)
        (path,) = files(tmp_path)
        assert betrayed(path.read_bytes(), wanted), written
    assert not betrayed(noise * 10, wanted)
