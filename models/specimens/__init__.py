"""Synthetic Vietnamese papers and a camera over a desk: `draw`, `photograph`, `Scene`.

Every page says MẪU / SPECIMEN, shows fictional people and none of the things that a specimen must
not show (real seals, emblems, faces, security print, banknotes).
"""

from models.specimens.camera import FAULTS, Photo, Quad, Scene, photograph
from models.specimens.fonts import FontMissingError, Split
from models.specimens.forms import OTHER, FormError, kinds
from models.specimens.laying import true_size
from models.specimens.paper import NoSuchPageError, draw, facts, form_names, page_count

__all__ = [
    "FAULTS",
    "OTHER",
    "FontMissingError",
    "FormError",
    "NoSuchPageError",
    "Photo",
    "Quad",
    "Scene",
    "Split",
    "draw",
    "facts",
    "form_names",
    "kinds",
    "page_count",
    "photograph",
    "true_size",
]
