"""Files of facts that the ward signs: taken while the kiosk runs, refused without harm."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from daemon.catalogue import procedures as catalogue
from daemon.catalogue.reading import HERE
from daemon.hands.ward_facts import WardFacts
from daemon.hands.ward_files import WardFiles
from daemon.services.procedures import Procedures
from daemon.store import Store
from daemon.uplink.down import jose
from daemon.uplink.down.judge import Judge
from daemon.uplink.down.keys import Keys
from tests.uplink.conftest import KIOSK
from tests.uplink.signing import City

TEXT = (HERE / "procedures.json").read_text(encoding="utf-8")


def changed(**values: Any) -> str:
    return json.dumps(json.loads(TEXT) | values, ensure_ascii=False)


class Ward:
    """A kiosk's files, and the ward that signs."""

    def __init__(self, folder: Path, city: City, keys: Keys) -> None:
        self.folder, self.city = folder, city
        self.judge = Judge(KIOSK, keys, lambda: True)
        self.alarms: dict[str, str] = {}
        self.begin()

    def begin(self) -> None:
        """As after a start."""
        self.facts = WardFacts(Procedures(catalogue.load()))
        kinds = self.facts.kinds()
        self.files = WardFiles(self.folder, kinds, self.judge, None, self._alarm)

    def _alarm(self, name: str, on: bool, why: str) -> None:
        if on:
            self.alarms[name] = why
        else:
            self.alarms.pop(name, None)

    @property
    def version(self) -> str:
        return self.facts.procedures.file.version

    def signed(self, text: str, rev: int = 5, kid: str = "ward-ops", **more: Any) -> bytes:
        claims: dict[str, Any] = {"iss": "ward:26824", "role": "admin", "aud": "26824-all"}
        claims |= {"name": "procedures", "rev": rev, "text": text, **more}
        return jose.sign(claims, self.city.keys[kid], kid).encode()


@pytest.fixture
async def ward(tmp_path: Path) -> AsyncIterator[Ward]:
    city = City(tmp_path)
    store = Store.open(tmp_path / "kiosk.db")
    keys = Keys(city.root)
    await keys.take(city.key_set().encode(), store)
    made = Ward(tmp_path / "catalogue", city, keys)
    yield made
    made.facts.procedures.close()
    await store.close()


async def test_a_signed_file_is_used_at_once_and_after_a_start(ward: Ward) -> None:
    assert await ward.files.take("procedures", ward.signed(changed(version="2027-01")))
    assert ward.version == "2027-01" and not ward.alarms
    ward.begin()
    assert ward.version != "2027-01"
    await ward.files.load()
    assert ward.version == "2027-01" and ward.files.revs == {"procedures": 5}


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        (TEXT[:5000], {}, "damaged"),
        ("", {}, "damaged"),
        (changed(format=1), {}, "damaged"),
        (changed(procedures="none"), {}, "damaged"),
        (TEXT, {"kid": "ward-view"}, "role"),
        (TEXT, {"kid": "other-ward"}, "ward"),
        (TEXT, {"aud": "27154-all"}, "audience"),
        (TEXT, {"name": "digital"}, "topic"),
        (TEXT, {"rev": 0}, "malformed"),
        (TEXT, {"rev": 4}, "older"),
    ],
)
async def test_what_does_not_hold_is_refused_and_the_old_one_stays(
    ward: Ward, text: str, more: dict[str, Any], why: str
) -> None:
    await ward.files.take("procedures", ward.signed(changed(version="good"), rev=5))
    token = ward.signed(text, **({"rev": 6} | more))
    assert not await ward.files.take("procedures", token)
    assert ward.alarms == {"procedures": why}
    assert ward.version == "good" and ward.files.revs == {"procedures": 5}
    assert ward.facts.procedures.find("sao y")[0].code == "2.000815"
    ward.begin()
    await ward.files.load()
    assert ward.version == "good"
    assert await ward.files.take("procedures", ward.signed(changed(version="next"), rev=7))
    assert not ward.alarms and ward.version == "next"


@pytest.mark.parametrize("harm", [b"", b"{}", b"\x00\xff" * 200, b"a.b.c"])
async def test_what_is_no_token_is_refused(ward: Ward, harm: bytes) -> None:
    before = ward.version
    assert not await ward.files.take("procedures", harm)
    assert "procedures" in ward.alarms and ward.version == before


async def test_a_letter_changed_on_the_way_breaks_the_signature(ward: Ward) -> None:
    token = bytearray(ward.signed(TEXT))
    token[len(token) // 2] ^= 1
    assert not await ward.files.take("procedures", bytes(token))
    assert ward.alarms["procedures"] in ("signature", "malformed")


async def test_the_folder_of_a_stick(ward: Ward) -> None:
    inbox = ward.folder / "inbox"
    inbox.mkdir(parents=True)
    said = (
        '[[announcement]]\nid="a"\nvi="Nghỉ"\nen="Closed"\n'
        "from=2026-01-01T00:00:00+07:00\nuntil=2099-01-01T00:00:00+07:00\n"
    )
    (inbox / "announcements.jws").write_bytes(ward.signed(said, name="announcements"))
    await ward.files.look()
    assert [one.vi for one in ward.facts.announcements] == ["Nghỉ"]
    assert not list(inbox.iterdir())


async def test_without_a_root_nothing_is_taken(ward: Ward, tmp_path: Path) -> None:
    alarms: list[str] = []
    files = WardFiles(
        tmp_path / "other", ward.facts.kinds(), None, None, lambda name, on, why: alarms.append(why)
    )
    assert not await files.take("procedures", ward.signed(TEXT))
    assert alarms == ["key_unknown"]
    assert ward.version == catalogue.load().version
