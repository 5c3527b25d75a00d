"""What a dossier is made of, as events and effects name it."""

from __future__ import annotations

from typing import Literal

import msgspec

from daemon.machine.personal import Personal

Form = Literal["original", "shown", "copy"]
"""How the procedure wants a paper: handed in, shown to the officer, or as a certified copy."""

Checked = Literal["right", "unchecked"]
"""`right` = the recognition is sure that it is the paper asked for; `unchecked` = it cannot know
this paper, or the visitor says that it is the right one although it looks otherwise."""


class Question(msgspec.Struct, frozen=True):
    """A case question (catalogue); *yes* asks for the papers that name it."""

    id: str
    text: str


class Wanted(msgspec.Struct, frozen=True):
    """One of the required papers (thành phần hồ sơ)."""

    id: str
    """Stable id of the component: procedure, slash, its place in the catalogue from 1."""
    name: str
    form: Form = "original"
    count: int = 1
    kinds: tuple[str, ...] = ()
    """Kinds of the catalogue that are this paper; empty = the recognition cannot know it."""
    case: str = ""
    """Id of the question whose *yes* asks for it; empty = always."""
    if_any: bool = False
    """Brought where there is one; lacking it is no lack."""


class Held(msgspec.Struct, frozen=True):
    """A paper that was photographed."""

    at: int
    """Which of the wanted ones."""
    pages: tuple[str, ...]
    kind: str = ""
    """As recognised; empty where it was not."""
    checked: Checked = "unchecked"
    expired: bool = False
    other: bool = False
    """It is another person's; the visitor said that it belongs to the dossier all the same."""


class FormField(msgspec.Struct, frozen=True):
    """One line of the entry form."""

    name: str
    """`name`, `birth_date`, `person_number`, `sex`, `residence`, `phone`."""
    value: Personal[str] = Personal("")
