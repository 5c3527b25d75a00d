"""The kinds of paper the kiosk knows: one JSON file a kind, `roles.toml` for their fields.

`khong_phai_giay_to` is the kind of everything that is not a paper.  Legal side: Articles 18 and 22
of Decree 23/2015/NĐ-CP; what a kind is refused for by law is `copy.legal_code`, in the words of
the certifier's reasons; why the kiosk itself stops is `copy.refusal`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from daemon.catalogue.patterns import compiled
from daemon.catalogue.reading import HERE, CatalogueError, read
from daemon.machine.values import CopyPolicy, KindRule, Refusal

FOLDER = HERE / "kinds"

OTHER = "khong_phai_giay_to"
"""The kind of what is not a paper."""

FOREIGN = "van_ban_nuoc_ngoai"
"""The kind of what was issued abroad."""

LegalCode = Literal[
    "altered",
    "damaged",
    "secret_or_no_copy",
    "unlawful_content",
    "not_legalised",
    "private_unconfirmed",
    "not_an_original",
    "electronic_original",
    "incomplete_pages",
    "money_or_security",
    "expired_paper",
    "laminated",
]
"""The certifier's reasons: the six of Article 22, then the others that lead to the counter."""


Form = Literal[
    "person_number",
    "name",
    "date",
    "long_date",
    "choice",
    "code",
    "text",
    "address",
    "passage",
    "zone",
    "unlabelled",
]
"""`code` fits the field's pattern as a whole; `address` and `passage` may go on in the next line; a
`zone` is machine-readable and `unlabelled` cannot be found by a label."""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One printed field."""

    name: str
    label_vi: str
    label_en: str
    pattern: str
    r"""What a right value looks like; `\p{L}` and `\p{Lu}` stand for letters."""
    example: str
    """A made-up value that fits."""
    required: bool
    side: Literal["front", "back"] | None = None
    form: Form = "text"
    """How a value is taken from the words behind a label."""
    labels: tuple[str, ...] = ()
    """The label as older, newer and bilingual forms print it, without its colon."""
    after: str = ""
    """Of equal labels the one that follows this field: its line or column."""

    def fits(self, text: str) -> bool:
        """Does this text (in NFC) look like a value of the field?"""
        return compiled(self.pattern).search(text) is not None


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that speak for a kind (or against it), each with its natural logarithm of how much
    likelier it is on a paper of this kind than on another.

    They are compared without marks, case and spaces, and tolerate misread letters.
    """

    title: dict[str, float] = {}
    """Stand in a line of their own; those in capitals are in capitals or larger than the rest."""
    phrase: dict[str, float] = {}
    """Stand anywhere."""
    start: dict[str, float] = {}
    """Begin a line."""


class CopyRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """May it be certified from the original?"""

    policy: CopyPolicy
    reason: str
    """The condition or the ground, in English, for the certifier and the technician."""
    refusal: Refusal | None
    legal_code: LegalCode | None


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of paper."""

    id: str
    name_vi: str
    name_en: str
    title_vi: str
    """The title of the original as it stands in the register, column 4."""
    size_mm: tuple[float, float] | None
    """Width and height of one page as it is read; None where there is no usual size."""
    orientation: Literal["portrait", "landscape", "any"]
    folding: str
    sides: Literal[1, 2]
    """Faces that carry information."""
    pages: str
    heading: tuple[str, ...]
    """Lines that tell the kind, from the top."""
    issuer: str
    foreign: bool
    """Issued abroad: legalisation first, unless exempt (Circular 01/2020/TT-BTP)."""
    copy: CopyRule
    look: str
    tells_apart: tuple[str, ...]
    fields: tuple[Field, ...]
    evidence: tuple[str, ...]
    """Where the facts come from: `[seen: address]`, `[known, high]`, `[known, check]`."""
    subkinds: tuple[str, ...] = ()
    wording: Wording = Wording()
    read_title: bool = False
    """Looks like another kind: its title is read, however sure the picture seems."""

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((field for field in self.fields if field.name == name), None)


def load(folder: Path = FOLDER) -> dict[str, Kind]:
    """All kinds by id, in the order of their ids.  Raises CatalogueError."""
    found: dict[str, Kind] = {}
    for path in sorted(folder.glob("*.json")):
        kind = read(path, Kind)
        _check(path, kind)
        found[kind.id] = kind
    if OTHER not in found:
        raise CatalogueError(folder, OTHER, "missing", "put the kind of what is not a paper there")
    return found


def rules(kinds: dict[str, Kind]) -> dict[str, KindRule]:
    """What the flows need of each kind."""
    return {
        kind.id: KindRule(
            id=kind.id,
            sides=kind.sides,
            policy=kind.copy.policy,
            foreign=kind.foreign,
            refusal=kind.copy.refusal,
        )
        for kind in kinds.values()
    }


def _check(path: Path, kind: Kind) -> None:
    if kind.id != path.stem:
        raise CatalogueError(path, "id", kind.id, f"the file's name says {path.stem!r}")
    if kind.copy.policy != "no" and not kind.title_vi:
        raise CatalogueError(path, "title_vi", "", "the register needs a title for this kind")
    if kind.copy.refusal is not None and kind.copy.policy != "no":
        raise CatalogueError(
            path, "copy.refusal", kind.copy.refusal, "only a kind of policy `no` is refused"
        )
    if kind.size_mm is not None and not all(20 <= side <= 500 for side in kind.size_mm):
        raise CatalogueError(path, "size_mm", kind.size_mm, "millimetres between 20 and 500")
    seen: set[str] = set()
    for at, field in enumerate(kind.fields):
        key = f"fields[{at}]"
        if field.name in seen:
            raise CatalogueError(path, f"{key}.name", field.name, "each field once")
        seen.add(field.name)
        try:
            fits = field.fits(field.example)
        except ValueError as error:
            raise CatalogueError(path, f"{key}.pattern", field.pattern, str(error)) from None
        if field.after and all(field.after != other.name for other in kind.fields):
            raise CatalogueError(path, f"{key}.after", field.after, "this kind has no such field")
        if not fits:
            raise CatalogueError(
                path, f"{key}.example", field.example, f"it has to fit {field.pattern!r}"
            )
