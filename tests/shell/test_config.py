"""The configuration: every mistake is named with its key, what was read and what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from daemon.config import Config, ConfigError, load, parse


def mistakes(text: str, tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as found:
        load(path)
    return {one.key: str(one) for one in found.value.mistakes}


def test_an_empty_file_is_the_embedded_kiosk(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.toml"
    path.touch()
    assert load(path) == Config()
    assert load(path).devices == "simulated"


@pytest.mark.parametrize(
    ("text", "key", "right"),
    [
        ('devices = "simulted"', "devices", '"simulated"'),
        ('[kiosk]\nwrad = "26824"', "kiosk.wrad", 'perhaps "ward"'),
        ('[visit]\nmax_copies = "20"', "visit.max_copies", "a whole number"),
        ("[visit]\nmax_copies = 0", "visit.max_copies", "1 to 99"),
        ('[visit]\ninspection = "maybe"', "visit.inspection", '"pilot"'),
        ("[camera]\nfps = true", "camera.fps", "a number"),
        ("camera = 3", "camera", "a section [camera]"),
        ("[limits]\nidle = 5", "limits.idle", "60 s or longer"),
        ("[nonsense]\nx = 1", "nonsense", "one of"),
        ('[kiosk]\nward = "00000"\nid = "00000-k01"', "kiosk.ward", "168 wards"),
        ('[kiosk]\nid = "k01"', "kiosk.id", '"26824-"'),
        ("[register]\nvolume = 0", "register.volume", "1 or more"),
        ('[register]\ntimestamp = "required"', "register.timestamp_url", "needs an address"),
        ("[children]\nanswer_within = 0.1", "children.answer_within", "0.5 to 900"),
        ("[visit", "file", "TOML"),
    ],
)
def test_a_mistake_is_named(text: str, key: str, right: str, tmp_path: Path) -> None:
    found = mistakes(text, tmp_path)
    assert list(found) == [key]
    assert right in found[key]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    found = mistakes('devices = 1\n[visit]\ntries = "x"\nfoo = 1\n[limits]\nidle = "y"', tmp_path)
    assert set(found) == {"devices", "visit.tries", "visit.foo", "limits.idle"}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="readable file"):
        load(tmp_path / "none.toml")


def test_limits_may_be_lengthened() -> None:
    assert parse({"limits": {"idle": 90}}).limits.idle == 90
