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
    """The common base; `reason` is a stable code and may be logged and shown to a technician."""

    code = "documents"

    def __init__(self, detail: str = "", reason: str = "") -> None:
        self.reason: str = reason or self.code
        super().__init__(": ".join(part for part in (self.reason, detail) if part))


class Undecodable(DocumentsError):
    """A file that is no picture we accept; the citizen sees it as `unreadable`."""

    code = "unreadable"

    def __init__(self, reason: Reason, read: str = "", right: str = "") -> None:
        super().__init__(": ".join(part for part in (read, right) if part), reason)


class ModelError(DocumentsError):
    """The classifier cannot be used; the kiosk asks the citizen for the kind instead."""

    code = "model"


class ModelMissing(ModelError):
    """The model or its description is not installed."""

    code = "model_missing"


class ModelCorrupt(ModelError):
    """The model or its description is not what was released."""

    code = "model_corrupt"


class SelfTestFailed(ModelError):
    """The model loads but answers the stored pictures wrongly."""

    code = "model_self_test"


class ReaderMissing(DocumentsError):
    """Tesseract or its Vietnamese data is not installed."""

    code = "reader_missing"


class ReadingFailed(DocumentsError):
    """Tesseract gave up on a page or ran out of time."""

    code = "reading_failed"


class AssemblyError(DocumentsError):
    """The pages cannot become a PDF: what was wrong with which."""

    code = "assembly"


class WorkerLost(DocumentsError):
    """The document worker died or was killed on the same request twice."""

    code = "worker_lost"


class WorkerLate(DocumentsError):
    """The document worker does not answer in time."""

    code = "worker_late"


REMOTE: dict[str, type[DocumentsError]] = {
    error.code: error for error in (ReaderMissing, ReadingFailed, AssemblyError)
}
"""Errors that the worker may answer with, by code."""
