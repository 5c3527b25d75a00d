"""What can go wrong with documents: a small closed tree."""

from __future__ import annotations

from typing import Literal

Reason = Literal[
    "empty_file",
    "too_many_bytes",
    "not_a_picture",
    "too_many_pixels",
    "too_small",
    "animated",
    "too_many_scans",
    "damaged",
]
"""Why a picture was refused: a stable code, never a text taken from the file."""


class DocumentsError(Exception):
    """The common base; `code` is stable and may be logged."""

    code = "documents"


class UndecodableError(DocumentsError):
    """A file that is no picture we accept; the citizen sees it as `unreadable`."""

    code = "unreadable"

    def __init__(self, reason: Reason, read: str = "", right: str = "") -> None:
        super().__init__(": ".join(part for part in (reason, read, right) if part))
        self.reason: Reason = reason


class ModelError(DocumentsError):
    """The classifier cannot be used; the kiosk asks the citizen for the kind instead."""

    code = "model"


class ModelMissingError(ModelError):
    """The model or its description is not installed."""

    code = "model_missing"


class ModelCorruptError(ModelError):
    """The model or its description is not what was released."""

    code = "model_corrupt"


class SelfTestFailedError(ModelError):
    """The model loads but answers the stored pictures wrongly."""

    code = "model_self_test"


class ReaderMissingError(DocumentsError):
    """Tesseract or its Vietnamese data is not installed."""

    code = "reader_missing"


class ReadingFailedError(DocumentsError):
    """Tesseract gave up on a page or ran out of time."""

    code = "reading_failed"


class AssemblyError(DocumentsError):
    """The pages cannot become a PDF: what was wrong with which."""

    code = "assembly"
