"""Reading the pages to be sealed: sizes, pictures, and the digest that identifies them.

The digest of a request's pages is over the *pictures* alone: SHA-256 of the concatenated SHA-256
of each picture's stored bytes (the JPEG as documents wrote it), in page order and then in order of
drawing.  The form adds vectors only, so the digest of the finished copy is the same, and a QR that
was moved to another paper does not agree with the pictures around it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO

import msgspec
import pikepdf

from daemon.register.errors import BadPdf
from daemon.register.geometry import POINTS

_DEPTH = 4
"""Forms inside forms that are followed; documents draws at most one deep."""

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_PAINTS = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh"})


class Drawn(msgspec.Struct, frozen=True):
    """One thing drawn on a page: a picture with its matrix, or ink of another kind."""

    matrix: Matrix
    picture: pikepdf.Stream | None


def open_pages(data: bytes) -> pikepdf.Pdf:
    """Open a PDF of pages; raises `BadPdf` where it is none, encrypted, empty or rotated."""
    try:
        pdf = pikepdf.open(BytesIO(data))
    except pikepdf.PdfError as error:
        raise BadPdf(f"pages: not a readable PDF ({type(error).__name__})") from error
    if not len(pdf.pages):
        raise BadPdf("pages: read 0 pages, 1 or more is right")
    if pdf.is_encrypted:
        raise BadPdf("pages: the PDF is encrypted, it must be plain")
    for number, page in enumerate(pdf.pages, 1):
        if int(page.get("/Rotate", 0)) % 360:
            raise BadPdf(f"page {number}: read /Rotate {page.Rotate}, 0 is right")
    return pdf


def size_mm(page: pikepdf.Page) -> tuple[float, float]:
    """Width and height of a page in mm."""
    left, bottom, right, top = (float(value) for value in page.mediabox)
    return (right - left) / POINTS, (top - bottom) / POINTS


def drawn(page: pikepdf.Page) -> Iterator[Drawn]:
    """Everything visible that a page draws, in order; hidden text (mode 3) is not."""
    yield from _walk(page.obj, page.get("/Resources", pikepdf.Dictionary()), IDENTITY, 0)


def _walk(
    content: pikepdf.Object, resources: pikepdf.Object, base: Matrix, depth: int
) -> Iterator[Drawn]:
    matrix, mode = base, 0
    stack: list[tuple[Matrix, int]] = []
    for instruction in pikepdf.parse_content_stream(content):
        operator = str(instruction.operator)
        operands = instruction.operands
        if operator == "q":
            stack.append((matrix, mode))
        elif operator == "Q" and stack:
            matrix, mode = stack.pop()
        elif operator == "cm":
            matrix = times(_matrix(operands), matrix)
        elif operator == "Tr":
            mode = int(operands[0])
        elif (
            operator == "INLINE IMAGE" or operator in _PAINTS or (operator in _SHOWS and mode != 3)
        ):
            yield Drawn(matrix, None)
        elif operator == "Do":
            thing = resources.get("/XObject", pikepdf.Dictionary()).get(str(operands[0]))
            if isinstance(thing, pikepdf.Stream):
                yield from _invoked(thing, resources, matrix, depth)


def _invoked(
    thing: pikepdf.Stream, resources: pikepdf.Object, matrix: Matrix, depth: int
) -> Iterator[Drawn]:
    if thing.get("/Subtype") == "/Image":
        yield Drawn(matrix, thing)
    elif thing.get("/Subtype") == "/Form" and depth < _DEPTH:
        inner = times(_matrix(thing.get("/Matrix", IDENTITY)), matrix)
        yield from _walk(thing, thing.get("/Resources", resources), inner, depth + 1)


def _matrix(values: object) -> Matrix:
    a, b, c, d, e, f = (float(value) for value in values)  # type: ignore[attr-defined]
    return (a, b, c, d, e, f)


def times(m: Matrix, n: Matrix) -> Matrix:
    """`m` applied first, then `n` (PDF's row vectors)."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def picture_digests(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """Hexadecimal SHA-256 of every picture's stored bytes, in reading order."""
    return tuple(
        hashlib.sha256(item.picture.read_raw_bytes()).hexdigest()
        for page in pdf.pages
        for item in drawn(page)
        if item.picture is not None
    )


def listed_digests(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    """The same as the verification page finds them: by page, on a page by object number.

    The page's script reads no content streams; `form` sees to it that both orders agree.
    """
    found = []
    for page in pdf.pages:
        reached: dict[int, pikepdf.Stream] = {}
        _reach(page.get("/Resources", pikepdf.Dictionary()), reached, 0)
        found += [reached[number] for number in sorted(reached)]
    return tuple(hashlib.sha256(picture.read_raw_bytes()).hexdigest() for picture in found)


def _reach(resources: pikepdf.Object, found: dict[int, pikepdf.Stream], depth: int) -> None:
    for _, thing in resources.get("/XObject", pikepdf.Dictionary()).items():
        if thing.get("/Subtype") == "/Image" and isinstance(thing, pikepdf.Stream):
            found[thing.objgen[0]] = thing
        elif depth < _DEPTH:
            _reach(thing.get("/Resources", pikepdf.Dictionary()), found, depth + 1)


def pages_digest(digests: tuple[str, ...]) -> bytes:
    """The one digest (32 bytes) of a paper's pictures, as the QR's statement carries it."""
    return hashlib.sha256(b"".join(bytes.fromhex(digest) for digest in digests)).digest()
