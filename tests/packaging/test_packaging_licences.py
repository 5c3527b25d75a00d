"""What the product is built from may be given to a ward under the licences that it states."""

from __future__ import annotations

import importlib.metadata as metadata
import platform

import pytest

from tests.packaging.test_packaging_metadata import environment, locked

FREE = {
    *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MIT-CMU"),
    *("OFL-1.1", "PSF-2.0", "Zlib"),
}
"""SPDX identifiers that ask for no more than to be named; OFL-1.1 is for fonts."""

NAMES = {
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "PSFL": "PSF-2.0",
}
"""Other names of them, as older packages write in their metadata."""

EXCEPTIONS = {
    "certifi": "MPL-2.0: used unchanged, its source is in its file",
    "docutils": "public domain, BSD, GPL for an editor's mode; here as Kivy asks for it",
    "fpdf2": "LGPL-3.0: a package of its own, unchanged, which anybody may replace",
    "gpiod": "LGPL-2.1 or later: the same",
    "peewee": "states none in its metadata; its LICENSE is MIT",
    "pikepdf": "MPL-2.0: used unchanged, its source is published",
    "pypdfium2": "BSD-3-Clause, Apache-2.0 and those of PDFium's parts, all in its file",
    "tqdm": "MPL-2.0 AND MIT: used unchanged, its source is in its file",
}
"""Looked at by hand: package → why it may stay."""


def stated(package: str) -> str:
    """An SPDX expression if the package has one, else its field, else its classifiers."""
    said = metadata.metadata(package)
    if "License-Expression" in said:
        return said["License-Expression"]
    if "License" in said and (field := said["License"]) and "\n" not in field:
        return field
    classifiers = said.get_all("Classifier") or []
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License ::")]
    return " AND ".join(names)


def free(expression: str) -> bool:
    """One alternative of which every part is free.  Parentheses ask for a person."""
    return any(
        all(NAMES.get(part, part) in FREE for part in alternative.split(" AND "))
        for alternative in expression.split(" OR ")
    )


@pytest.fixture(scope="module")
def packages() -> list[str]:
    python = ".".join(platform.python_version_tuple()[:2])
    return sorted(locked("run.lock", environment(python, platform.machine())))


def test_every_licence_is_allowed_or_an_exception(packages: list[str]) -> None:
    assert len(packages) > 50
    others = {name: said for name in packages if not free(said := stated(name))}
    assert {name: said for name, said in others.items() if name not in EXCEPTIONS} == {}


def test_no_exception_is_left_over(packages: list[str]) -> None:
    assert [one for one in EXCEPTIONS if one not in packages or free(stated(one))] == []


@pytest.mark.parametrize(
    ("expression", "right"),
    [
        ("MIT", True),
        ("Apache-2.0 AND MIT", True),
        ("EPL-2.0 OR BSD-3-Clause", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT AND Other/Proprietary License", False),
        ("", False),
    ],
)
def test_how_an_expression_is_read(expression: str, right: bool) -> None:
    assert free(expression) is right
