"""A writer that is killed at any moment: what was acknowledged is there, and nothing by halves."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from daemon.store import Store
from daemon.store.models.outbox import Fact

WRITER = """
import sys
from pathlib import Path
from daemon.store import Store

store = Store.open(Path(sys.argv[1]))
for number in range(100_000):
    def both():
        store.outbox.count("pairs")
        store.outbox.append("event/x", {"n": number})
    store.write_now(both)
    print(number, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_what_was_acknowledged_survives_the_kill(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "kiosk.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert writer.stdout is not None
    heard = 0
    for _ in range(random.Random(seed).randrange(1, 60)):
        heard += bool(writer.stdout.readline())
    writer.send_signal(signal.SIGKILL)
    heard += len(writer.stdout.readlines())
    writer.wait()
    store = Store.open(path)
    facts = store.read_now(
        lambda: [bytes(fact.payload) for fact in Fact.select().order_by(Fact.id)]
    )
    pairs = store.read_now(store.outbox.counters)["pairs"]
    store.close_now()
    assert len(facts) in (heard, heard + 1), "the last one may lack only its acknowledgement"
    assert pairs == len(facts), "both or none"
    assert facts == [b'{"n":%d}' % number for number in range(len(facts))]
