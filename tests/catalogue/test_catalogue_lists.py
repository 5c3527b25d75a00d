"""The curated list of services on line, and announcements."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from daemon.catalogue import announcements, digital
from daemon.catalogue.calendar import VIETNAM
from daemon.catalogue.reading import CatalogueError

SAID = """[[announcement]]
id = "storm"
vi = "Nghỉ vì bão."
en = "Closed."
from = 2026-12-05T07:00:00+07:00
until = 2026-12-07T17:00:00+07:00
"""


def test_every_service_is_of_a_named_host() -> None:
    listed = digital.load()
    assert listed and all(one.url.startswith("https://") for one in listed)
    assert listed[0].host == "dichvucong.gov.vn"


@pytest.mark.parametrize(
    "url",
    [
        "http://dichvucong.gov.vn/",
        "https://dichvucong.gov.vn.evil.example/",
        "https://evildichvucong.gov.vn/",
        "https://a@dichvucong.gov.vn/",
        "javascript:alert(1)",
        "https://dichvucong.gov.vn/" + "a" * 300,
    ],
)
def test_another_address_is_refused(tmp_path: Path, url: str) -> None:
    path = tmp_path / "digital.toml"
    text = digital.FILE.read_text(encoding="utf-8")
    path.write_text(text.replace('url = "https://dichvucong.gov.vn/"', f'url = "{url}"', 1))
    with pytest.raises(CatalogueError) as caught:
        digital.load(path)
    assert caught.value.key == "service[0].url"


def test_an_announcement_holds_between_its_moments(tmp_path: Path) -> None:
    path = tmp_path / "announcements.toml"
    path.write_text(SAID, encoding="utf-8")
    (one,) = announcements.load(path)
    at = dt.datetime(2026, 12, 5, 7, tzinfo=VIETNAM)
    second = dt.timedelta(seconds=1)
    assert one.holds(at) and not one.holds(at - second)
    assert one.holds(one.until - second) and not one.holds(one.until)
    assert announcements.load() == ()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("Nghỉ vì bão.", "x" * 161, "announcement[0].vi"),
        ("Closed.", "", "announcement[0].en"),
        ("Closed.", "a\\u001b@b", "announcement[0].en"),
        ("T07:00:00+07:00", "T07:00:00", "announcement[0].from"),
        ("until = 2026-12-07", "until = 2026-12-04", "announcement[0].until"),
    ],
)
def test_a_wrong_announcement_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    path = tmp_path / "announcements.toml"
    path.write_text(SAID.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        announcements.load(path)
    assert caught.value.key == key
