"""`python -m daemon.catalogue --check`: do all facts hold, and how many are there.

Exit codes: 0 all hold, 1 some do not, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sized

import msgspec

from daemon.catalogue import (
    announcements,
    calendar,
    digital,
    family_names,
    kinds,
    languages,
    procedures,
    provinces,
    roles,
    services,
    wards,
)
from daemon.catalogue.reading import CatalogueError


def _kinds() -> Sized:
    found = kinds.load()
    roles.check(roles.load(), found)
    return found


def _procedures() -> Sized:
    return procedures.load().procedures


def _services() -> Sized:
    found = services.load()
    file = procedures.load()
    services.check(found, {item.field for item in file.procedures})
    for at, item in enumerate(file.procedures):
        if item.counter_group not in found:
            raise CatalogueError(
                "procedures.json",
                f"procedures[{at}].counter_group",
                item.counter_group,
                "a group of services.toml",
            )
    return found


CHECKS: dict[str, Callable[[], Sized]] = {
    "kinds": _kinds,
    "procedures": _procedures,
    "services": _services,
    "digital": digital.load,
    "news": announcements.load,
    "wards": wards.load,
    "calendar": lambda: calendar.load().complete_for,
    "family names": family_names.load,
    "provinces": lambda: provinces.load().codes,
    "languages": lambda: languages.load().vietnamese | languages.load().foreign,
}


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m daemon.catalogue",
        description="Checks the facts that come with the software.",
        epilog="exit codes: 0 all hold, 1 some do not, 2 usage",
    )
    parser.add_argument("--check", action="store_true", help="the default")
    parser.add_argument("--json", action="store_true", help="counts and faults as JSON")
    options = parser.parse_args(argv)
    counts: dict[str, int] = {}
    faults: list[str] = []
    for name, check in CHECKS.items():
        try:
            counts[name] = len(check())
        except CatalogueError as error:
            faults.append(str(error))
    if options.json:
        print(msgspec.json.encode({"counts": counts, "faults": faults}).decode())
    else:
        for name, count in counts.items():
            print(f"{name:11} {count:4}  ok")
        for fault in faults:
            print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
