"""Is a file what PDF/A-2b (ISO 19005-2, level B) asks for?  The rules that our files can break.

Not a validator: it knows the constructions that `pdf.py` and its libraries write, and names every
other one that the standard forbids.  Clauses in brackets are ISO 19005-2:2011's.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream

_FORBIDDEN_FILTERS = ("/LZWDecode", "/Crypt")  # 6.1.7.2
_FORBIDDEN_KEYS = {
    "/AA": "additional actions (6.5.2)",
    "/OpenAction": "an action when opened",
    "/JS": "JavaScript (6.5.1)",
    "/JavaScript": "JavaScript (6.5.1)",
    "/XFA": "XFA (6.4.2)",
    "/EmbeddedFiles": "embedded files (6.8)",
    "/OPI": "OPI (6.2.8)",
    "/Alternates": "alternate images (6.2.8)",
    "/OCProperties": "optional content",
    "/Encrypt": "encryption (6.1.3)",
}
_FORBIDDEN_ACTIONS = (
    "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/JavaScript", "/Hide",
    "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView",
)  # fmt: skip


def faults(data: bytes) -> tuple[str, ...]:
    """What is wrong, in words for a developer; none where the file passes."""
    if not data.startswith(b"%PDF-1."):
        return ("no header of PDF 1.x (6.1.2)",)
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            return (*_file(data, document), *_metadata(document), *_objects(document))
    except pikepdf.PasswordError:
        return ("encryption (6.1.3)",)
    except pikepdf.PdfError:
        return ("not a PDF",)


def _file(data: bytes, document: pikepdf.Pdf) -> Iterator[str]:
    second = data.splitlines()[1][:5] if len(data.splitlines()) > 1 else b""
    if len(second) < 5 or second[:1] != b"%" or min(second[1:5]) < 128:
        yield "no binary comment after the header (6.1.2)"
    if document.is_encrypted:
        yield "encryption (6.1.3)"
    identity = document.trailer.get("/ID")
    if not isinstance(identity, Array) or len(identity) != 2:
        yield "no file identifier (6.1.3)"
    if not len(document.pages):
        yield "no page"
    yield from _intent(document)


def _intent(document: pikepdf.Pdf) -> Iterator[str]:
    intents = document.Root.get("/OutputIntents")
    ours = [i for i in intents if i.get("/S") == "/GTS_PDFA1"] if intents is not None else []
    if len(ours) != 1:
        yield "not one PDF/A output intent (6.2.3)"
        return
    profile = ours[0].get("/DestOutputProfile")
    if not isinstance(profile, Stream):
        yield "no colour profile in the output intent (6.2.3)"
        return
    icc = profile.read_bytes()
    if len(icc) < 128 or icc[36:40] != b"acsp" or icc[12:16] not in (b"mntr", b"prtr"):
        yield "the colour profile is no ICC profile of a device (6.2.3)"
    elif icc[8] > 4 or icc[16:20] != b"RGB " or profile.get("/N") != 3:
        yield "the colour profile is not RGB of ICC version 4 or below (6.2.3)"


def _metadata(document: pikepdf.Pdf) -> Iterator[str]:
    if not isinstance(document.Root.get("/Metadata"), Stream):
        yield "no XMP (6.6.2)"
        return
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as told:
        if told.get("pdfaid:part") != "2" or told.get("pdfaid:conformance") != "B":
            yield "XMP does not say part 2, conformance B (6.6.4)"
        pairs = (("/Title", "dc:title"), ("/Producer", "pdf:Producer"))
        for key, name in pairs:
            said = document.docinfo.get(key)
            if said is not None and str(said) != told.get(name):
                yield f"XMP and {key} differ"


def _objects(document: pikepdf.Pdf) -> Iterator[str]:
    for thing in itertools.chain.from_iterable(_within(one) for one in document.objects):
        if isinstance(thing, Stream):
            yield from _stream(thing)
        yield from _keys(thing)
        if thing.get("/Type") == "/Font":
            yield from _font(thing)
    for number, page in enumerate(document.pages, 1):
        yield from (f"page {number}: {said}" for said in _page(page))


def _within(thing: object) -> Iterator[Dictionary | Stream]:
    """A dictionary and those that are written inside it."""
    if isinstance(thing, Dictionary | Stream):
        yield thing
        inner = [value for _, value in thing.items()]
    elif isinstance(thing, Array):
        inner = list(thing)
    else:
        return
    for value in inner:
        if isinstance(value, Dictionary | Array) and not value.is_indirect:
            yield from _within(value)


def _stream(thing: Stream) -> Iterator[str]:
    if any(key in thing for key in ("/F", "/FFilter", "/FDecodeParms")):
        yield "a stream outside the file (6.1.7.1)"
    filters = thing.get("/Filter", Array())
    names = [str(f) for f in filters] if isinstance(filters, Array) else [str(filters)]
    yield from (f"filter {name} (6.1.7.2)" for name in names if name in _FORBIDDEN_FILTERS)
    if thing.get("/Subtype") == "/PS" or "/PS" in thing:
        yield "PostScript (6.2.9)"
    if thing.get("/Subtype") == "/Image":
        if thing.get("/Interpolate", False):
            yield "an interpolated image (6.2.8)"
        if thing.get("/ColorSpace") == Name.DeviceCMYK:
            yield "CMYK with an RGB output intent (6.2.4.3)"


def _keys(thing: Dictionary | Stream) -> Iterator[str]:
    yield from (said for key, said in _FORBIDDEN_KEYS.items() if key in thing)
    action = thing.get("/S")
    if isinstance(action, Name) and str(action) in _FORBIDDEN_ACTIONS:
        yield f"action {action} (6.5.1)"


def _font(font: Dictionary | Stream) -> Iterator[str]:
    kind = str(font.get("/Subtype"))
    if kind in ("/Type0", "/Type3"):
        return  # its descendants are looked at for themselves; Type 3 is drawn in the file
    descriptor = font.get("/FontDescriptor")
    embedded = descriptor is not None and any(
        key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
    )
    if not embedded:
        yield f"font {font.get('/BaseFont')} is not embedded (6.2.11.4)"
    if kind == "/CIDFontType2" and "/CIDToGIDMap" not in font:
        yield f"font {font.get('/BaseFont')} has no CIDToGIDMap (6.2.11.3)"


def _page(page: pikepdf.Page) -> Iterator[str]:
    if "/Annots" in page.obj and len(page.obj.Annots):
        yield "annotations"
    blends = "/Group" in page.obj and "/CS" in page.obj.Group
    if not blends and any(_transparent(page)):
        yield "transparency without a blending colour space (6.2.10)"


def _transparent(page: pikepdf.Page) -> Iterator[bool]:
    resources = page.obj.get("/Resources", Dictionary())
    for state in dict(resources.get("/ExtGState", Dictionary())).values():
        yield str(state.get("/SMask", "/None")) != "/None"
        yield any(float(state.get(key, 1)) < 1 for key in ("/CA", "/ca"))
        yield str(state.get("/BM", "/Normal")) not in ("/Normal", "/Compatible")
    for thing in dict(resources.get("/XObject", Dictionary())).values():
        yield "/SMask" in thing or "/Group" in thing
