"""Sets of facts and models, to be signed by the city: `python -m daemon.inside.facts`.

    make VERSION OUT.tar    of what lies here, for the release that runs
    check FOLDER            whether a set can be used; its version on standard output
                            (WARD_FACTS=FOLDER in the environment)

docs/install.md has the signature and the way to a kiosk.
"""

from __future__ import annotations

import hashlib
import io
import sys
import tarfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import msgspec

from daemon.catalogue import (
    calendar,
    family_names,
    kinds,
    languages,
    procedures,
    provinces,
    reading,
    refusals,
    services,
    signed,
    wards,
)
from daemon.documents.classify import MODELS as PLACE
from daemon.documents.classify import Classifier
from daemon.documents.mrz_glyphs import Glyphs

MODELS = ("kinds.json", "kinds.tflite", "mrz.json", "mrz.tflite", "selftest", "selftest_mrz")
"""Of the folder `models`: what a kiosk reads."""

DATA = (".json", ".toml")


def files(catalogue: Path, models: Path) -> Iterator[tuple[str, Path]]:
    """Name in the set and place of every file, in the order of names."""
    for path in sorted(catalogue.rglob("*")):
        if path.is_file() and path.suffix in DATA:
            yield f"catalogue/{path.relative_to(catalogue)}", path
    for name in MODELS:
        top = models / name
        for path in sorted(top.rglob("*")) if top.is_dir() else (top,):
            yield f"models/{path.relative_to(models)}", path


def make(version: str, out: Path) -> None:
    """Writes the set; the same files make the same bytes."""
    members = {name: path.read_bytes() for name, path in files(reading.HERE, PLACE)}
    facts = signed.Facts(
        version=version,
        release=metadata.version("ward-kiosk"),
        sha256={name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
    )
    text = msgspec.json.format(msgspec.json.encode(facts), indent=1)
    # a version that nobody could compare is found here, not at 168 kiosks
    msgspec.json.decode(text, type=signed.Facts)
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in {signed.DESCRIBED: text, **members}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def check(folder: Path) -> str:
    """Loads all of a set as the kiosk would; returns its version.

    WARD_FACTS must name the same folder: where facts are is settled as modules are imported.
    Raises UnfitError, and what the loaders raise.
    """
    facts = signed.checked(folder, metadata.version("ward-kiosk"))
    for part, place in (("catalogue", reading.HERE), ("models", PLACE)):
        if any(name.startswith(f"{part}/") for name in facts.sha256) and place != folder / part:
            raise signed.UnfitError(f"{part} would not be read from it")
    for one in (
        calendar, family_names, kinds, languages, procedures, provinces, refusals, services, wards,
    ):  # fmt: skip
        one.load()
    Classifier.open(PLACE, frozenset(kinds.load()))
    Glyphs.open(PLACE)
    return facts.version


def main(arguments: list[str]) -> int:
    """The entry point."""
    match arguments:
        case ["make", version, out]:
            make(version, Path(out))
        case ["check", folder]:
            try:
                sys.stdout.write(check(Path(folder)) + "\n")
            except Exception as error:  # whatever a loader says: the set is not taken
                sys.stderr.write(f"{type(error).__name__}: {error}\n")
                return 1
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
