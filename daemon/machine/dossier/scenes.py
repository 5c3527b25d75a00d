"""The screens of the dossier besides those of the camera, which it shares with the copies."""

from __future__ import annotations

from typing import Literal

from daemon.machine.dossier.job import Dossier
from daemon.machine.personal import Personal
from daemon.machine.state import Scene

# -- begin.py -----------------------------------------------------------------------------


class Choose(Scene, frozen=True):
    """D1: which procedure?"""

    text: Personal[str] = Personal("")
    results: tuple[tuple[str, str], ...] = ()
    nothing: bool = False
    trouble: str = ""
    """Message key of why the last choice led nowhere."""


class SlipAsked(Scene, frozen=True):
    """The code on the slip of a dossier that was begun."""

    text: str = ""
    tries: int = 0
    trouble: str = ""


class Planning(Scene, frozen=True):
    """The procedure's papers are being looked up; by its code or by that of a slip."""

    code: str = ""
    slip: str = ""
    tries: int = 0


class Agree(Scene, frozen=True):
    """Nothing is photographed before a yes."""

    job: Dossier


class CaseAsked(Scene, frozen=True):
    """D2: which case is yours?  One question a screen."""

    job: Dossier
    at: int = 0


# -- papers.py ----------------------------------------------------------------------------


class PaperAsked(Scene, frozen=True):
    """D3: have you this paper with you?"""

    job: Dossier


class Checking(Scene, frozen=True):
    """Is it that paper, in date, for that person?"""

    job: Dossier
    page: str


class Doubt(Scene, frozen=True):
    """What does not fit; the visitor decides."""

    job: Dossier
    page: str
    kind: str
    why: Literal["kind", "other", "expired"]
    expired: bool = False
    other: bool = False
    """What is known besides."""


class PaperShown(Scene, frozen=True):
    """The pages of this paper so far."""

    job: Dossier


class Gone(Scene, frozen=True):
    """The page must not be photographed; it is already erased."""

    job: Dossier


# -- form.py ------------------------------------------------------------------------------


class Filling(Scene, frozen=True):
    """The entry form is being filled in from what was read."""

    job: Dossier


class FormShown(Scene, frozen=True):
    """Is all of it right?"""

    job: Dossier
    trouble: str = ""


class FieldPick(Scene, frozen=True):
    """Which line is to be changed?"""

    job: Dossier


class FieldAsked(Scene, frozen=True):
    """One line of the form, typed."""

    job: Dossier
    field: int
    text: Personal[str]


# -- hand_in.py ---------------------------------------------------------------------------


class Summary(Scene, frozen=True):
    """D4: what is there and what lacks."""

    job: Dossier
    trouble: str = ""


class Packing(Scene, frozen=True):
    """The dossier is being packed and sealed to the ward."""

    job: Dossier


class Kept(Scene, frozen=True):
    """It is with the ward; the slip is printed."""

    job: Dossier
    slip: str
    official: bool = False
    """The ward answered with its receipt, which is printed too."""
    printed: bool = True
