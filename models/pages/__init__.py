"""Photographs of papers with known corners, drawn by code that `models.specimens` does not share.

`python -m models.pages draw FOLDER` makes them, `python -m models.pages measure FOLDER` tells how
well `daemon.documents` finds, judges and turns them.
"""
