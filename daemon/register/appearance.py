"""The signature fields and their visible appearance: a page of vectors, no pictures."""

from __future__ import annotations

from io import BytesIO

from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec
from pyhanko.stamp import StaticStampStyle

from daemon.register.fields import CERTIFIER_FIELD
from daemon.register.form import Laid
from daemon.register.geometry import Rect


def field(name: str, box: Rect, laid: Laid) -> SigFieldSpec:
    """A visible field; the certifier's locks the file but for filling and signing (DocMDP)."""
    points = box.points(laid.heights[box.page])
    left, bottom, right, top = (round(value) for value in points)
    return SigFieldSpec(
        name,
        on_page=box.page,
        box=(left, bottom, right, top),
        doc_mdp_update_value=MDPPerm.FILL_FORMS if name == CERTIFIER_FIELD else None,
    )


class _Page(ImportedPdfPage):
    """A page of vectors from memory as the content of a signature's appearance."""

    def __init__(self, data: bytes) -> None:
        super().__init__(file_name="")  # type: ignore[no-untyped-call]
        self._data = data

    def render(self) -> bytes:
        writer = self._ensure_writer
        form = writer.import_page_as_xobject(PdfFileReader(BytesIO(self._data)))
        self.resources.xobject["/Form"] = form
        left, bottom, right, top = form.get_object()["/BBox"]
        # whole points: pyHanko keeps the ratio of the sides as a fraction of integers
        self.box.width, self.box.height = round(abs(right - left)), round(abs(top - bottom))
        return b"/Form Do"


def style(appearance: bytes) -> StaticStampStyle:
    """The stamp that fills its field with one page of vectors."""
    return StaticStampStyle(
        border_width=0,
        background=_Page(appearance),
        background_opacity=1.0,
        background_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MID,
            y_align=AxisAlignment.ALIGN_MID,
            margins=Margins(0, 0, 0, 0),
        ),
    )
