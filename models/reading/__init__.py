"""How well and how fast print is read: own pages with a known text, and the figures.

`python -m models.reading` draws them with Noto fonts, spoils them as a kiosk's camera would, and
reads them with the engine of the kiosk.
"""
